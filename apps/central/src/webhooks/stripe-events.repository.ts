import type { EntityManager } from 'typeorm';
import { SOLD_ORDER, type SoldOrder, type StripeEvent } from '#checkout';
import { mayAddTo, turnOf, type FactSql } from '#licenses';

const MONEY_LOCK = 'hansa:money';

const ofOrder = (column: string) => `o."${column}"`;

/**
 * Locks orders, waits for their turns, locks the licenses they may add to, and yields the orders: everything that happens to them
 * happens one after the other.
 */
const lockedOrders = (where: string) => `
  (SELECT ${SOLD_ORDER} FROM orders WHERE ${where} ORDER BY id FOR UPDATE) AS o
  CROSS JOIN LATERAL (SELECT ${turnOf(ofOrder('packageId'), ofOrder('instanceId'), ofOrder('customerEmail'))} AS turn) AS t
  LEFT JOIN LATERAL (SELECT count(*) AS licenses FROM (
    SELECT 1 FROM licenses l WHERE ${mayAddTo(ofOrder)} ORDER BY l.id FOR UPDATE) AS held) AS l ON true`;

/** Where an event names its order or purchase: a session, a payment, an invoice, a subscription. */
const NAMED_ORDER = `coalesce(
  object #>> '{metadata,purchase_id}',
  object ->> 'client_reference_id',
  object #>> '{parent,subscription_details,metadata,order_id}',
  object #>> '{metadata,order_id}')`;

const TAKE = `
  WITH event AS MATERIALIZED (
    SELECT body, body::json #> '{data,object}' AS object, type = ANY ($2::text[]) AS alone
      FROM stripe_events WHERE id = $1 AND handled_at IS NULL FOR UPDATE),
  turn AS MATERIALIZED (
    SELECT body, CASE WHEN NOT alone THEN ${NAMED_ORDER} END AS named,
           CASE WHEN alone THEN pg_advisory_xact_lock(hashtextextended($3, 0))::text
                ELSE pg_advisory_xact_lock_shared(hashtextextended($3, 0))::text END AS locked
      FROM event)
  SELECT turn.body, named.* FROM turn LEFT JOIN LATERAL (
    SELECT o.* FROM ${lockedOrders('id = turn.named OR purchase_id = turn.named')}) AS named ON true`;

export interface TakenEvent {
  readonly event: StripeEvent;
  /** The order the event names, or all of the purchase it names, locked, by id; empty when it names none that exists. */
  readonly orders: readonly SoldOrder[];
}

/**
 * Takes an event that is not handled yet, with the orders it names. Null when it is handled.
 *
 * Two events must not miss each other. One that names its order runs beside others and locks what it names; one that names a
 * payment only (`alone`) must look for its order among what others are still writing, so it runs alone. Locks are held until
 * the transaction ends; what they guard is read by later statements, which see what was written before.
 */
export async function takeEvent(
  tx: EntityManager,
  eventId: string,
  alone: readonly string[],
): Promise<TakenEvent | null> {
  const rows: ({ body: string } & ({ id: null } | SoldOrder))[] = await tx.query(TAKE, [eventId, alone, MONEY_LOCK]);
  if (!rows[0]) return null;
  const orders = rows.flatMap(({ body: _, ...order }) => (order.id === null ? [] : [order]));
  return { event: JSON.parse(rows[0].body) as StripeEvent, orders: orders.sort(byId) };
}

/** Writes a fact about a payment and locks the orders it was for; none while they are not known. `invoice` is what it is known to pay. */
export async function noteOfPayment(
  tx: EntityManager,
  fact: FactSql,
  payment: { readonly intent: string; readonly invoice?: string },
): Promise<SoldOrder[]> {
  const next = fact.values.length + 1;
  const paidFor = `SELECT order_id FROM license_periods WHERE id IN ($${next}::text, $${next + 1}::text) OR joint_payment = $${next}
      OR id = ANY (ARRAY(SELECT invoice FROM invoice_payments WHERE payment_intent = $${next}))`;
  const orders: SoldOrder[] = await tx.query(
    `WITH noted AS (${fact.text}) SELECT o.* FROM ${lockedOrders(`id IN (${paidFor})`)}`,
    [...fact.values, payment.intent, payment.invoice ?? null],
  );
  return orders.sort(byId);
}

function byId(a: SoldOrder, b: SoldOrder): number {
  return a.id < b.id ? -1 : 1;
}
