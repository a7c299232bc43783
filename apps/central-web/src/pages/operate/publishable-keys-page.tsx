import { Moment, useApi, useChange, type Column } from '@hansa/web-ui';
import { Code, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { FormButton } from '../../parts/form-button.js';
import { ListPage } from '../../parts/list-page.js';
import { SecretOnce } from '../../parts/secret-once.js';
import { useRevocation } from '../../parts/use-revocation.js';

const PATH = '/console/publishable-keys';

interface PublishableKey {
  readonly id: string;
  readonly name: string;
  readonly hint: string;
  readonly created_at: string;
  readonly revoked_at: string | null;
}

/** The keys shops read the feed with. */
export function PublishableKeysPage() {
  const say = useWords();
  const api = useApi();
  const [name, setName] = useState('');
  const [secret, setSecret] = useState<string | null>(null);
  const issue = useChange(() => api.post<{ key: string }>(PATH, { body: { name } }), {
    renews: [PATH],
    onDone: ({ key }) => {
      setSecret(key);
      setName('');
    },
  });
  const columns: Column<PublishableKey>[] = [
    { key: 'name', title: say('common.name'), cell: (row) => row.name },
    { key: 'hint', title: say('operate.begins'), cell: ({ hint }) => <Code>{hint}…</Code> },
    { key: 'created', title: say('common.created'), cell: ({ created_at: at }) => <Moment at={at} /> },
    ...useRevocation<PublishableKey>(PATH, say('operate.revokeKeyLead')),
  ];
  return (
    <>
      <ListPage
        title={say('nav.publishableKeys')}
        lead={say('operate.publishableKeysLead')}
        path={PATH}
        whole
        columns={columns}
        rowKey={({ id }) => id}
        empty={say('common.noneYet')}
        actions={
          <FormButton
            label={say('operate.newKey')}
            submit={say('common.create')}
            isReady={name.trim() !== ''}
            onSubmit={() => issue.mutate()}
          >
            <TextInput
              label={say('common.name')}
              maxLength={80}
              value={name}
              data-autofocus
              onChange={({ currentTarget: { value } }) => setName(value)}
            />
          </FormButton>
        }
      />
      <SecretOnce secret={secret} onClose={() => setSecret(null)} />
    </>
  );
}
