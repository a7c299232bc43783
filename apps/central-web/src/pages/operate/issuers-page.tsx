import { ConfirmButton, Moment, useApi, useChange, type Column } from '@hansa/web-ui';
import { Button, Group, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { FormButton } from '../../parts/form-button.js';
import { ListPage } from '../../parts/list-page.js';
import { SecretOnce } from '../../parts/secret-once.js';
import { StatusBadge } from '../../parts/status-badge.js';

const PATH = '/console/external-issuers';

interface Issuer {
  readonly id: string;
  readonly issuer: string;
  readonly redirect_url: string;
  readonly max_life_seconds: number;
  readonly created_at: string;
  readonly disabled_at: string | null;
}

/** Platforms whose people may sign in here. */
export function IssuersPage() {
  const say = useWords();
  const api = useApi();
  const [given, setGiven] = useState({ issuer: '', redirect_url: '' });
  const [secret, setSecret] = useState<string | null>(null);
  const create = useChange(() => api.post(PATH, { body: given }), {
    renews: [PATH],
    onDone: () => setGiven({ issuer: '', redirect_url: '' }),
  });
  const newKey = useChange((id: string) => api.post<{ kid: string; secret: string }>(`${PATH}/${id}/keys`), {
    renews: [PATH],
    onDone: ({ kid, secret: made }) => setSecret(`${kid}\n${made}`),
  });
  const disable = useChange((id: string) => api.delete(`${PATH}/${id}`), { renews: [PATH] });
  const columns: Column<Issuer>[] = [
    { key: 'issuer', title: say('operate.issuer'), cell: ({ issuer }) => issuer },
    { key: 'redirect', title: say('operate.redirectUrl'), cell: (row) => <Text size="xs">{row.redirect_url}</Text> },
    { key: 'created', title: say('common.created'), cell: ({ created_at: at }) => <Moment at={at} /> },
    {
      key: 'state',
      title: say('common.state'),
      cell: ({ disabled_at: at }) => <StatusBadge status={at === null ? 'active' : 'disabled'} />,
    },
    {
      key: 'actions',
      title: say('common.actions'),
      cell: ({ id, issuer, disabled_at: at }) =>
        at === null && (
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={() => newKey.mutate(id)}>
              {say('operate.newKey')}
            </Button>
            <ConfirmButton
              label={say('operate.disable')}
              title={say('operate.disableTitle', { name: issuer })}
              color="red"
              onConfirm={() => disable.mutate(id)}
              button={{ size: 'xs' }}
            >
              <Text size="sm">{say('operate.disableLead')}</Text>
            </ConfirmButton>
          </Group>
        ),
    },
  ];
  const field = (name: keyof typeof given) => ({
    value: given[name],
    onChange: ({ currentTarget: { value } }: { readonly currentTarget: { readonly value: string } }) =>
      setGiven((before) => ({ ...before, [name]: value })),
  });
  return (
    <>
      <ListPage
        title={say('nav.issuers')}
        lead={say('operate.issuersLead')}
        path={PATH}
        whole
        columns={columns}
        rowKey={({ id }) => id}
        empty={say('common.noneYet')}
        actions={
          <FormButton
            label={say('operate.newIssuer')}
            submit={say('common.create')}
            isReady={given.issuer !== '' && given.redirect_url !== ''}
            onSubmit={() => create.mutate()}
          >
            <TextInput label={say('operate.issuer')} maxLength={255} data-autofocus {...field('issuer')} />
            <TextInput label={say('operate.redirectUrl')} type="url" maxLength={2_048} {...field('redirect_url')} />
          </FormButton>
        }
      />
      <SecretOnce secret={secret} onClose={() => setSecret(null)} />
    </>
  );
}
