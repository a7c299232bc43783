import type { PublisherKeyView } from '@hansa/contracts';
import { Moment, useApi, useChange, type Column } from '@hansa/web-ui';
import { Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { FormButton } from '../../parts/form-button.js';
import { ListPage } from '../../parts/list-page.js';
import { Mono } from '../../parts/mono.js';
import { ReasonButton } from '../../parts/reason-button.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { useOwnPublisher } from './use-own-publisher.js';

const PATH = '/publisher/keys';

/** The keys the publisher signs with. Only public halves are ever here. */
export function KeysPage() {
  const say = useWords();
  const api = useApi();
  const isOwner = useOwnPublisher()?.role === 'owner';
  const [given, setGiven] = useState({ name: '', public_key: '' });
  const add = useChange(() => api.post(PATH, { body: given }), {
    renews: [PATH],
    onDone: () => setGiven({ name: '', public_key: '' }),
  });
  const revoke = useChange(
    ({ kid, reason }: { readonly kid: string; readonly reason: string }) =>
      api.post(`${PATH}/${kid}/revoke`, { body: { reason } }),
    { renews: [PATH] },
  );
  const columns: Column<PublisherKeyView>[] = [
    { key: 'name', title: say('common.name'), cell: ({ name }) => name },
    { key: 'kid', title: 'ID', cell: ({ kid }) => <Mono text={kid} shown={`${kid.slice(0, 12)}…`} /> },
    { key: 'added', title: say('common.created'), cell: ({ added_at: at }) => <Moment at={at} /> },
    {
      key: 'until',
      title: say('publish.validUntil'),
      cell: ({ valid_until: at }) => (at == null ? '–' : <Moment at={at} />),
    },
    {
      key: 'state',
      title: say('common.state'),
      cell: ({ revoked_at: at }) => <StatusBadge status={at == null ? 'active' : 'revoked'} />,
    },
    {
      key: 'actions',
      title: say('common.actions'),
      cell: ({ kid, name, revoked_at: at }) =>
        isOwner &&
        at == null && (
          <ReasonButton
            label={say('common.revoke')}
            title={say('common.revokeTitle', { name })}
            lead={say('publish.revokeKeyLead')}
            reason={say('publish.reason')}
            color="red"
            onGiven={(reason) => revoke.mutate({ kid, reason })}
            button={{ size: 'xs' }}
          />
        ),
    },
  ];
  const isNoKey = given.public_key !== '' && !isPublicKey(given.public_key);
  const field = (name: keyof typeof given) => ({
    value: given[name],
    onChange: ({ currentTarget: { value } }: { readonly currentTarget: { readonly value: string } }) =>
      setGiven((before) => ({ ...before, [name]: value })),
  });
  return (
    <ListPage
      title={say('nav.signingKeys')}
      lead={say('publish.keysLead')}
      path={PATH}
      whole
      columns={columns}
      rowKey={({ kid }) => kid}
      empty={say('publish.keysEmpty')}
      actions={
        isOwner && (
          <FormButton
            label={say('publish.addKey')}
            submit={say('common.add')}
            isReady={given.name !== '' && given.public_key !== '' && !isNoKey}
            onSubmit={() => add.mutate()}
          >
            <TextInput label={say('common.name')} maxLength={80} data-autofocus {...field('name')} />
            <Textarea
              label={say('publish.publicKey')}
              description={say('publish.publicKeyLead')}
              autosize
              minRows={3}
              maxLength={2_000}
              error={isNoKey && say('publish.publicKeyWrong')}
              {...field('public_key')}
            />
          </FormButton>
        )
      }
    />
  );
}

/** Looks like the public half of a key; whether it is one the server finds out. */
function isPublicKey(text: string): boolean {
  try {
    const key: unknown = JSON.parse(text);
    return typeof key === 'object' && key !== null && 'x' in key && !('d' in key);
  } catch {
    return false;
  }
}
