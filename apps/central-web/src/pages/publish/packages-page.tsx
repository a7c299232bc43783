import type { OwnPackageView } from '@hansa/contracts';
import { useFormats, type Column } from '@hansa/web-ui';
import { Anchor, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { ListPage } from '../../parts/list-page.js';

/** The publisher's packages, published or not. */
export function PackagesPage() {
  const say = useWords();
  const { money, count } = useFormats();
  const columns: Column<OwnPackageView>[] = [
    {
      key: 'package',
      title: say('common.package'),
      cell: ({ marketplace_id: id, name }) => (
        <>
          <Anchor component={Link} to={`/publish/packages/${id}`} size="sm">
            {name}
          </Anchor>
          <Text size="xs" c="dimmed">
            {id}
          </Text>
        </>
      ),
    },
    { key: 'version', title: say('common.version'), cell: (row) => row.version ?? say('common.unpublished') },
    {
      key: 'price',
      title: say('store.price'),
      numeric: true,
      cell: (row) => (row.price_minor === 0 ? say('store.free') : money(row.price_minor, row.currency)),
    },
    { key: 'licenses', title: say('nav.licenses'), numeric: true, cell: (row) => count(row.licenses) },
    { key: 'downloads', title: say('store.downloadsLabel'), numeric: true, cell: (row) => count(row.downloads) },
    { key: 'releases', title: say('nav.releases'), numeric: true, cell: (row) => count(row.releases) },
  ];
  return (
    <ListPage
      title={say('nav.packages')}
      path="/publisher/packages"
      columns={columns}
      rowKey={({ marketplace_id: id }) => id}
      search={say('operate.searchPackages')}
      empty={say('publish.packagesEmpty')}
      actions={<NewPackage />}
    />
  );
}

/** A listing begins with its id, which is for ever. */
function NewPackage() {
  const say = useWords();
  const navigate = useNavigate();
  const [isOpen, { open, close }] = useDisclosure();
  const [id, setId] = useState('');
  return (
    <>
      <Button onClick={open}>{say('publish.newPackage')}</Button>
      <Modal opened={isOpen} onClose={close} title={say('publish.newPackage')} centered>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void navigate({ to: `/publish/packages/${id}` });
          }}
        >
          <Stack>
            <TextInput
              label={say('publish.packageId')}
              description={say('publish.packageIdLead')}
              placeholder="@vendor/name"
              pattern="@[a-z0-9][a-z0-9\-]{0,38}/[a-z0-9][a-z0-9._\-]{0,63}"
              required
              withAsterisk={false}
              data-autofocus
              value={id}
              onChange={({ currentTarget: { value } }) => setId(value.trim().toLowerCase())}
            />
            <Group justify="flex-end">
              <Button type="submit">{say('publish.continue')}</Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
