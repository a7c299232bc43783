import type { JobState, JobView } from '@hansa/contracts';
import { Moment, useApi, useChange, type Column } from '@hansa/web-ui';
import { Button, NativeSelect, Text } from '@mantine/core';
import { useWords } from '../../i18n/words.js';
import { ListPage } from '../../parts/list-page.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { useListState } from '../../parts/use-list-state.js';
import { LIST_POLL_MS } from './polling.js';

const STATES = ['queued', 'running', 'retrying', 'failed'] as const satisfies readonly JobState[];

/** Work the hub has still to do, and work it gave up. */
export function JobsPage() {
  const say = useWords();
  const api = useApi();
  const { of, set } = useListState();
  const retry = useChange((id: string) => api.post(`/console/jobs/${id}/retry`), { renews: ['/console'] });
  const columns: Column<JobView>[] = [
    { key: 'task', title: say('operate.task'), cell: ({ task }) => task },
    { key: 'state', title: say('common.state'), cell: ({ state }) => <StatusBadge status={state} /> },
    {
      key: 'attempts',
      title: say('operate.attempts'),
      numeric: true,
      cell: ({ attempts, max_attempts: most }) => `${attempts} / ${most}`,
    },
    { key: 'run', title: say('operate.nextAttempt'), cell: ({ run_at: at }) => <Moment at={at} /> },
    {
      key: 'error',
      title: say('operate.lastError'),
      cell: ({ last_error: error }) => (
        <Text size="xs" lineClamp={3}>
          {error ?? '–'}
        </Text>
      ),
    },
    {
      key: 'retry',
      title: say('common.actions'),
      cell: ({ id, task, state }) =>
        state === 'failed' || state === 'retrying' ? (
          <Button
            size="xs"
            variant="default"
            aria-label={`${say('operate.retry')}: ${task}`}
            onClick={() => retry.mutate(id)}
          >
            {say('operate.retry')}
          </Button>
        ) : null,
    },
  ];
  return (
    <ListPage
      title={say('nav.jobs')}
      lead={say('operate.jobsLead')}
      path="/console/jobs"
      query={{ state: of('state') }}
      refetchInterval={LIST_POLL_MS}
      columns={columns}
      rowKey={({ id }) => id}
      empty={say('operate.jobsEmpty')}
      filters={
        <NativeSelect
          aria-label={say('common.state')}
          value={of('state')}
          data={[
            { value: '', label: say('common.anyState') },
            ...STATES.map((value) => ({ value, label: say(`status.${value}`) })),
          ]}
          onChange={({ currentTarget: { value } }) => set({ state: value })}
        />
      }
    />
  );
}
