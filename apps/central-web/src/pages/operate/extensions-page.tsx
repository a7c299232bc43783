import { Moment, useApi, useChange, type Column } from '@hansa/web-ui';
import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useWords } from '../../i18n/words.js';
import { ListPage } from '../../parts/list-page.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { ExtensionForm, EXTENSIONS, type ExtensionRow, type ExtensionSettings } from './extension-form.js';

/** Front ends of others that run in the portal and call their own APIs. */
export function ExtensionsPage() {
  const say = useWords();
  const api = useApi();
  const register = useChange((body: ExtensionSettings) => api.post<ExtensionRow>(EXTENSIONS, { body }), {
    renews: [EXTENSIONS],
  });
  const columns: Column<ExtensionRow>[] = [
    {
      key: 'extension',
      title: say('connections.extension'),
      cell: ({ id, name }) => (
        <>
          <Anchor component={Link} to={`/operate/extensions/${id}`} size="sm">
            {name}
          </Anchor>
          <Text size="xs" c="dimmed">
            {id}
          </Text>
        </>
      ),
    },
    { key: 'apis', title: say('connections.apiOrigins'), cell: (row) => row.api_origins.join(', ') },
    { key: 'package', title: say('common.package'), cell: (row) => row.marketplace_id ?? '–' },
    { key: 'created', title: say('common.created'), cell: ({ created_at: at }) => <Moment at={at} /> },
    {
      key: 'state',
      title: say('common.state'),
      cell: ({ disabled_at: at }) => <StatusBadge status={at === null ? 'active' : 'disabled'} />,
    },
  ];
  return (
    <ListPage
      title={say('nav.extensions')}
      lead={say('connections.extensionsLead')}
      path={EXTENSIONS}
      whole
      columns={columns}
      rowKey={({ id }) => id}
      empty={say('common.noneYet')}
      actions={
        <ExtensionForm
          key={register.data?.id ?? 'first'}
          label={say('connections.newExtension')}
          submit={say('common.create')}
          onGiven={register.mutate}
        />
      }
    />
  );
}
