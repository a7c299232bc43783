import { DataTable, EmptyState, Moment, PageHeader, QueryState, useFormats, useGet, type Column } from '@hansa/web-ui';
import { Anchor, Group, Paper, Text } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { partOf } from '../../parts/part-of.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { NeedsMerchant } from './needs-merchant.js';

const ROWS = 20;

interface Invoice {
  readonly id: string;
  readonly name: string;
  readonly number: string;
  readonly status: string;
  readonly amount_minor: number;
  readonly currency: string;
  readonly issued_at: string;
  readonly page_url: string;
  readonly pdf_url: string;
}

/** The invoices of what the merchant bought, each with its page at Stripe and its PDF. */
export function InvoicesPage() {
  return <NeedsMerchant>{() => <Invoices />}</NeedsMerchant>;
}

function Invoices() {
  const say = useWords();
  const { money } = useFormats();
  const [offset, setOffset] = useState(0);
  const invoices = useGet<{ readonly items: readonly Invoice[] }>('/portal/api/invoices');
  const columns: Column<Invoice>[] = [
    {
      key: 'number',
      title: say('merchant.invoiceNumber'),
      cell: ({ number, name }) => (
        <>
          <Text size="sm">{number}</Text>
          <Text size="xs" c="dimmed">
            {name}
          </Text>
        </>
      ),
    },
    { key: 'issued', title: say('merchant.invoiceDate'), cell: ({ issued_at: at }) => <Moment at={at} /> },
    { key: 'state', title: say('common.state'), cell: ({ status }) => <StatusBadge status={status} /> },
    {
      key: 'amount',
      title: say('publish.amount'),
      numeric: true,
      cell: ({ amount_minor: amount, currency }) => money(amount, currency),
    },
    { key: 'look', title: say('common.actions'), cell: (invoice) => <Links invoice={invoice} /> },
  ];
  return (
    <>
      <PageHeader title={say('nav.invoices')} lead={say('merchant.invoicesLead')} />
      <QueryState query={invoices}>
        {({ items }) => (
          <Paper withBorder px="md" py="xs">
            <DataTable
              caption={say('nav.invoices')}
              columns={columns}
              page={partOf(items, offset, ROWS)}
              onPage={setOffset}
              rowKey={({ id }) => id}
              empty={<EmptyState title={say('merchant.invoicesEmpty')} />}
            />
          </Paper>
        )}
      </QueryState>
    </>
  );
}

/** The hub asks Stripe for the address when a link is followed: Stripe's own expire. */
function Links({ invoice: { number, status, page_url: page, pdf_url: pdf } }: { readonly invoice: Invoice }) {
  const say = useWords();
  const words = status === 'open' ? 'merchant.payInvoice' : 'merchant.showInvoice';
  return (
    <Group gap="sm" wrap="nowrap">
      <Anchor href={page} target="_blank" rel="noreferrer" size="sm" aria-label={`${say(words)} ${number}`}>
        {say(words)}
      </Anchor>
      <Anchor href={pdf} target="_blank" rel="noreferrer" size="sm" aria-label={`PDF ${number}`}>
        PDF
      </Anchor>
    </Group>
  );
}
