import type { EntityManager } from 'typeorm';
import { LedgerPosting } from './ledger-posting.entity.js';
import type { Payout } from './payout.entity.js';
import type { PayoutWeek } from './payout-week.js';

export interface DueBalance {
  readonly publisherId: string;
  readonly currency: string;
  readonly amountMinor: number;
}

/** The most one line of the ledger holds; what is more stays in the balance. */
const MOST = 2 ** 31 - 1;

/**
 * What is due to publishers for the time up to the end of a week, where it is at least `minimumMinor`. What went back since then
 * counts already, what came in does not; earlier payouts count whenever they were made.
 */
export async function listDue(
  db: EntityManager,
  { endsAt }: PayoutWeek,
  minimumMinor: number,
  publisherId: string | null = null,
): Promise<DueBalance[]> {
  const rows: { publisher_id: string; currency: string; amount: string }[] = await db.query(
    `SELECT publisher_id, currency, amount FROM (
       SELECT publisher_id, currency,
              least(coalesce(sum(amount_minor) FILTER (WHERE posted_at < $1 OR order_id IS NULL), 0), sum(amount_minor), $2) AS amount
         FROM ledger_postings WHERE account = 'publisher_payable' AND publisher_id = coalesce($3, publisher_id)
        GROUP BY publisher_id, currency) AS balances
      WHERE amount >= $4 ORDER BY publisher_id, currency`,
    [endsAt, MOST, publisherId, minimumMinor],
  );
  return rows.map(({ publisher_id, currency, amount }) => ({
    publisherId: publisher_id,
    currency,
    amountMinor: Number(amount),
  }));
}

/** Takes a payout from the balance of its publisher, or gives it back. */
export async function postPayout(
  tx: EntityManager,
  payout: Payout,
  { as, at }: { readonly as: 'taken' | 'given_back'; readonly at: Date },
): Promise<void> {
  const { id, publisherId, currency, amountMinor } = payout;
  const amount = as === 'taken' ? amountMinor : 0 - amountMinor;
  const groupId = as === 'taken' ? id : `${id}:failed`;
  const line = { groupId, orderId: null, paymentId: id, publisherId, currency, cause: id, postedAt: at };
  await tx.insert(LedgerPosting, [
    { ...line, account: 'payout', amountMinor: amount },
    { ...line, account: 'publisher_payable', amountMinor: 0 - amount },
  ]);
}
