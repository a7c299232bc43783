import type { EntityManager } from 'typeorm';
import type { LedgerAccount } from './ledger-posting.entity.js';
import { Payout } from './payout.entity.js';

export interface CurrencyBalance {
  readonly currency: string;
  /** What the hub owes the publisher in minor units; negative when more went back than was left. */
  readonly balanceMinor: number;
  /** All that was ever paid out. */
  readonly paidOutMinor: number;
}

/** What became of the publisher's share by one event. */
export interface StatementEntry {
  readonly kind: 'sale' | 'refund' | 'dispute' | 'payout' | 'correction';
  readonly orderId: string | null;
  /** Payment or payout it belongs to. */
  readonly reference: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly at: Date;
}

export interface Page {
  readonly limit: number;
  readonly offset: number;
}

/** The balance of a publisher in each currency it ever earned in. */
export async function listBalances(db: EntityManager, publisherId: string): Promise<CurrencyBalance[]> {
  const rows: { currency: string; balance: string; paid: string }[] = await db.query(
    `SELECT currency, sum(amount_minor) AS balance,
            -coalesce(sum(amount_minor) FILTER (WHERE order_id IS NULL), 0) AS paid
       FROM ledger_postings WHERE account = 'publisher_payable' AND publisher_id = $1 GROUP BY currency ORDER BY currency`,
    [publisherId],
  );
  return rows.map(({ currency, balance, paid }) => ({
    currency,
    balanceMinor: Number(balance),
    paidOutMinor: Number(paid),
  }));
}

interface EntryRow {
  readonly order_id: string | null;
  readonly payment_id: string;
  readonly amount_minor: number;
  readonly currency: string;
  readonly posted_at: Date;
  readonly accounts: readonly LedgerAccount[];
}

/** The lines of a publisher's statement, newest first, and how many there are. */
export async function listEntries(
  db: EntityManager,
  publisherId: string,
  { limit, offset }: Page,
): Promise<{ items: StatementEntry[]; count: number }> {
  const own = `FROM ledger_postings p WHERE p.account = 'publisher_payable' AND p.publisher_id = $1`;
  const counted: { count: number }[] = await db.query(`SELECT count(*)::int AS count ${own}`, [publisherId]);
  const rows: EntryRow[] = await db.query(
    `SELECT p.order_id, p.payment_id, p.amount_minor, p.currency, p.posted_at,
            ARRAY(SELECT g.account FROM ledger_postings g WHERE g.group_id = p.group_id) AS accounts
     ${own} ORDER BY p.id DESC LIMIT $2 OFFSET $3`,
    [publisherId, limit, offset],
  );
  const items = rows.map((row) => ({
    kind: kindOf(row),
    orderId: row.order_id,
    reference: row.payment_id,
    amountMinor: row.amount_minor,
    currency: row.currency,
    at: row.posted_at,
  }));
  return { items, count: counted[0]!.count };
}

/** The payouts of a publisher, newest first, and how many there are. */
export async function listPayouts(
  db: EntityManager,
  publisherId: string,
  { limit, offset }: Page,
): Promise<{ items: Payout[]; count: number }> {
  const order = { plannedAt: 'DESC', id: 'DESC' } as const;
  const [items, count] = await db.findAndCount(Payout, { where: { publisherId }, order, take: limit, skip: offset });
  return { items, count };
}

function kindOf({ order_id: orderId, accounts }: EntryRow): StatementEntry['kind'] {
  if (orderId === null) return 'payout';
  if (accounts.includes('merchant_payment')) return 'sale';
  if (accounts.includes('refund')) return 'refund';
  return accounts.includes('dispute') ? 'dispute' : 'correction';
}
