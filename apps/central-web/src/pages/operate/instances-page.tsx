import type { ConsoleInstanceView } from '@hansa/contracts';
import { Moment, useApi, useChange, useFormats, useGet, type Column, type Page } from '@hansa/web-ui';
import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useWords } from '../../i18n/words.js';
import { ListPage } from '../../parts/list-page.js';
import { Mono } from '../../parts/mono.js';

interface Clone {
  readonly instance_id: string;
  readonly base_url: string;
  readonly seen_at: string;
  readonly places: readonly string[];
}

/** The shops that registered. */
export function InstancesPage() {
  const say = useWords();
  const { date, count } = useFormats();
  const columns: Column<ConsoleInstanceView>[] = [
    {
      key: 'shop',
      title: say('common.shop'),
      cell: ({ id, base_url: url }) => (
        <>
          <Text size="sm">{url}</Text>
          <Mono text={id} />
        </>
      ),
    },
    { key: 'environment', title: say('operate.environment'), cell: (row) => row.environment },
    { key: 'mode', title: say('operate.mode'), cell: (row) => row.mode },
    { key: 'platform', title: say('operate.platform'), cell: (row) => row.platform_version },
    {
      key: 'active',
      title: say('operate.lastActive'),
      // A shop that only registered was here then.
      cell: ({ last_active_on: day, registered_at: since }) => date(day ?? since),
    },
    { key: 'activations', title: say('merchant.activations'), numeric: true, cell: (row) => count(row.activations) },
    {
      key: 'undelivered',
      title: say('operate.undelivered'),
      numeric: true,
      cell: ({ id, undelivered }) =>
        undelivered === 0 ? (
          '0'
        ) : (
          <Anchor component={Link} to="/operate/deliveries" search={{ instance: id } as never}>
            {count(undelivered)}
          </Anchor>
        ),
    },
  ];
  return (
    <ListPage
      title={say('nav.instances')}
      path="/console/instances"
      columns={columns}
      rowKey={({ id }) => id}
      search={say('operate.searchInstances')}
      empty={say('common.nothingFound')}
      notice={<Clones />}
    />
  );
}

/** One identity in two places: a restored backup, a second line, or a copied shop. A person decides. */
function Clones() {
  const say = useWords();
  const api = useApi();
  const { data } = useGet<Page<Clone>>('/console/clones');
  const dismiss = useChange((id: string) => api.post(`/console/clones/${id}/dismiss`), { renews: ['/console'] });
  if (!data || data.items.length === 0) return null;
  return (
    <Alert icon={<IconCopy />} color="yellow" mb="lg" title={say('operate.clones')}>
      <Stack gap="sm">
        {data.items.map(({ instance_id: id, base_url: url, seen_at: at, places }) => (
          <Group key={id} justify="space-between">
            <div>
              <Text size="sm" fw={600}>
                {url}
              </Text>
              <Text size="xs" component="div">
                {places.join(', ')} · <Moment at={at} />
              </Text>
            </div>
            <Button size="xs" variant="default" onClick={() => dismiss.mutate(id)}>
              {say('operate.dismiss')}
            </Button>
          </Group>
        ))}
      </Stack>
    </Alert>
  );
}
