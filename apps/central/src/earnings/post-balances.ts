import type { EntityManager } from 'typeorm';
import { LedgerPosting, type PaymentAccount } from './ledger-posting.entity.js';
import type { Balances } from './payment-balances.js';

export interface OrderBalances {
  readonly orderId: string;
  readonly publisherId: string;
  readonly payments: readonly { readonly id: string; readonly currency: string; readonly balances: Balances }[];
  /** Id of the event that brings the news. */
  readonly cause: string;
  readonly at: Date;
}

/**
 * Posts what is missing between the ledger and where the money of an order is: the sale, or what takes part of it back. Balances
 * that are posted already add nothing. The caller holds the lock of the order.
 */
export async function postBalances(tx: EntityManager, order: OrderBalances): Promise<void> {
  const { orderId, publisherId, payments, cause, at } = order;
  const sums: { payment_id: string; account: PaymentAccount; amount: number }[] = await tx.query(
    `SELECT payment_id, account, sum(amount_minor)::int AS amount FROM ledger_postings
      WHERE order_id = $1 GROUP BY payment_id, account`,
    [orderId],
  );
  const posted = new Map(sums.map(({ payment_id: id, account, amount }) => [`${id} ${account}`, amount]));
  const postings = payments.flatMap(({ id: paymentId, currency, balances }) => {
    const groupId = `${cause}:${paymentId}`;
    return (Object.keys(balances) as PaymentAccount[]).map((account) => {
      const amountMinor = balances[account] - (posted.get(`${paymentId} ${account}`) ?? 0);
      return { groupId, orderId, paymentId, publisherId, account, amountMinor, currency, cause, postedAt: at };
    });
  });
  const moved = postings.filter(({ amountMinor }) => amountMinor !== 0);
  if (moved.length > 0) await tx.insert(LedgerPosting, moved);
}
