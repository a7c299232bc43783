import type { ReleaseStatus, RolloutView } from '@hansa/contracts';
import { Moment, QueryState, useApi, useChange, useFormats, useGet } from '@hansa/web-ui';
import { Alert, Button, Group, NumberInput, Progress, Stack, Text } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useWords } from '../i18n/words.js';
import { ReasonButton } from './reason-button.js';
import { Section } from './section.js';

const POLL_MS = 10_000;
const EVERYBODY = 100;

export interface RolloutProps {
  /** Of the release, as its publisher or an operator reaches it. */
  readonly path: string;
  readonly status: ReleaseStatus;
}

/** How many of the shops are offered a release, what they report, and the ways to offer it to more or to none. */
export function Rollout({ path, status }: RolloutProps) {
  const say = useWords();
  const rollout = useGet<RolloutView>(`${path}/rollout`, undefined, { refetchInterval: POLL_MS });
  if (status === 'rejected' || status === 'yanked') return null;
  return (
    <Section title={say('release.rollout')}>
      <QueryState query={rollout}>
        {(state) => (
          <Stack>
            <RolloutState state={state} isPublished={status === 'published'} />
            <RolloutForm key={state.percent} path={path} state={state} isPublished={status === 'published'} />
          </Stack>
        )}
      </QueryState>
    </Section>
  );
}

function RolloutState({ state, isPublished }: { readonly state: RolloutView; readonly isPublished: boolean }) {
  const say = useWords();
  const { count } = useFormats();
  const { percent, halted_at: haltedAt, halt_reason: reason, reports, failures } = state;
  return (
    <>
      {haltedAt !== null && (
        <Alert color="red" title={say('release.halted')}>
          {reason} · <Moment at={haltedAt} />
        </Alert>
      )}
      <Progress value={percent} color={haltedAt === null ? 'indigo' : 'red'} aria-label={say('release.rollout')} />
      <Text size="sm">
        {say(isPublished ? 'release.offeredTo' : 'release.willBeOfferedTo', { percent })}
        {isPublished && ' · '}
        {isPublished &&
          (reports === 0
            ? say('release.noReports')
            : say('release.reports', { reports: count(reports), failures: count(failures) }))}
      </Text>
    </>
  );
}

/** Once published, a rollout only rises; setting it, even to what it is, ends a halt. */
function RolloutForm({
  path,
  state: { percent, halted_at: haltedAt, halted_by_operator: byOperator },
  isPublished,
}: {
  readonly path: string;
  readonly state: RolloutView;
  readonly isPublished: boolean;
}) {
  const say = useWords();
  const api = useApi();
  const [wanted, setWanted] = useState<number | string>(percent);
  const renews = [path];
  const set = useChange((to: number) => api.put(`${path}/rollout`, { body: { percent: to } }), { renews });
  const halt = useChange((reason: string) => api.post(`${path}/halt`, { body: { reason } }), { renews });
  const isHalted = haltedAt !== null;
  // The API decides it; offering it would only lead to a refusal.
  const mayGoOn = !byOperator || path.startsWith('/console');
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    set.mutate(Number(wanted));
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" gap="sm">
        <NumberInput
          label={say('release.percent')}
          description={isPublished ? say('release.onlyRises') : say('release.beforePublication')}
          min={isPublished ? percent : 0}
          max={EVERYBODY}
          allowDecimal={false}
          suffix=" %"
          value={wanted}
          onChange={setWanted}
        />
        <Button
          type="submit"
          loading={set.isPending}
          disabled={!mayGoOn || wanted === '' || (wanted === percent && !isHalted)}
        >
          {say(isHalted ? 'release.goOn' : 'release.setRollout')}
        </Button>
        {isPublished && !isHalted && (
          <ReasonButton
            label={say('release.halt')}
            title={say('release.halt')}
            lead={say('release.haltLead')}
            reason={say('publish.reason')}
            color="red"
            onGiven={halt.mutate}
          />
        )}
      </Group>
      {isHalted && !mayGoOn && (
        <Text size="sm" c="dimmed" mt="xs">
          {say('release.byOperator')}
        </Text>
      )}
    </form>
  );
}
