import type { EntityManager } from 'typeorm';
import { SOLD_ORDER, type SoldOrder, type StripeEvent } from '#checkout';
import type { FactSql } from '#licenses';

const MONEY_LOCK = 'hansa:money';

/** Locks an order, then its license, and yields the order: everything that happens to them happens one after the other. */
const lockedOrder = (where: string) => `
  (SELECT ${SOLD_ORDER} FROM orders WHERE ${where} FOR UPDATE) AS o
  LEFT JOIN LATERAL (SELECT 1 FROM licenses WHERE order_id = o.id FOR UPDATE) AS l ON true`;

/** Where an event names its order: a session, an invoice, a subscription. */
const NAMED_ORDER = `coalesce(
  object ->> 'client_reference_id',
  object #>> '{parent,subscription_details,metadata,order_id}',
  object #>> '{metadata,order_id}')`;

const TAKE = `
  WITH event AS MATERIALIZED (
    SELECT body, body::json #> '{data,object}' AS object, type = ANY ($2::text[]) AS alone
      FROM stripe_events WHERE id = $1 AND handled_at IS NULL FOR UPDATE),
  turn AS MATERIALIZED (
    SELECT body, CASE WHEN NOT alone THEN ${NAMED_ORDER} END AS order_id,
           CASE WHEN alone THEN pg_advisory_xact_lock(hashtextextended($3, 0))::text
                ELSE pg_advisory_xact_lock_shared(hashtextextended($3, 0))::text END AS locked
      FROM event)
  SELECT turn.body, named.* FROM turn LEFT JOIN LATERAL (SELECT o.* FROM ${lockedOrder('id = turn.order_id')}) AS named ON true`;

export interface TakenEvent {
  readonly event: StripeEvent;
  /** The order the event names, locked; null when it names none that exists. */
  readonly order: SoldOrder | null;
}

/**
 * Takes an event that is not handled yet, with the order it names. Null when it is handled.
 *
 * Two events must not miss each other. One that names its order runs beside others and locks that order; one that names a
 * payment only (`alone`) must look for its order among what others are still writing, so it runs alone. Locks are held until
 * the transaction ends; what they guard is read by later statements, which see what was written before.
 */
export async function takeEvent(
  tx: EntityManager,
  eventId: string,
  alone: readonly string[],
): Promise<TakenEvent | null> {
  const [row]: ({ body: string } & ({ id: null } | SoldOrder))[] = await tx.query(TAKE, [eventId, alone, MONEY_LOCK]);
  if (!row) return null;
  const { body, ...order } = row;
  return { event: JSON.parse(body) as StripeEvent, order: order.id === null ? null : order };
}

/** Writes a fact about a payment and locks the order it was for; null while that is not known. `invoice` is what it is known to pay. */
export async function noteOfPayment(
  tx: EntityManager,
  fact: FactSql,
  payment: { readonly intent: string; readonly invoice?: string },
): Promise<SoldOrder | null> {
  const next = fact.values.length + 1;
  const paidFor = `SELECT order_id FROM license_periods WHERE id IN ($${next}::text, $${next + 1}::text)
      OR id IN (SELECT invoice FROM invoice_payments WHERE payment_intent = $${next}) ORDER BY id LIMIT 1`;
  const [order]: SoldOrder[] = await tx.query(
    `WITH noted AS (${fact.text}) SELECT o.* FROM ${lockedOrder(`id = (${paidFor})`)}`,
    [...fact.values, payment.intent, payment.invoice ?? null],
  );
  return order ?? null;
}
