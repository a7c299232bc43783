import { ConfirmButton, Moment, useApi, useChange, type Column } from '@hansa/web-ui';
import { NativeSelect, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { FormButton } from '../../parts/form-button.js';
import { ListPage } from '../../parts/list-page.js';

const PATH = '/publisher/members';
const ROLES = ['owner', 'developer', 'viewer'] as const;
type Role = (typeof ROLES)[number];

interface Member {
  readonly account_id: string;
  readonly email: string;
  readonly role: Role;
  readonly joined_at: string;
}

/** Who acts for the publisher. */
export function TeamPage() {
  const say = useWords();
  const api = useApi();
  const [given, setGiven] = useState<{ email: string; role: Role }>({ email: '', role: 'developer' });
  const roles = ROLES.map((value) => ({ value, label: say(`role.${value}`) }));
  const invite = useChange(() => api.post('/publisher/invitations', { body: given }), {
    onDone: () => {
      notifications.show({ message: say('publish.invited', { email: given.email }) });
      setGiven({ email: '', role: 'developer' });
    },
  });
  const change = useChange(
    ({ id, role }: { readonly id: string; readonly role: string }) => api.put(`${PATH}/${id}`, { body: { role } }),
    { renews: [PATH, '/account'] },
  );
  const remove = useChange((id: string) => api.delete(`${PATH}/${id}`), { renews: [PATH, '/account'] });
  const columns: Column<Member>[] = [
    { key: 'email', title: say('signIn.email'), cell: ({ email }) => email },
    {
      key: 'role',
      title: say('common.role'),
      cell: ({ account_id: id, email, role }) => (
        <NativeSelect
          size="xs"
          aria-label={`${say('common.role')}: ${email}`}
          value={role}
          data={roles}
          onChange={({ currentTarget: { value } }) => change.mutate({ id, role: value })}
        />
      ),
    },
    { key: 'joined', title: say('common.since'), cell: ({ joined_at: at }) => <Moment at={at} /> },
    {
      key: 'actions',
      title: say('common.actions'),
      cell: ({ account_id: id, email }) => (
        <ConfirmButton
          label={say('common.remove')}
          title={say('common.removeTitle', { name: email })}
          color="red"
          onConfirm={() => remove.mutate(id)}
          button={{ size: 'xs' }}
        >
          <Text size="sm">{say('publish.removeMemberLead')}</Text>
        </ConfirmButton>
      ),
    },
  ];
  return (
    <ListPage
      title={say('nav.team')}
      lead={say('publish.teamLead')}
      path={PATH}
      whole
      columns={columns}
      rowKey={({ account_id: id }) => id}
      empty={say('common.noneYet')}
      actions={
        <FormButton
          label={say('common.invite')}
          submit={say('common.invite')}
          isReady={given.email.includes('@')}
          onSubmit={() => invite.mutate()}
        >
          <TextInput
            type="email"
            label={say('signIn.email')}
            data-autofocus
            value={given.email}
            onChange={({ currentTarget: { value } }) => setGiven((before) => ({ ...before, email: value }))}
          />
          <NativeSelect
            label={say('common.role')}
            value={given.role}
            data={roles}
            onChange={({ currentTarget: { value } }) => setGiven((before) => ({ ...before, role: value as Role }))}
          />
        </FormButton>
      }
    />
  );
}
