import type { EntityManager } from 'typeorm';

/** A license somebody is to be written about, and what the letter is about. */
export interface LetterRow {
  readonly id: string;
  readonly customer_email: string;
  /** What people call the package. */
  readonly name: string;
  readonly key_sealed: Buffer;
  readonly expires_at: Date | null;
  readonly updates_until: Date | null;
  readonly revoked_reason: string | null;
  /** What was paid first; null for a license that was given away. */
  readonly amount_minor: number | null;
  readonly currency: string | null;
  /** Composer packages the listing sells. */
  readonly packages: string[];
  readonly renews: boolean;
  /** Stripe's page where what is owed can be paid. */
  readonly pay_url: string | null;
  /** The same cause is told once. */
  readonly cause: string;
}

const LETTER_SQL = `
  SELECT l.id, l.customer_email, p.name, l.key_sealed, l.expires_at, l.updates_until, l.revoked_reason, b.amount_minor, b.currency,
         ARRAY(SELECT c.name FROM composer_packages c WHERE c.listing_id = l.package_id ORDER BY c.name) AS packages,
         s.id IS NOT NULL AND s.cancel_at IS NULL AS renews, s.pay_url, c.cause
    FROM licenses l
    JOIN packages p ON p.id = l.package_id
    LEFT JOIN LATERAL (SELECT amount_minor, currency FROM license_periods WHERE order_id = l.order_id
                        ORDER BY is_purchase DESC, paid_at, id LIMIT 1) b ON true
    LEFT JOIN LATERAL (SELECT id, cancel_at, payment_failed_at, pay_url FROM subscriptions WHERE ended_at IS NULL
                           AND (order_id = l.order_id OR order_id IN (SELECT o.id FROM orders o WHERE o.license_id = l.id))
                        ORDER BY heard_at DESC LIMIT 1) s ON true
    CROSS JOIN LATERAL (SELECT $CAUSE AS cause) c
   WHERE $WHERE AND NOT EXISTS (SELECT 1 FROM mails m WHERE m.cause = c.cause)
   ORDER BY l.id LIMIT $3`;

/** What each letter is about and whom it goes to, between the times `$1` and `$2`. */
const KINDS = {
  receipt: {
    cause: `'receipt:' || l.id`,
    where: `l.issued_at > $1 AND l.issued_at <= $2 AND l.order_id IS NOT NULL AND l.revoked_at IS NULL`,
  },
  revoked: {
    cause: `'revoked:' || l.id || ':' || extract(epoch FROM l.revoked_at)::bigint`,
    where: `l.revoked_at > $1 AND l.revoked_at <= $2`,
  },
  /** Not of what renews every month: that would be a letter a month. */
  ending: {
    cause: `'ending:' || l.id || ':' || extract(epoch FROM l.updates_until)::bigint`,
    where: `l.updates_until > $1 AND l.updates_until <= $2 AND l.revoked_at IS NULL AND l.suspended_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = l.order_id AND o.billing_interval = 'month')`,
  },
  unpaid: {
    cause: `'unpaid:' || l.id || ':' || extract(epoch FROM s.payment_failed_at)::bigint`,
    where: `l.revoked_at IS NULL AND s.payment_failed_at > $1 AND l.id IN
      (SELECT coalesce(o.license_id, p.id) FROM subscriptions f JOIN orders o ON o.id = f.order_id LEFT JOIN licenses p ON p.order_id = o.id
        WHERE f.payment_failed_at > $1 AND f.payment_failed_at <= $2 AND f.ended_at IS NULL)`,
  },
} as const;
export type LetterKind = keyof typeof KINDS;

/** Licenses of which something happened between two times that nobody was written about. */
export async function findUnwritten(
  db: EntityManager,
  kind: LetterKind,
  { after, until, limit }: { readonly after: Date; readonly until: Date; readonly limit: number },
): Promise<LetterRow[]> {
  const { cause, where } = KINDS[kind];
  return db.query(
    LETTER_SQL.replace('$CAUSE', () => cause).replace('$WHERE', () => where),
    [after, until, limit],
  );
}
