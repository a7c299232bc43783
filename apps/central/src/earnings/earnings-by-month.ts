import type { MonthEarnings } from '@hansa/contracts';
import type { DataSource } from 'typeorm';

/** Three years, so that the answer has a size. */
const MONTHS = 36;

interface MonthRow {
  readonly month: string;
  readonly currency: string;
  readonly earned: string;
  readonly returned: string;
  readonly paid: string;
}

/**
 * What became of a publisher's share, month by month (UTC), oldest first. What a sale brought counts in the month it was posted
 * in, what went back in the month it went back in.
 */
export async function listMonths(db: DataSource, publisherId: string): Promise<MonthEarnings[]> {
  const rows: MonthRow[] = await db.query(
    `SELECT * FROM (
       SELECT to_char(posted_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, currency,
              coalesce(sum(amount_minor) FILTER (WHERE order_id IS NOT NULL AND amount_minor > 0), 0) AS earned,
              coalesce(sum(amount_minor) FILTER (WHERE order_id IS NOT NULL AND amount_minor < 0), 0) AS returned,
              -coalesce(sum(amount_minor) FILTER (WHERE order_id IS NULL), 0) AS paid
         FROM ledger_postings WHERE account = 'publisher_payable' AND publisher_id = $1
        GROUP BY 1, 2 ORDER BY 1 DESC, 2 LIMIT $2) newest
     ORDER BY month, currency`,
    [publisherId, MONTHS],
  );
  return rows.map(({ month, currency, earned, returned, paid }) => ({
    month,
    currency,
    earned_minor: Number(earned),
    returned_minor: Number(returned),
    paid_out_minor: Number(paid),
  }));
}
