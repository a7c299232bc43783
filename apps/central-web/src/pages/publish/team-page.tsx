import { Moment, useApi, useChange, type Column } from '@hansa/web-ui';
import { useWords } from '../../i18n/words.js';
import { ListPage } from '../../parts/list-page.js';
import { InviteButton, RemoveButton, RoleSelect } from '../../parts/members.js';

const PATH = '/publisher/members';
const ROLES = ['owner', 'developer', 'viewer'] as const;

interface Member {
  readonly account_id: string;
  readonly email: string;
  readonly role: (typeof ROLES)[number];
  readonly joined_at: string;
}

/** Who acts for the publisher. */
export function TeamPage() {
  const say = useWords();
  const api = useApi();
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
        <RoleSelect who={email} role={role} roles={ROLES} onChange={(wanted) => change.mutate({ id, role: wanted })} />
      ),
    },
    { key: 'joined', title: say('common.since'), cell: ({ joined_at: at }) => <Moment at={at} /> },
    {
      key: 'actions',
      title: say('common.actions'),
      cell: ({ account_id: id, email }) => (
        <RemoveButton who={email} lead={say('publish.removeMemberLead')} onRemove={() => remove.mutate(id)} />
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
      actions={<InviteButton path="/publisher/invitations" roles={ROLES} usual="developer" />}
    />
  );
}
