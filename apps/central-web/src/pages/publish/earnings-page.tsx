import type { EarningsByMonth } from '@hansa/contracts';
import {
  ApiProblem,
  DataTable,
  ErrorState,
  Moment,
  PageHeader,
  Pages,
  QueryState,
  useFormats,
  useGet,
  type Column,
  type Page,
} from '@hansa/web-ui';
import { Paper, SimpleGrid, Stack, Tabs, Text } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { PayoutAccount } from './payout-account.js';

const Chart = lazy(() => import('./earnings-chart.js'));
const ROWS = 20;

interface Entry {
  readonly kind: 'sale' | 'refund' | 'dispute' | 'payout' | 'correction';
  readonly reference: string;
  readonly amount_minor: number;
  readonly currency: string;
  readonly at: string;
}
interface Statement extends Page<Entry> {
  readonly balances: readonly {
    readonly currency: string;
    readonly balance_minor: number;
    readonly paid_out_minor: number;
  }[];
}
interface Payout {
  readonly id: string;
  readonly week: string;
  readonly currency: string;
  readonly amount_minor: number;
  readonly status: 'planned' | 'paid' | 'failed';
  readonly failure: string | null;
}

/** What the publisher earned and what was paid out. For owners. */
export function EarningsPage() {
  const say = useWords();
  const [offset, setOffset] = useState(0);
  const statement = useGet<Statement>('/publisher/earnings', { limit: ROWS, offset });
  const months = useGet<EarningsByMonth>('/publisher/earnings/months');
  if (statement.error instanceof ApiProblem && statement.error.status === 403)
    return <ErrorState error={statement.error} />;
  return (
    <>
      <PageHeader title={say('nav.earnings')} lead={say('publish.earningsLead')} />
      <Stack gap="lg">
        <PayoutAccount />
        <QueryState query={statement}>{(data) => <Balances statement={data} />}</QueryState>
        <Suspense fallback={null}>
          {months.data && months.data.items.length > 0 && <Chart months={months.data.items} />}
        </Suspense>
        <Tabs defaultValue="entries" keepMounted={false}>
          <Tabs.List>
            <Tabs.Tab value="entries">{say('publish.entries')}</Tabs.Tab>
            <Tabs.Tab value="payouts">{say('publish.payouts')}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="entries" pt="md">
            <QueryState query={statement}>
              {(data) => (
                <Paper withBorder px="md" py="xs">
                  <Entries page={data} />
                  {data.count > data.limit && <Pages page={data} onPage={setOffset} />}
                </Paper>
              )}
            </QueryState>
          </Tabs.Panel>
          <Tabs.Panel value="payouts" pt="md">
            <Payouts />
          </Tabs.Panel>
        </Tabs>
      </Stack>
    </>
  );
}

function Balances({ statement: { balances } }: { readonly statement: Statement }) {
  const say = useWords();
  const { money } = useFormats();
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
      {balances.map(({ currency, balance_minor: balance, paid_out_minor: paid }) => (
        <Paper key={currency} withBorder p="md">
          <Text size="sm" c="dimmed">
            {say('publish.balance')}
          </Text>
          <Text size="xl" fw={650}>
            {money(balance, currency)}
          </Text>
          <Text size="xs" c="dimmed">
            {say('publish.paidOut', { amount: money(paid, currency) })}
          </Text>
        </Paper>
      ))}
    </SimpleGrid>
  );
}

function Entries({ page }: { readonly page: Page<Entry> }) {
  const say = useWords();
  const { money } = useFormats();
  const columns: Column<Entry>[] = [
    { key: 'kind', title: say('publish.entry'), cell: ({ kind }) => say(`publish.entry_${kind}`) },
    { key: 'at', title: say('operate.at'), cell: ({ at }) => <Moment at={at} /> },
    { key: 'reference', title: say('publish.reference'), cell: ({ reference }) => <Text size="xs">{reference}</Text> },
    {
      key: 'amount',
      title: say('publish.amount'),
      numeric: true,
      cell: (row) => money(row.amount_minor, row.currency),
    },
  ];
  return (
    <DataTable
      caption={say('publish.entries')}
      columns={columns}
      page={page}
      rowKey={({ reference, kind, at }) => `${kind} ${reference} ${at}`}
      empty={<Text c="dimmed">{say('publish.entriesEmpty')}</Text>}
    />
  );
}

function Payouts() {
  const say = useWords();
  const { money, date } = useFormats();
  const [offset, setOffset] = useState(0);
  const payouts = useGet<Page<Payout>>('/publisher/payouts', { limit: ROWS, offset });
  const columns: Column<Payout>[] = [
    { key: 'week', title: say('publish.week'), cell: ({ week }) => date(week) },
    { key: 'status', title: say('common.state'), cell: ({ status }) => <StatusBadge status={status} /> },
    { key: 'failure', title: say('operate.lastError'), cell: ({ failure }) => failure ?? '–' },
    {
      key: 'amount',
      title: say('publish.amount'),
      numeric: true,
      cell: (row) => money(row.amount_minor, row.currency),
    },
  ];
  return (
    <QueryState query={payouts}>
      {(page) => (
        <Paper withBorder px="md" py="xs">
          <DataTable
            caption={say('publish.payouts')}
            columns={columns}
            page={page}
            rowKey={({ id }) => id}
            onPage={setOffset}
            empty={<Text c="dimmed">{say('publish.payoutsEmpty')}</Text>}
          />
        </Paper>
      )}
    </QueryState>
  );
}
