import { DataTable, Moment, PageHeader, QueryState, useGet, type Page } from '@hansa/web-ui';
import { Badge, Code, Tabs, Text } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../i18n/words.js';
import { PATHS, type Job } from '../model.js';
import { JobBadge } from '../parts/job-progress.js';
import { LinkAnchor } from '../parts/links.js';
import { useInstalled } from '../parts/use-shop.js';

const PER_PAGE = 20;
const COLORS = { info: 'blue', warning: 'yellow', critical: 'red' } as const;

interface Notification {
  readonly id: string;
  readonly at: string;
  readonly code: string;
  readonly severity: keyof typeof COLORS;
  readonly message: string;
  readonly subject: string;
}

interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly received_at: string;
  readonly marketplace_id: string | null;
}

export function ActivityPage() {
  const say = useWords();
  return (
    <>
      <PageHeader title={say('activity.title')} lead={say('activity.lead')} />
      <Tabs defaultValue="notifications" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="notifications">{say('activity.notifications')}</Tabs.Tab>
          <Tabs.Tab value="jobs">{say('activity.jobs')}</Tabs.Tab>
          <Tabs.Tab value="deliveries">{say('activity.deliveries')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="notifications">
          <Notifications />
        </Tabs.Panel>
        <Tabs.Panel value="jobs">
          <Jobs />
        </Tabs.Panel>
        <Tabs.Panel value="deliveries">
          <Deliveries />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

/** One page of a list and the way to the others. */
function usePaged<T>(path: string) {
  const [offset, setOffset] = useState(0);
  return { query: useGet<Page<T>>(path, { limit: PER_PAGE, offset }, { refetchInterval: 10_000 }), setOffset };
}

function Notifications() {
  const say = useWords();
  const { query, setOffset } = usePaged<Notification>(PATHS.notifications);
  return (
    <QueryState query={query}>
      {(page) => (
        <DataTable
          caption={say('activity.notifications')}
          page={page}
          rowKey={({ id }) => id}
          onPage={setOffset}
          empty={<Text c="dimmed">{say('activity.noNotifications')}</Text>}
          columns={[
            { key: 'when', title: say('activity.when'), cell: ({ at }) => <Moment at={at} /> },
            {
              key: 'severity',
              title: say('activity.weight'),
              cell: ({ severity }) => (
                <Badge variant="light" color={COLORS[severity]}>
                  {say(`activity.severity.${severity}`)}
                </Badge>
              ),
            },
            {
              key: 'what',
              title: say('activity.what'),
              cell: ({ code, message }) => (
                <>
                  {say.maybe(`notice.${code}`, message)}
                  {say.maybe(`notice.${code}`, '') !== '' && (
                    <Text size="xs" c="dimmed" lang="en">
                      {message}
                    </Text>
                  )}
                </>
              ),
            },
          ]}
        />
      )}
    </QueryState>
  );
}

function Jobs() {
  const say = useWords();
  const { query, setOffset } = usePaged<Job>(PATHS.jobs);
  const names = new Map(useInstalled().data?.items.map(({ marketplace_id: about, name }) => [about, name]));
  return (
    <QueryState query={query}>
      {(page) => (
        <DataTable
          caption={say('activity.jobs')}
          page={page}
          rowKey={({ id }) => id}
          onPage={setOffset}
          empty={<Text c="dimmed">{say('activity.noJobs')}</Text>}
          columns={[
            { key: 'when', title: say('activity.when'), cell: ({ created_at: at }) => <Moment at={at} /> },
            {
              key: 'what',
              title: say('activity.what'),
              cell: ({ id, kind, marketplace_id: about }) => (
                <LinkAnchor to="/marketplace/jobs/$id" params={{ id }} size="sm">
                  {say(`job.${kind}`)}: {names.get(about) ?? about}
                </LinkAnchor>
              ),
            },
            { key: 'version', title: say('activity.version'), cell: ({ version }) => version },
            { key: 'result', title: say('activity.result'), cell: (job) => <JobBadge job={job} /> },
          ]}
        />
      )}
    </QueryState>
  );
}

function Deliveries() {
  const say = useWords();
  const { query, setOffset } = usePaged<Delivery>(PATHS.deliveries);
  return (
    <QueryState query={query}>
      {(page) => (
        <DataTable
          caption={say('activity.deliveries')}
          page={page}
          rowKey={({ id }) => id}
          onPage={setOffset}
          empty={<Text c="dimmed">{say('activity.noDeliveries')}</Text>}
          columns={[
            { key: 'when', title: say('activity.when'), cell: ({ received_at: at }) => <Moment at={at} /> },
            { key: 'event', title: say('activity.event'), cell: ({ event }) => <Code>{event}</Code> },
            { key: 'about', title: say('activity.about'), cell: ({ marketplace_id: about }) => about ?? '–' },
            { key: 'id', title: say('activity.id'), cell: ({ id }) => <Code>{id}</Code> },
          ]}
        />
      )}
    </QueryState>
  );
}
