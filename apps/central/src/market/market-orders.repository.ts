import type { EntityManager } from 'typeorm';
import { MarketOrder } from './market-order.entity.js';

const ORDER_ID = /^[1-9]\d{0,17}$/;

/** The order of this id, locked: checkouts and changes of one order come one after the other. */
export async function lockMarketOrder(tx: EntityManager, id: string): Promise<MarketOrder | null> {
  if (!ORDER_ID.test(id)) return null;
  return tx.findOne(MarketOrder, { where: { id }, lock: { mode: 'pessimistic_write' } });
}

/** The order of this id; what cannot be an id names none. */
export async function findMarketOrder(db: EntityManager, id: string): Promise<MarketOrder | null> {
  return ORDER_ID.test(id) ? db.findOneBy(MarketOrder, { id }) : null;
}

/** How the payment of an order stands: nothing was paid yet, it is held or made, or it came to nothing. */
export type PaymentStanding = 'unpaid' | 'paid' | 'failed';

/** A payment that is held or made for one of its orders is there for all of them. */
export async function paymentOf(db: EntityManager, { purchaseId }: MarketOrder): Promise<PaymentStanding> {
  if (purchaseId === null) return 'unpaid';
  const rows: { status: string }[] = await db.query('SELECT DISTINCT status FROM orders WHERE purchase_id = $1', [
    purchaseId,
  ]);
  const statuses = rows.map(({ status }) => status);
  if (statuses.some((status) => status === 'paid' || status === 'awaiting_payment')) return 'paid';
  return statuses.includes('failed') ? 'failed' : 'unpaid';
}

export async function isPaidFor(db: EntityManager, order: MarketOrder): Promise<boolean> {
  return (await paymentOf(db, order)) === 'paid';
}

/**
 * Payments that have something to tell: the money is held and the work has not begun, or all is decided and it is held still; or
 * it was taken or let go, and a certificate does not know.
 */
export async function findLeftBehind(tx: EntityManager, limit: number): Promise<string[]> {
  const rows: { id: string }[] = await tx.query(
    `WITH held AS (
       SELECT o.purchase_id AS id, o.status, c.state, c.certificate_pem
         FROM orders o JOIN market_order_items i ON i.order_id = o.id JOIN certificate_orders c ON c.id = i.id
        WHERE o.status = 'awaiting_payment'),
     untold AS (
       SELECT o.purchase_id AS id, o.status, c.state, c.certificate_pem
         FROM certificate_orders c JOIN market_order_items i ON i.id = c.id JOIN orders o ON o.id = i.order_id
        WHERE c.ended_at IS NULL AND o.status IN ('paid', 'failed')),
     parts AS (
       SELECT id, status, state, state = 'awaiting_payment' AS is_new,
              state = 'awaiting_validation' OR state = 'issuing' AND certificate_pem IS NULL AS is_undecided
         FROM (TABLE held UNION ALL TABLE untold) AS both_ways)
     SELECT id FROM parts GROUP BY id
     HAVING bool_or(status = 'awaiting_payment' AND is_new) OR NOT bool_or(is_new OR is_undecided)
         OR bool_or(status = 'failed' AND state IN ('awaiting_payment', 'awaiting_validation'))
      ORDER BY id LIMIT $1`,
    [limit],
  );
  return rows.map(({ id }) => id);
}
