import { Moment, useApi, useChange, type Column } from '@hansa/web-ui';
import { Code, NumberInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { FormButton } from '../../parts/form-button.js';
import { ListPage } from '../../parts/list-page.js';
import { ScopeChoice } from '../../parts/scope-choice.js';
import { SecretOnce } from '../../parts/secret-once.js';
import { useRevocation } from '../../parts/use-revocation.js';

const PATH = '/publisher/tokens';
const SCOPES = ['releases:read', 'releases:write', 'listings:write'] as const;
const NEW = { name: '', scopes: [...SCOPES] as string[], days: 90 };

interface Token {
  readonly id: string;
  readonly name: string;
  readonly hint: string | null;
  readonly scopes: readonly string[];
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
}

/** Tokens for tools that publish. */
export function TokensPage() {
  const say = useWords();
  const api = useApi();
  const [given, setGiven] = useState(NEW);
  const [secret, setSecret] = useState<string | null>(null);
  const issue = useChange(() => api.post<{ token: string }>(PATH, { body: given }), {
    renews: [PATH],
    onDone: ({ token }) => {
      setSecret(token);
      setGiven(NEW);
    },
  });
  const columns: Column<Token>[] = [
    { key: 'name', title: say('common.name'), cell: ({ name }) => name },
    { key: 'hint', title: say('operate.begins'), cell: ({ hint }) => (hint === null ? '–' : <Code>{hint}…</Code>) },
    { key: 'scopes', title: say('common.mayDo'), cell: ({ scopes }) => scopes.join(', ') },
    {
      key: 'expires',
      title: say('operate.expires'),
      cell: ({ expires_at: at }) => (at === null ? '–' : <Moment at={at} />),
    },
    ...useRevocation<Token>(PATH, say('operate.revokeTokenLead')),
  ];
  return (
    <>
      <ListPage
        title={say('nav.tokens')}
        lead={say('publish.tokensLead')}
        path={PATH}
        whole
        columns={columns}
        rowKey={({ id }) => id}
        empty={say('common.noneYet')}
        actions={
          <FormButton
            label={say('operate.newToken')}
            submit={say('common.create')}
            isReady={given.name.trim() !== '' && given.scopes.length > 0}
            onSubmit={() => issue.mutate()}
          >
            <TextInput
              label={say('common.name')}
              maxLength={80}
              data-autofocus
              value={given.name}
              onChange={({ currentTarget: { value } }) => setGiven((before) => ({ ...before, name: value }))}
            />
            <ScopeChoice
              scopes={SCOPES}
              value={given.scopes}
              onChange={(scopes) => setGiven((before) => ({ ...before, scopes }))}
            />
            <NumberInput
              label={say('publish.days')}
              min={1}
              max={365}
              allowDecimal={false}
              value={given.days}
              onChange={(days) => setGiven((before) => ({ ...before, days: Number(days) || 1 }))}
            />
          </FormButton>
        }
      />
      <SecretOnce secret={secret} onClose={() => setSecret(null)} />
    </>
  );
}
