import { Moment, PageHeader, QueryState, useApi, useChange, useFormats, useGet } from '@hansa/web-ui';
import { Button, Code, Group, Paper, Stack, Text, Timeline, Title } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useWords } from '../../i18n/words.js';
import { Facts } from '../../parts/facts.js';
import { Mono } from '../../parts/mono.js';
import { StatusBadge } from '../../parts/status-badge.js';
import type { Delivery } from './deliveries-page.js';
import { LIST_POLL_MS } from './polling.js';

interface Attempt {
  readonly attempt: number;
  readonly started_at: string;
  readonly duration_ms: number;
  readonly http_status: number | null;
  readonly error: string | null;
  readonly response_excerpt: string | null;
}
type DeliveryDetail = Delivery & { readonly attempt_log: readonly Attempt[] };

/** One event on its way to one shop, with every try. */
export function DeliveryPage() {
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const delivery = useGet<DeliveryDetail>(`/console/deliveries/${id}`, undefined, { refetchInterval: LIST_POLL_MS });
  return <QueryState query={delivery}>{(data) => <Detail delivery={data} />}</QueryState>;
}

function Detail({ delivery }: { readonly delivery: DeliveryDetail }) {
  const say = useWords();
  const api = useApi();
  const { dateTime } = useFormats();
  const replay = useChange(() => api.post(`/console/deliveries/${delivery.id}/replay`), {
    renews: ['/console/deliveries'],
  });
  const when = (at: string | null) => (at === null ? null : <Moment at={at} />);
  return (
    <>
      <PageHeader
        title={delivery.event}
        lead={<StatusBadge status={delivery.status} />}
        actions={
          delivery.status !== 'delivered' && (
            <Button onClick={() => replay.mutate()} loading={replay.isPending}>
              {say('operate.replay')}
            </Button>
          )
        }
      />
      <Stack>
        <Paper withBorder p="lg">
          <Facts
            items={[
              ['ID', <Mono key="id" text={delivery.id} />],
              [say('common.shop'), <Mono key="shop" text={delivery.instance_id} />],
              [say('common.created'), when(delivery.created_at)],
              [say('operate.nextAttempt'), when(delivery.next_attempt_at)],
              [say('status.delivered'), when(delivery.delivered_at)],
            ]}
          />
        </Paper>
        <Paper component="section" withBorder p="lg">
          <Title order={2} size="h5" mb="md">
            {say('operate.attempts')}
          </Title>
          {delivery.attempt_log.length === 0 ? (
            <Text c="dimmed">{say('operate.noAttempts')}</Text>
          ) : (
            <Timeline bulletSize={14} lineWidth={2} active={delivery.attempt_log.length}>
              {delivery.attempt_log.map((attempt) => (
                <Timeline.Item
                  key={attempt.attempt}
                  color={attempt.http_status !== null && attempt.http_status < 300 ? 'green' : 'red'}
                  title={say('operate.attempt', { number: attempt.attempt })}
                >
                  <Group gap="xs">
                    <Text size="sm">{attempt.http_status ?? attempt.error}</Text>
                    <Text size="sm" c="dimmed">
                      {dateTime(attempt.started_at)} · {attempt.duration_ms} ms
                    </Text>
                  </Group>
                  {attempt.response_excerpt !== null && attempt.response_excerpt !== '' && (
                    <Code block mt="xs" style={{ whiteSpace: 'pre-wrap' }}>
                      {attempt.response_excerpt}
                    </Code>
                  )}
                </Timeline.Item>
              ))}
            </Timeline>
          )}
        </Paper>
      </Stack>
    </>
  );
}
