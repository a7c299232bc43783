import type { Figures, HubHealth } from '@hansa/contracts';
import { PageHeader, QueryState, useFormats, useGet } from '@hansa/web-ui';
import { Alert, Anchor, NativeSelect, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { FIGURES_POLL_MS } from './polling.js';

const Charts = lazy(() => import('./figure-charts.js'));
const SPANS = ['7', '30', '90', '365'] as const;

/** How the hub is doing: what waits for an operator, and figures by day. */
export function OverviewPage() {
  const say = useWords();
  const [days, setDays] = useState('30');
  const health = useGet<HubHealth>('/console/health', undefined, { refetchInterval: FIGURES_POLL_MS });
  const figures = useGet<Figures>('/console/figures', { days });
  return (
    <>
      <PageHeader
        title={say('operate.overviewTitle')}
        actions={
          <NativeSelect
            aria-label={say('operate.span')}
            value={days}
            data={SPANS.map((value) => ({ value, label: say('operate.lastDays', { count: Number(value) }) }))}
            onChange={({ currentTarget: { value } }) => setDays(value)}
          />
        }
      />
      <Stack gap="xl">
        <QueryState query={health}>{(state) => <Waiting state={state} />}</QueryState>
        <QueryState query={figures}>
          {(data) => (
            <>
              <Totals figures={data} />
              <Suspense fallback={null}>
                <Charts figures={data} />
              </Suspense>
            </>
          )}
        </QueryState>
      </Stack>
    </>
  );
}

/** What an operator may have to do something about; quiet when there is nothing. */
function Waiting({ state }: { readonly state: HubHealth }) {
  const say = useWords();
  const { count } = useFormats();
  const items = [
    ['releases_to_review', '/operate/reviews'],
    ['namespaces_to_verify', '/operate/publishers'],
    ['deliveries_dead', '/operate/deliveries?status=dead'],
    ['deliveries_pending', '/operate/deliveries?status=pending'],
    ['jobs_failed', '/operate/jobs?state=failed'],
    ['mails_refused', '/operate/mails'],
    ['clones', '/operate/instances'],
    ['alerts', '/operate/advisories'],
  ] as const;
  const waiting = items.filter(([name]) => state[name] > 0);
  return (
    <section aria-label={say('operate.waiting')}>
      <Title order={2} size="h5" mb="sm">
        {say('operate.waiting')}
      </Title>
      {state.workers === 0 && (
        <Alert color="red" icon={<IconAlertTriangle />} mb="sm">
          {say('operate.noWorkers')}
        </Alert>
      )}
      {waiting.length === 0 ? (
        <Text c="dimmed">{say('operate.allQuiet')}</Text>
      ) : (
        <SimpleGrid cols={{ base: 2, sm: 3, lg: 4 }} spacing="sm">
          {waiting.map(([name, to]) => (
            <Paper key={name} withBorder p="md">
              <Text size="xl" fw={650}>
                {count(state[name])}
              </Text>
              <Anchor component={Link} to={to} size="sm">
                {say(`operate.health_${name}`, { count: state[name] })}
              </Anchor>
            </Paper>
          ))}
        </SimpleGrid>
      )}
    </section>
  );
}

function Totals({ figures }: { readonly figures: Figures }) {
  const say = useWords();
  const { count } = useFormats();
  const totals = ['packages', 'publishers', 'instances', 'licenses'] as const;
  return (
    <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
      {totals.map((name) => (
        <Paper key={name} withBorder p="md">
          <Text size="sm" c="dimmed">
            {say(`operate.total_${name}`)}
          </Text>
          <Text size="xl" fw={650}>
            {count(figures[name])}
          </Text>
        </Paper>
      ))}
    </SimpleGrid>
  );
}
