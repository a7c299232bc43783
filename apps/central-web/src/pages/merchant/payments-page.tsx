import { DataTable, EmptyState, Moment, PageHeader, QueryState, useFormats, useGet, type Column } from '@hansa/web-ui';
import { Paper, Text } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { partOf } from '../../parts/part-of.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { NeedsMerchant } from './needs-merchant.js';

const ROWS = 20;

interface Payment {
  readonly id: string;
  readonly order_id: string;
  readonly name: string;
  readonly bought: 'purchase' | 'renewal' | 'seats';
  readonly amount_minor: number;
  readonly refunded_minor: number;
  readonly currency: string;
  readonly paid_at: string;
}

/** What was paid, and what came back. */
export function PaymentsPage() {
  return <NeedsMerchant>{() => <Payments />}</NeedsMerchant>;
}

function Payments() {
  const say = useWords();
  const { money } = useFormats();
  const [offset, setOffset] = useState(0);
  const payments = useGet<{ readonly items: readonly Payment[] }>('/portal/api/payments');
  const columns: Column<Payment>[] = [
    {
      key: 'name',
      title: say('common.package'),
      cell: ({ name, order_id: order }) => (
        <>
          <Text size="sm">{name}</Text>
          <Text size="xs" c="dimmed">
            {order}
          </Text>
        </>
      ),
    },
    { key: 'for', title: say('merchant.paidFor'), cell: ({ bought }) => say(`merchant.bought_${bought}`) },
    { key: 'paid', title: say('merchant.paidAt'), cell: ({ paid_at: at }) => <Moment at={at} /> },
    {
      key: 'state',
      title: say('common.state'),
      cell: ({ amount_minor: amount, refunded_minor: back }) => (
        <StatusBadge status={back === 0 ? 'paid' : back < amount ? 'partly_refunded' : 'refunded'} />
      ),
    },
    {
      key: 'refunded',
      title: say('merchant.refunded'),
      numeric: true,
      cell: ({ refunded_minor: back, currency }) => (back === 0 ? '–' : money(back, currency)),
    },
    {
      key: 'amount',
      title: say('publish.amount'),
      numeric: true,
      cell: ({ amount_minor: amount, currency }) => money(amount, currency),
    },
  ];
  return (
    <>
      <PageHeader title={say('nav.payments')} lead={say('merchant.paymentsLead')} />
      <QueryState query={payments}>
        {({ items }) => (
          <Paper withBorder px="md" py="xs">
            <DataTable
              caption={say('nav.payments')}
              columns={columns}
              page={partOf(items, offset, ROWS)}
              onPage={setOffset}
              rowKey={({ id }) => id}
              empty={<EmptyState title={say('merchant.paymentsEmpty')} />}
            />
          </Paper>
        )}
      </QueryState>
    </>
  );
}
