import type { ReleaseProgress, ReleaseView } from '@hansa/contracts';
import { Moment, PageHeader, QueryState, useApi, useChange, useFormats, useGet, type Page } from '@hansa/web-ui';
import { Alert, Button, Stack, Text } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useWords } from '../../i18n/words.js';
import { Checks } from '../../parts/checks.js';
import { Conversation, type Remark } from '../../parts/conversation.js';
import { Facts } from '../../parts/facts.js';
import { Findings } from '../../parts/findings.js';
import { Mono } from '../../parts/mono.js';
import { ReasonButton } from '../../parts/reason-button.js';
import { Rollout } from '../../parts/rollout.js';
import { Section } from '../../parts/section.js';
import { StatusBadge } from '../../parts/status-badge.js';

const POLL_MS = 5_000;
/** What happens with a release of these, or what its publisher has to do, is said. */
const ON_THEIR_WAY = ['submitted', 'in_review', 'changes_requested', 'approved'] as const;

/** One of the publisher's releases: checks, findings, what the reviewer says. */
export function ReleasePage() {
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const path = `/publisher/releases/${id}`;
  const release = useGet<ReleaseView>(path, undefined, { refetchInterval: POLL_MS });
  return <QueryState query={release}>{(data) => <Release release={data} path={path} />}</QueryState>;
}

function Release({ release, path }: { readonly release: ReleaseView; readonly path: string }) {
  const say = useWords();
  const api = useApi();
  const { bytes, dateTime } = useFormats();
  const progress = useGet<ReleaseProgress>(`${path}/checks`, undefined, { refetchInterval: POLL_MS });
  const comments = useGet<Page<Omit<Remark, 'internal'>>>(`${path}/comments`);
  const renews = ['/publisher/releases'];
  const remark = useChange((body: string) => api.post(`${path}/comments`, { body: { body } }), { renews });
  const yank = useChange((reason: string) => api.post(`${path}/yank`, { body: { reason } }), { renews });
  const unyank = useChange(() => api.post(`${path}/unyank`), { renews });
  const note = progress.data?.review_note ?? null;
  return (
    <>
      <PageHeader
        title={`${release.marketplace_id} ${release.version}`}
        lead={
          <Stack gap={4}>
            <StatusBadge status={release.status} />
            {hasNext(release.status) && <Text size="sm">{say(`release.next_${release.status}`)}</Text>}
          </Stack>
        }
        actions={
          release.status === 'published' ? (
            <ReasonButton
              label={say('release.yank')}
              title={say('release.yank')}
              lead={say('release.yankLead')}
              reason={say('release.yankReason')}
              color="red"
              onGiven={yank.mutate}
            />
          ) : (
            release.status === 'yanked' && <Button onClick={() => unyank.mutate()}>{say('release.unyank')}</Button>
          )
        }
      />
      <Stack maw={860}>
        {note !== null && (
          <Alert color={release.status === 'rejected' ? 'red' : 'blue'} title={say('release.note')}>
            {note}
          </Alert>
        )}
        <Section title={say('operate.facts')}>
          <Facts
            items={[
              [say('release.submitted'), dateTime(release.submitted_at)],
              [say('status.published'), release.published_at !== null && <Moment key="at" at={release.published_at} />],
              [say('release.size'), bytes(release.size_bytes)],
              ['SHA-256', <Mono key="sha" text={release.sha256} shown={`${release.sha256.slice(0, 16)}…`} />],
            ]}
          />
        </Section>
        <Rollout path={path} status={release.status} />
        <Section title={say('release.checks')}>
          <Stack>
            <QueryState query={progress}>{({ checks }) => <Checks checks={checks} />}</QueryState>
            <Findings
              findings={release.findings}
              isPending={progress.data?.checks.some(({ status }) => status === 'pending') ?? true}
            />
          </Stack>
        </Section>
        <Section title={say('release.conversation')}>
          <QueryState query={comments}>
            {({ items }) => (
              <Conversation
                remarks={items.map((item) => ({
                  ...item,
                  by: say(item.by === 'reviewer' ? 'release.reviewer' : 'release.you'),
                  internal: false,
                }))}
                onSay={(body) => remark.mutate(body)}
                isBusy={remark.isPending}
              />
            )}
          </QueryState>
        </Section>
      </Stack>
    </>
  );
}

function hasNext(status: string): status is (typeof ON_THEIR_WAY)[number] {
  return ON_THEIR_WAY.some((one) => one === status);
}
