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
