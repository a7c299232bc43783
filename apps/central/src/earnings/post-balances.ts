import type { Writes } from '@hansa/platform';
import type { PaymentAccount } from './ledger-posting.entity.js';
import type { Balances } from './payment-balances.js';

export interface OrderBalances {
  readonly orderId: string;
  readonly publisherId: string;
  readonly payments: readonly { readonly id: string; readonly currency: string; readonly balances: Balances }[];
  /** Id of the event that brings the news. */
  readonly cause: string;
  readonly at: Date;
}

/** Lines that are missing between what is wanted and what is posted; what is posted already adds nothing. */
const POST_DIFFERENCE = `
  INSERT INTO ledger_postings
    (group_id, order_id, payment_id, publisher_id, account, amount_minor, currency, cause, posted_at)
  SELECT $1::text || ':' || wanted.payment_id, $2, wanted.payment_id, $3, wanted.account,
         wanted.amount - coalesce(posted.amount, 0), wanted.currency, $1::text, $4::timestamptz
    FROM unnest($5::text[], $6::text[], $7::text[], $8::int[]) AS wanted (payment_id, currency, account, amount)
    LEFT JOIN (SELECT payment_id, account, sum(amount_minor)::int AS amount FROM ledger_postings
                WHERE order_id = $2 GROUP BY payment_id, account) AS posted USING (payment_id, account)
   WHERE wanted.amount <> coalesce(posted.amount, 0)`;

/**
 * Posts what is missing between the ledger and where the money of an order is: the sale, or what takes part of it back. The
 * caller holds the lock of the order, taken by an earlier statement.
 */
export function postBalances(writes: Writes, order: OrderBalances): void {
  const { orderId, publisherId, payments, cause, at } = order;
  const wanted = payments.flatMap(({ id, currency, balances }) =>
    (Object.entries(balances) as [PaymentAccount, number][]).map(([account, amount]) => ({
      id,
      currency,
      account,
      amount,
    })),
  );
  writes.run(POST_DIFFERENCE, [
    cause,
    orderId,
    publisherId,
    at,
    wanted.map(({ id }) => id),
    wanted.map(({ currency }) => currency),
    wanted.map(({ account }) => account),
    wanted.map(({ amount }) => amount),
  ]);
}
