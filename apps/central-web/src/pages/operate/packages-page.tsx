import type { ConsolePackageView } from '@hansa/contracts';
import { useFormats, type Column } from '@hansa/web-ui';
import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useWords } from '../../i18n/words.js';
import { ListPage } from '../../parts/list-page.js';

/** Every package the hub knows, published or not. */
export function PackagesPage() {
  const say = useWords();
  const { money, count } = useFormats();
  const columns: Column<ConsolePackageView>[] = [
    {
      key: 'package',
      title: say('common.package'),
      cell: ({ marketplace_id: id, name }) => (
        <>
          <Anchor component={Link} to={`/operate/packages/${id}`} size="sm">
            {name}
          </Anchor>
          <Text size="xs" c="dimmed">
            {id}
          </Text>
        </>
      ),
    },
    { key: 'publisher', title: say('common.publisher'), cell: (row) => row.publisher_name },
    { key: 'version', title: say('common.version'), cell: (row) => row.version ?? say('common.unpublished') },
    {
      key: 'price',
      title: say('store.price'),
      numeric: true,
      cell: (row) => (row.price_minor === 0 ? say('store.free') : money(row.price_minor, row.currency)),
    },
    { key: 'licenses', title: say('nav.licenses'), numeric: true, cell: (row) => count(row.licenses) },
    { key: 'downloads', title: say('store.downloadsLabel'), numeric: true, cell: (row) => count(row.downloads) },
  ];
  return (
    <ListPage
      title={say('nav.packages')}
      path="/console/packages"
      columns={columns}
      rowKey={({ id }) => id}
      search={say('operate.searchPackages')}
      empty={say('common.nothingFound')}
    />
  );
}
