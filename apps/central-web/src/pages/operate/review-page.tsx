import type { ReleaseView, StorefrontPermissions } from '@hansa/contracts';
import { Moment, PageHeader, QueryState, useApi, useChange, useFormats, useGet, type Page } from '@hansa/web-ui';
import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { IconTag } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';
import { useWords } from '../../i18n/words.js';
import { Checks, type Check } from '../../parts/checks.js';
import { Conversation } from '../../parts/conversation.js';
import { Facts } from '../../parts/facts.js';
import { Findings } from '../../parts/findings.js';
import { Mono } from '../../parts/mono.js';
import { Permissions } from '../../parts/permissions.js';
import { ReasonButton } from '../../parts/reason-button.js';
import { Rollout } from '../../parts/rollout.js';
import { Section } from '../../parts/section.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { LIST_POLL_MS } from './polling.js';
import { ReviewDiff, type Diff } from './review-diff.js';

interface Dossier {
  readonly release: ReleaseView;
  readonly manifest: { readonly permissions?: Partial<StorefrontPermissions> };
  readonly claimed_by: string | null;
  readonly review_note: string | null;
  readonly checks: readonly Check[];
  readonly diff: Diff | null;
  readonly comments: readonly {
    readonly id: string;
    readonly author: string;
    readonly body: string;
    readonly internal: boolean;
    readonly written_at: string;
  }[];
  readonly approvals: readonly { readonly operator: string; readonly approved_at: string }[];
}

/** Everything there is to read about a release, and the decision. */
export function ReviewPage() {
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const dossier = useGet<Dossier>(`/console/releases/${id}`, undefined, { refetchInterval: LIST_POLL_MS });
  return <QueryState query={dossier}>{(data) => <Review dossier={data} />}</QueryState>;
}

function Review({ dossier }: { readonly dossier: Dossier }) {
  const say = useWords();
  const api = useApi();
  const { bytes } = useFormats();
  const { release, diff, checks, comments, approvals } = dossier;
  const path = `/console/releases/${release.id}`;
  const remark = useChange(
    (body: { readonly body: string; readonly internal: boolean }) => api.post(`${path}/comments`, { body }),
    { renews: ['/console/releases'] },
  );
  return (
    <>
      <PageHeader
        title={`${release.marketplace_id} ${release.version}`}
        lead={<StatusBadge status={release.status} />}
        actions={<Decisions dossier={dossier} path={path} />}
      />
      <Stack>
        {release.status === 'in_review' && <NamespaceFirst marketplaceId={release.marketplace_id} />}
        <Section title={say('operate.facts')}>
          <Facts
            items={[
              [say('release.submitted'), <Moment key="at" at={release.submitted_at} />],
              [say('release.size'), bytes(release.size_bytes)],
              ['SHA-256', <Mono key="sha" text={release.sha256} shown={`${release.sha256.slice(0, 16)}…`} />],
              [say('operate.claimedBy'), dossier.claimed_by],
              [say('operate.approvals'), approvals.map(({ operator }) => operator).join(', ')],
              [say('release.note'), dossier.review_note],
            ]}
          />
        </Section>
        <Rollout path={path} status={release.status} />
        <Section title={say('release.checks')}>
          <Stack>
            <Checks checks={checks} />
            <Findings findings={release.findings} isPending={checks.some(({ status }) => status === 'pending')} />
          </Stack>
        </Section>
        <Section title={say('store.mayDo')}>
          <Permissions permissions={dossier.manifest.permissions ?? {}} />
        </Section>
        <Section title={say('operate.changes')}>
          {diff ? <ReviewDiff diff={diff} /> : <Text c="dimmed">{say('operate.firstRelease')}</Text>}
        </Section>
        <Section title={say('release.conversation')}>
          <Conversation
            remarks={comments.map(({ author, ...rest }) => ({ ...rest, by: author }))}
            onSay={(body, internal) => remark.mutate({ body, internal })}
            isBusy={remark.isPending}
            mayBeInternal
          />
        </Section>
      </Stack>
    </>
  );
}

/** Nothing of a namespace is approved before an operator has verified it. */
function NamespaceFirst({ marketplaceId }: { readonly marketplaceId: string }) {
  const say = useWords();
  const { data: claims } = useGet<Page<{ readonly namespace: string }>>('/console/namespaces');
  const claim = claims?.items.find(({ namespace }) => marketplaceId.startsWith(`${namespace}/`));
  if (!claim) return null;
  return (
    <Alert color="yellow" icon={<IconTag />} title={say('operate.namespaceFirst', { namespace: claim.namespace })}>
      <Anchor component={Link} to="/operate/publishers" size="sm">
        {say('operate.toPublishers')}
      </Anchor>
    </Alert>
  );
}

function Decisions({
  dossier: { release, claimed_by: claimedBy },
  path,
}: {
  readonly dossier: Dossier;
  readonly path: string;
}) {
  const say = useWords();
  const api = useApi();
  const decide = useChange(
    ({ step, body }: { readonly step: string; readonly body?: object }) =>
      api.post(`${path}/${step}`, { body: body ?? {} }),
    { renews: ['/console'] },
  );
  const claim = useChange(() => (claimedBy === null ? api.post(`${path}/claim`) : api.delete(`${path}/claim`)), {
    renews: ['/console'],
  });
  if (release.status === 'in_review') {
    return (
      <Group gap="sm">
        <Button variant="subtle" onClick={() => claim.mutate()} loading={claim.isPending}>
          {say(claimedBy === null ? 'operate.claim' : 'operate.unclaim')}
        </Button>
        <ReasonButton
          label={say('operate.reject')}
          title={say('operate.reject')}
          lead={say('operate.rejectLead')}
          reason={say('operate.reasonForPublisher')}
          color="red"
          onGiven={(note) => decide.mutate({ step: 'reject', body: { note } })}
        />
        <ReasonButton
          label={say('operate.requestChanges')}
          title={say('operate.requestChanges')}
          lead={say('operate.requestChangesLead')}
          reason={say('operate.reasonForPublisher')}
          onGiven={(note) => decide.mutate({ step: 'request-changes', body: { note } })}
        />
        <Button onClick={() => decide.mutate({ step: 'approve' })} loading={decide.isPending}>
          {say('operate.approve')}
        </Button>
      </Group>
    );
  }
  if (release.status === 'published') {
    return (
      <ReasonButton
        label={say('release.yank')}
        title={say('release.yank')}
        lead={say('release.yankLead')}
        reason={say('release.yankReason')}
        color="red"
        onGiven={(reason) => decide.mutate({ step: 'yank', body: { reason } })}
      />
    );
  }
  if (release.status === 'yanked')
    return <Button onClick={() => decide.mutate({ step: 'unyank' })}>{say('release.unyank')}</Button>;
  return null;
}
