import { ConfirmButton, useApi, useChange, type Column } from '@hansa/web-ui';
import { Text } from '@mantine/core';
import { useWords } from '../i18n/words.js';
import { StatusBadge } from './status-badge.js';

interface Revocable {
  readonly id: string;
  readonly name: string;
  readonly revoked_at: string | null;
}

/** The last columns of a list of keys or tokens below `path`: whether each still counts, and the way to end it. `lead` says what that does. */
export function useRevocation<Row extends Revocable>(path: string, lead: string): Column<Row>[] {
  const say = useWords();
  const api = useApi();
  const revoke = useChange((id: string) => api.delete(`${path}/${id}`), { renews: [path] });
  return [
    {
      key: 'state',
      title: say('common.state'),
      cell: ({ revoked_at: at }) => <StatusBadge status={at === null ? 'active' : 'revoked'} />,
    },
    {
      key: 'actions',
      title: say('common.actions'),
      cell: ({ id, name, revoked_at: at }) =>
        at === null && (
          <ConfirmButton
            label={say('common.revoke')}
            title={say('common.revokeTitle', { name })}
            color="red"
            onConfirm={() => revoke.mutate(id)}
            button={{ size: 'xs' }}
          >
            <Text size="sm">{lead}</Text>
          </ConfirmButton>
        ),
    },
  ];
}
