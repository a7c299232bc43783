import type { Product } from '@hansa/contracts';
import {
  ConfirmButton,
  EmptyState,
  Markdown,
  Moment,
  PageHeader,
  QueryState,
  useApi,
  useChange,
  useFormats,
  useGet,
} from '@hansa/web-ui';
import { Alert, Badge, Button, Card, Checkbox, Collapse, Group, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCircleCheck, IconShieldExclamation } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useWords } from '../i18n/words.js';
import { PATHS, type AvailableUpdate, type Decision, type Job, type UpdateOutcome, type Updates } from '../model.js';
import { JobLine } from '../parts/job-progress.js';
import { ProductIcon } from '../parts/product-icon.js';
import { useInstalled } from '../parts/use-shop.js';
import { LinkAnchor } from '../parts/links.js';

export function UpdatesPage() {
  const say = useWords();
  const updates = useGet<Updates>(PATHS.updates, undefined, { staleTime: 30_000 });
  const [outcomes, setOutcomes] = useState<readonly UpdateOutcome[]>([]);
  const names = new Map(useInstalled().data?.items.map(({ id, name }) => [id, name]));
  const nameOf = (id: string) => names.get(id) ?? id;
  const ordered = new Set(outcomes.flatMap((outcome) => ('job_id' in outcome ? [outcome.plugin_id] : [])));
  const order = (more: readonly UpdateOutcome[]) =>
    setOutcomes((before) => [
      ...more,
      ...before.filter(({ plugin_id: id }) => more.every((each) => each.plugin_id !== id)),
    ]);
  const waiting = updates.data?.updates.filter(({ plugin_id: id }) => !ordered.has(id)) ?? [];
  return (
    <>
      <PageHeader
        title={say('updates.title')}
        lead={
          <>
            {say('updates.lead')}{' '}
            <LinkAnchor to="/marketplace/settings" inherit underline="always">
              {say('updates.policy')}
            </LinkAnchor>
          </>
        }
        actions={
          <Group>
            <Button variant="default" loading={updates.isFetching} onClick={() => void updates.refetch()}>
              {say('updates.check')}
            </Button>
            {waiting.length > 0 && <UpdateAll onDone={order} />}
          </Group>
        }
      />
      <Ordered outcomes={outcomes} nameOf={nameOf} />
      <QueryState query={updates}>
        {({ advisories = [], checked_at: at }) => (
          <Stack>
            {advisories.map(({ advisory_id: id, marketplace_id: about, summary, fixed_in: fixed }) => (
              <Alert
                key={id}
                color="red"
                icon={<IconShieldExclamation />}
                title={say('updates.advisory', { name: about })}
              >
                {summary} {fixed === undefined ? say('updates.noFix') : say('updates.fixedIn', { version: fixed })}
              </Alert>
            ))}
            {waiting.length === 0 && outcomes.length === 0 && <UpToDate at={at} />}
            {waiting.map((update) => (
              <UpdateCard
                key={update.plugin_id}
                update={update}
                name={nameOf(update.plugin_id)}
                onOrdered={(outcome) => order([outcome])}
              />
            ))}
          </Stack>
        )}
      </QueryState>
    </>
  );
}

function UpToDate({ at }: { at: string }) {
  const say = useWords();
  const { dateTime } = useFormats();
  return (
    <EmptyState title={say('updates.none')} icon={IconCircleCheck}>
      {say('updates.noneLead', { at: dateTime(at) })}
    </EmptyState>
  );
}

function UpdateAll({ onDone }: { onDone: (outcomes: readonly UpdateOutcome[]) => void }) {
  const say = useWords();
  const api = useApi();
  const [withMajor, setWithMajor] = useState(false);
  const all = useChange(
    () => api.post<{ items: UpdateOutcome[] }>(`${PATHS.plugins}/update-all`, { body: { include_major: withMajor } }),
    { onDone: ({ items }) => onDone(items), renews: [PATHS.jobs] },
  );
  return (
    <ConfirmButton
      label={say('updates.all')}
      title={say('updates.allTitle')}
      onConfirm={() => all.mutate()}
      button={{ variant: 'filled', loading: all.isPending }}
    >
      <Text size="sm">{say('updates.allLead')}</Text>
      <Checkbox
        label={say('updates.includeMajor')}
        checked={withMajor}
        onChange={({ currentTarget: { checked } }) => setWithMajor(checked)}
      />
    </ConfirmButton>
  );
}

