import { Moment, useApi, useChange, type Column } from '@hansa/web-ui';
import { Anchor, Button, NativeSelect, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { Link } from '@tanstack/react-router';
import { useWords } from '../../i18n/words.js';
import { ListPage } from '../../parts/list-page.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { useListState } from '../../parts/use-list-state.js';
import { LIST_POLL_MS } from './polling.js';

export interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly instance_id: string;
  readonly status: 'pending' | 'delivered' | 'dead';
  readonly attempts: number;
  readonly next_attempt_at: string | null;
  readonly delivered_at: string | null;
  readonly created_at: string;
}

const STATES = ['pending', 'delivered', 'dead'] as const;
const FIRST = '2000-01-01T00:00:00Z';

/** Events on their way to shops. */
export function DeliveriesPage() {
  const say = useWords();
  const api = useApi();
  const { of, set } = useListState();
  const replayAll = useChange(
    () =>
      api.post<{ replayed: number }>('/console/deliveries/replay', {
        body: { from: FIRST, to: new Date().toISOString() },
      }),
    {
      renews: ['/console/deliveries'],
      onDone: ({ replayed }) => notifications.show({ message: say('operate.replayed', { count: replayed }) }),
    },
  );
  const columns: Column<Delivery>[] = [
    {
      key: 'event',
      title: say('operate.event'),
      cell: ({ id, event }) => (
        <Anchor component={Link} to={`/operate/deliveries/${id}`} size="sm">
          {event}
        </Anchor>
      ),
    },
    { key: 'status', title: say('common.state'), cell: (row) => <StatusBadge status={row.status} /> },
    {
      key: 'shop',
      title: say('common.shop'),
      cell: ({ instance_id: id }) => <Text size="xs">{id}</Text>,
    },
    { key: 'attempts', title: say('operate.attempts'), numeric: true, cell: (row) => row.attempts },
    {
      key: 'next',
      title: say('operate.nextAttempt'),
      cell: ({ next_attempt_at: at }) => (at === null ? '–' : <Moment at={at} />),
    },
    { key: 'created', title: say('common.created'), cell: ({ created_at: at }) => <Moment at={at} /> },
  ];
  return (
    <ListPage
      title={say('nav.deliveries')}
      lead={say('operate.deliveriesLead')}
      path="/console/deliveries"
      query={{ status: of('status'), instance: of('instance') }}
      refetchInterval={LIST_POLL_MS}
      columns={columns}
      rowKey={({ id }) => id}
      empty={say('operate.deliveriesEmpty')}
      actions={
        <Button variant="default" onClick={() => replayAll.mutate()} loading={replayAll.isPending}>
          {say('operate.replayDead')}
        </Button>
      }
      filters={
        <NativeSelect
          aria-label={say('common.state')}
          value={of('status')}
          data={[
            { value: '', label: say('common.anyState') },
            ...STATES.map((value) => ({ value, label: say(`status.${value}`) })),
          ]}
          onChange={({ currentTarget: { value } }) => set({ status: value })}
        />
      }
    />
  );
}
