import type { Writes } from '@hansa/platform';
import type { EntityManager } from 'typeorm';
import type { LicenseHolder } from '#licenses';
import type { Invoice } from './invoice.entity.js';

/** How far on an invoice is, in SQL: what is paid or void stays so. */
const rankOf = (status: string) => `CASE ${status} WHEN 'open' THEN 0 WHEN 'uncollectible' THEN 1 ELSE 2 END`;

/** Keeps an invoice as far on as anybody has said it is, in whatever order it is told. */
export function putInvoice(writes: Writes, invoice: Invoice): void {
  const { id, orderId, number, status, amountMinor, currency, issuedAt } = invoice;
  writes.run(
    `INSERT INTO invoices AS i (id, order_id, number, status, amount_minor, currency, issued_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (id) DO UPDATE SET status = excluded.status
      WHERE (${rankOf('excluded.status')}, excluded.status) > (${rankOf('i.status')}, i.status)`,
    [id, orderId, number, status, amountMinor, currency, issuedAt],
  );
}

export interface MerchantInvoiceRow {
  readonly id: string;
  readonly order_id: string;
  /** What was sold. */
  readonly name: string;
  readonly number: string;
  readonly status: Invoice['status'];
  readonly amount_minor: number;
  readonly currency: string;
  readonly issued_at: Date;
}

/**
 * Invoices of what somebody paid for with the proven address, and of the licenses that are his to manage: an invoice shows where
 * people live, which is nothing for everybody who works in a shop. `$3` names one invoice.
 */
const OWN_INVOICES = `
  WITH held AS (
    SELECT id, order_id FROM licenses WHERE lower(customer_email) = $2
     UNION SELECT l.id, l.order_id FROM licenses l JOIN merchant_memberships m ON m.instance_id = l.instance_id
            WHERE m.account_id = $1 AND m.ended_at IS NULL AND m.role <> 'member'),
  own AS (
    SELECT id FROM orders WHERE lower(customer_email) = $2
     UNION SELECT order_id FROM held
     UNION SELECT o.id FROM held h JOIN orders o ON o.license_id = h.id)
  SELECT i.id, i.order_id, o.item_name AS name, i.number, i.status, i.amount_minor, i.currency, i.issued_at
    FROM own JOIN orders o ON o.id = own.id JOIN invoices i ON i.order_id = o.id
   WHERE $3::text IS NULL OR i.id = $3
   ORDER BY i.issued_at DESC, i.id LIMIT 1000`;

/** The invoices somebody may see, newest first. */
export async function listMerchantInvoices(
  db: EntityManager,
  { accountId, email }: LicenseHolder,
): Promise<MerchantInvoiceRow[]> {
  return db.query(OWN_INVOICES, [accountId, email, null]);
}

/** One invoice, if the asker may see it. */
export async function findMerchantInvoice(
  db: EntityManager,
  { accountId, email }: LicenseHolder,
  invoiceId: string,
): Promise<MerchantInvoiceRow | undefined> {
  const rows: MerchantInvoiceRow[] = await db.query(OWN_INVOICES, [accountId, email, invoiceId]);
  return rows[0];
}
