import { Moment, QueryState, useFormats, useProblemWords, ApiProblem } from '@hansa/web-ui';
import { Alert, Badge, Group, Loader, Progress, Stack, Text, Timeline, type MantineColor } from '@mantine/core';
import { IconAlertTriangle, IconArrowBackUp, IconCheck, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useWords } from '../i18n/words.js';
import { STEPS, type Job, type Outcome } from '../model.js';
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
            title={say(`step.${step}`)}
            color={step === 'failed' ? 'red' : step === 'rolled_back' ? 'yellow' : 'indigo'}
            bullet={bulletOf(step, index <= active, job.outcome === null && index === active + 1)}
          >
            {reached.has(step) ? (
              <Text size="xs" c="dimmed">
                <Moment at={reached.get(step)!} />
              </Text>
            ) : (
              step === 'fetched' && <Bytes job={job} />
            )}
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

function Ending({ job }: { readonly job: Job }) {
  const say = useWords();
  const { words } = useProblemWords(new ApiProblem(409, job.code ?? 'UNEXPECTED', job.message ?? ''));
  if (job.outcome === null) return null;
  if (job.outcome === 'done') {
    return (
      <Alert color="green" icon={<IconCheck />} title={say('job.done')}>
        {say('job.doneLead', { version: job.version })}
      </Alert>
    );
  }
  const isBack = job.outcome === 'rolled_back';
  return (
    <Alert
      role="alert"
      color={isBack ? 'yellow' : 'red'}
      icon={isBack ? <IconArrowBackUp /> : <IconAlertTriangle />}
      title={say(`job.${job.outcome}`)}
    >
      <Text size="sm">{words}</Text>
      <Text size="sm">{say(isBack ? 'job.rolledBackLead' : 'job.failedLead')}</Text>
      <Text size="xs" mt={4}>
        {job.code}
      </Text>
    </Alert>
  );
}
