import { Moment, useApi, useChange, type Column } from '@hansa/web-ui';
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { FormButton } from '../../parts/form-button.js';
import { ListPage } from '../../parts/list-page.js';
import { ScopeChoice } from '../../parts/scope-choice.js';
import { SecretOnce } from '../../parts/secret-once.js';
import { useRevocation } from '../../parts/use-revocation.js';

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
  const columns: Column<ManagementToken>[] = [
    { key: 'name', title: say('common.name'), cell: (row) => row.name },
    { key: 'for', title: say('common.publisher'), cell: (row) => row.publisher_id ?? say('operate.everyPublisher') },
    { key: 'scopes', title: say('common.mayDo'), cell: (row) => row.scopes.join(', ') },
    { key: 'created', title: say('common.created'), cell: ({ created_at: at }) => <Moment at={at} /> },
    ...useRevocation<ManagementToken>(PATH, say('operate.revokeTokenLead')),
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
          <FormButton
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
            <ScopeChoice scopes={SCOPES} value={scopes} onChange={setScopes} />
          </FormButton>
        }
      />
      <SecretOnce secret={secret} onClose={() => setSecret(null)} />
    </>
  );
}
