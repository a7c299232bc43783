import type { OwnPackageView } from '@hansa/contracts';
import { useFormats, useGet, type Column } from '@hansa/web-ui';
import { Alert, Anchor, Button, Group, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
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
  const { data: publisher } = useGet<{ readonly namespaces: readonly { readonly namespace: string }[] }>('/publisher');
  const [chosen, setChosen] = useState('');
  const [name, setName] = useState('');
  const namespaces = publisher?.namespaces.map(({ namespace }) => namespace) ?? [];
  const namespace = chosen === '' ? (namespaces[0] ?? '') : chosen;
  return (
    <>
      <Button onClick={open}>{say('publish.newPackage')}</Button>
      <Modal opened={isOpen} onClose={close} title={say('publish.newPackage')} centered>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void navigate({ to: `/publish/packages/${namespace}/${name}` });
          }}
        >
          <Stack>
            {publisher && namespaces.length === 0 && (
              <Alert color="yellow">
                <Anchor component={Link} to="/publish/overview" size="sm">
                  {say('publish.namespaceFirst')}
                </Anchor>
              </Alert>
            )}
            <Group align="flex-end" gap="xs" wrap="nowrap">
              <NativeSelect
                label={say('publish.namespace')}
                value={namespace}
                data={namespaces}
                onChange={({ currentTarget: { value } }) => setChosen(value)}
              />
              <TextInput
                label={say('common.name')}
                flex={1}
                maxLength={64}
                data-autofocus
                value={name}
                onChange={({ currentTarget: { value } }) =>
                  setName(value.toLowerCase().replaceAll(/[^a-z0-9._-]/g, '-'))
                }
              />
            </Group>
            <Text size="xs" c="dimmed">
              {say('publish.packageIdLead')}
            </Text>
            <Group justify="flex-end">
              <Button type="submit" disabled={namespace === '' || !/^[a-z0-9]/.test(name)}>
                {say('publish.continue')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
