import { ConfirmButton, Moment, useApi, useChange, type Column } from '@hansa/web-ui';
import { Checkbox, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { CreateForm } from '../../parts/create-form.js';
import { ListPage } from '../../parts/list-page.js';
import { SecretOnce } from '../../parts/secret-once.js';
import { StatusBadge } from '../../parts/status-badge.js';

const PATH = '/console/management-tokens';
const SCOPES = ['tokens:read', 'tokens:write', 'customers:read'] as const;

interface ManagementToken {
  readonly id: string;
  readonly name: string;
  readonly publisher_id: string | null;
  readonly scopes: readonly string[];
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
}

/** Tokens for programs that hand out packages. */
export function ManagementTokensPage() {
  const say = useWords();
  const api = useApi();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<string[]>([...SCOPES]);
  const [secret, setSecret] = useState<string | null>(null);
  const issue = useChange(() => api.post<{ token: string }>(PATH, { body: { name, scopes } }), {
    renews: [PATH],
    onDone: ({ token }) => {
      setSecret(token);
      setName('');
    },
  });
  const revoke = useChange((id: string) => api.delete(`${PATH}/${id}`), { renews: [PATH] });
  const columns: Column<ManagementToken>[] = [
    { key: 'name', title: say('common.name'), cell: (row) => row.name },
    { key: 'for', title: say('common.publisher'), cell: (row) => row.publisher_id ?? say('operate.everyPublisher') },
    { key: 'scopes', title: say('common.mayDo'), cell: (row) => row.scopes.join(', ') },
    { key: 'created', title: say('common.created'), cell: ({ created_at: at }) => <Moment at={at} /> },
    {
      key: 'state',
      title: say('common.state'),
      cell: ({ revoked_at: at }) => <StatusBadge status={at === null ? 'active' : 'revoked'} />,
    },
    {
      key: 'actions',
      title: say('common.actions'),
      cell: (row) =>
        row.revoked_at === null && (
          <ConfirmButton
            label={say('common.revoke')}
            title={say('common.revokeTitle', { name: row.name })}
            color="red"
            onConfirm={() => revoke.mutate(row.id)}
            button={{ size: 'xs' }}
          >
            <Text size="sm">{say('operate.revokeTokenLead')}</Text>
          </ConfirmButton>
        ),
    },
  ];
  return (
    <>
      <ListPage
        title={say('nav.managementTokens')}
        lead={say('operate.managementTokensLead')}
        path={PATH}
        whole
        columns={columns}
        rowKey={({ id }) => id}
        empty={say('common.noneYet')}
        actions={
          <CreateForm
            label={say('operate.newToken')}
            submit={say('common.create')}
            isReady={name.trim() !== '' && scopes.length > 0}
            onSubmit={() => issue.mutate()}
          >
            <TextInput
              label={say('common.name')}
              maxLength={80}
              value={name}
              data-autofocus
              onChange={({ currentTarget: { value } }) => setName(value)}
            />
            <Checkbox.Group label={say('common.mayDo')} value={scopes} onChange={setScopes}>
              <Stack gap="xs" mt="xs">
                {SCOPES.map((scope) => (
                  <Checkbox key={scope} value={scope} label={scope} />
                ))}
              </Stack>
            </Checkbox.Group>
          </CreateForm>
        }
      />
      <SecretOnce secret={secret} onClose={() => setSecret(null)} />
    </>
  );
}