/** What was set off here, each with its progress, and why the others stay. */
function Ordered({ outcomes, nameOf }: { outcomes: readonly UpdateOutcome[]; nameOf: (id: string) => string }) {
  const say = useWords();
  const why = useWhy();
  return outcomes.map((outcome) => {
    const told = { name: nameOf(outcome.plugin_id), version: outcome.version };
    if (!('job_id' in outcome)) {
      return (
        <Alert key={outcome.plugin_id} color="gray" mb="md" role="status">
          {say('updates.refused', { ...told, why: why({ ...outcome, until: null }) })}
        </Alert>
      );
    }
    return <JobLine key={outcome.plugin_id} id={outcome.job_id} {...told} />;
  });
}

const COLORS = { automatic: 'green', ask: 'blue', hold: 'yellow' } as const;

interface UpdateProps {
  readonly update: AvailableUpdate;
  readonly name: string;
  readonly onOrdered: (outcome: UpdateOutcome) => void;
}

function UpdateCard({ update, name, onOrdered }: UpdateProps) {
  const say = useWords();
  const api = useApi();
  const why = useWhy();
  const [isOpen, { toggle }] = useDisclosure();
  const { plugin_id: id, current, latest, decision, versions } = update;
  const order = useChange(
    () => api.post<{ job: Job }>(`${PATHS.plugins}/${id}/update`, { body: { version: latest } }),
    {
      onDone: ({ job }) => onOrdered({ plugin_id: id, version: latest, job_id: job.id }),
      renews: [PATHS.jobs],
    },
  );
  return (
    <Card withBorder>
      <Group justify="space-between" align="flex-start">
        <Group wrap="nowrap" align="flex-start" flex="1 1 18rem">
          <ProductIcon name={name} size={44} />
          <div>
            <Group gap="xs">
              <LinkAnchor to="/marketplace/installed/$id" params={{ id }} fw={600} c="inherit">
                {name}
              </LinkAnchor>
              <Text size="sm">{say('updates.from', { from: current, to: latest })}</Text>
              <Badge variant="light" color={COLORS[decision.verdict]}>
                {say(`updates.${decision.verdict}`)}
              </Badge>
              {versions.some(({ security }) => security) && (
                <Badge variant="light" color="red">
                  {say('product.security')}
                </Badge>
              )}
            </Group>
            <Text size="sm" c="dimmed">
              {why(decision)}
            </Text>
          </div>
        </Group>
        <Group>
          <Button variant="subtle" aria-expanded={isOpen} onClick={toggle}>
            {say('updates.changelog')}
          </Button>
          <Button variant="light" loading={order.isPending} onClick={() => order.mutate()}>
            {say('updates.one', { version: latest })}
          </Button>
        </Group>
      </Group>
      <Collapse expanded={isOpen}>{isOpen && <Changes update={update} />}</Collapse>
    </Card>
  );
}

/** What was written about every version between the one that runs and the latest. */
function Changes({ update: { marketplace_id: id, versions } }: { update: AvailableUpdate }) {
  const say = useWords();
  const answer = useGet<{ product: Product }>(`${PATHS.feed}/${id}`);
  const newer = new Set(versions.map(({ version }) => version));
  return (
    <QueryState query={answer}>
      {({ product }) => (
        <Stack mt="md">
          {product.versions
            .filter(({ version }) => newer.has(version))
            .map(({ version, changelog, published_at: at }) => (
              <div key={version}>
                <Title order={3} size="h6">
                  {version} · <Moment at={at} />
                </Title>
                {changelog === '' ? (
                  <Text c="dimmed">{say('product.noChangelog')}</Text>
                ) : (
                  <Markdown text={changelog} />
                )}
              </div>
            ))}
        </Stack>
      )}
    </QueryState>
  );
}

/** Why a version is or is not installed: the shop's own sentence where the reader speaks its language, else what its code says. */
function useWhy(): (decision: Pick<Decision, 'code' | 'reason' | 'until'>) => string {
  const say = useWords();
  const { dateTime } = useFormats();
  const { i18n } = useTranslation();
  return ({ code, reason, until }) => {
    const words = i18n.language === 'en' ? reason : say.maybe(`why.${code}`, say.maybe(`problem.${code}`, reason));
    return until === null ? words : `${words} ${say('updates.until', { until: dateTime(until) })}`;
  };
}
