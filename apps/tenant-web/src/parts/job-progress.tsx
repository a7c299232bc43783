import { Moment, QueryState, useFormats, useProblemWords, ApiProblem } from '@hansa/web-ui';
import {
  Alert,
  Badge,
  Card,
  Group,
  Loader,
  Progress,
  Stack,
  Text,
  Timeline,
  Title,
  type MantineColor,
} from '@mantine/core';
import { IconAlertTriangle, IconArrowBackUp, IconCheck, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useWords } from '../i18n/words.js';
import { STEPS, type Job, type Outcome } from '../model.js';
import { LinkAnchor } from './links.js';
import { useJob } from './use-job.js';

const COLORS: Readonly<Record<Outcome, MantineColor>> = { done: 'green', rolled_back: 'yellow', failed: 'red' };

/** How a job ended, or that it runs. */
export function JobBadge({ job }: { readonly job: Pick<Job, 'outcome'> }) {
  const say = useWords();
  const { outcome } = job;
  return (
    <Badge variant="light" color={outcome === null ? 'blue' : COLORS[outcome]}>
      {say(outcome === null ? 'job.running' : `job.${outcome}`)}
    </Badge>
  );
}

/** Every step of a job as it is taken, its bytes, and how it ended. `actions` are offered at the end. */
export function JobProgress({ id, actions }: { readonly id: string; readonly actions?: (job: Job) => ReactNode }) {
  const query = useJob(id);
  return <QueryState query={query}>{(job) => <Steps job={job} actions={actions?.(job)} />}</QueryState>;
}

function Steps({ job, actions }: { readonly job: Job; readonly actions: ReactNode }) {
  const say = useWords();
  const reached = new Map(job.steps.map(({ step, at }) => [step, at]));
  const planned = STEPS.filter((step) => job.outcome === null || reached.has(step));
  const end = job.outcome === null || job.outcome === 'done' ? [] : [job.outcome];
  const steps = [...planned, ...end];
  const active = steps.findLastIndex((step) => reached.has(step));
  return (
    <Stack aria-live="polite">
      <Timeline active={active} bulletSize={24} lineWidth={2} aria-label={say('job.steps')}>
        {steps.map((step, index) => (
          <Timeline.Item
            key={step}
            title={
              <Group gap="xs">
                <span>{say(`step.${step}`)}</span>
                {reached.has(step) && (
                  <Text span size="xs" c="dimmed" fw={400}>
                    <Moment at={reached.get(step)!} />
                  </Text>
                )}
              </Group>
            }
            color={step === 'failed' ? 'red' : step === 'rolled_back' ? 'yellow' : 'indigo'}
            bullet={bulletOf(step, index <= active, job.outcome === null && index === active + 1)}
          >
            {!reached.has(step) && step === 'fetched' && <Bytes job={job} />}
          </Timeline.Item>
        ))}
      </Timeline>
      <Ending job={job} />
      {job.outcome !== null && actions && <Group>{actions}</Group>}
    </Stack>
  );
}

function bulletOf(step: string, isReached: boolean, isNext: boolean) {
  if (step === 'failed') return <IconX size={14} />;
  if (step === 'rolled_back') return <IconArrowBackUp size={14} />;
  if (isReached) return <IconCheck size={14} />;
  return isNext ? <Loader size={12} /> : undefined;
}

function Bytes({ job: { bytes_done: done, bytes_total: total } }: { readonly job: Job }) {
  const say = useWords();
  const { bytes } = useFormats();
  if (done === 0) return null;
  const label =
    total === null
      ? say('job.downloaded', { done: bytes(done) })
      : say('job.progress', { done: bytes(done), total: bytes(total) });
  return (
    <>
      <Progress
        value={total === null ? 100 : (done / total) * 100}
        animated={total === null}
        mt={4}
        aria-label={label}
      />
      <Text size="xs" c="dimmed" mt={2}>
        {label}
      </Text>
    </>
  );
}

/** How a job ended, and why, in words; null while it runs. */
function useEnding(job: Job): { readonly lead: string; readonly reason: string | null } | null {
  const say = useWords();
  const { words } = useProblemWords(new ApiProblem(409, job.code ?? 'UNEXPECTED', job.message ?? ''));
  if (job.outcome === null) return null;
  if (job.outcome === 'done') return { lead: say('job.doneLead', { version: job.version }), reason: null };
  const lead = say(job.outcome === 'rolled_back' ? 'job.rolledBackLead' : 'job.failedLead');
  return { lead, reason: say('job.reason', { reason: words }) };
}

const ENDINGS = {
  done: { color: 'green', icon: <IconCheck /> },
  rolled_back: { color: 'yellow', icon: <IconArrowBackUp /> },
  failed: { color: 'red', icon: <IconAlertTriangle /> },
} as const;

function Ending({ job }: { readonly job: Job }) {
  const say = useWords();
  const ending = useEnding(job);
  if (ending === null || job.outcome === null) return null;
  const role = job.outcome === 'done' ? {} : { role: 'alert' };
  return (
    <Alert {...role} {...ENDINGS[job.outcome]} title={say(`job.${job.outcome}`)}>
      <Text size="sm">{ending.lead}</Text>
      {ending.reason !== null && <Text size="sm">{ending.reason}</Text>}
      {job.code !== null && (
        <Text size="xs" mt={4}>
          {job.code}
        </Text>
      )}
    </Alert>
  );
}

/** A job in a line or two: where it is, then how it ended; its page tells every step. */
export function JobLine({
  id,
  name,
  version,
}: {
  readonly id: string;
  readonly name: string;
  readonly version: string;
}) {
  const say = useWords();
  const { data: job } = useJob(id);
  return (
    <Card withBorder mb="md">
      <Group justify="space-between">
        <Title order={2} size="h5">
          {name} {version}
        </Title>
        {job && <JobBadge job={job} />}
      </Group>
      {job && <Standing job={job} />}
      <LinkAnchor to="/marketplace/jobs/$id" params={{ id }} size="sm" mt="xs">
        {say('job.details')}
      </LinkAnchor>
    </Card>
  );
}

function Standing({ job }: { readonly job: Job }) {
  const say = useWords();
  const ending = useEnding(job);
  const reached = job.steps.length;
  const words = ending === null ? say(`step.${job.step}`) : `${ending.lead} ${ending.reason ?? ''}`;
  return (
    <>
      <Text size="sm" role="status">
        {words}
      </Text>
      {ending === null && (
        <Progress value={(reached / STEPS.length) * 100} animated mt="xs" aria-label={say('job.steps')} />
      )}
    </>
  );
}
