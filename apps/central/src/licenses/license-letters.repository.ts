import type { EntityManager } from 'typeorm';
import type { MailValues, Reach } from '#mail';

/** A license somebody is to be written about, and what the letter is about. */
export interface LetterRow {
  readonly id: string;
  /** Whom it goes to: whoever made the payment it is about, otherwise whoever bought the license. */
  readonly customer_email: string;
  /** What people call the package. */
  readonly name: string;
  readonly key_sealed: Buffer;
  readonly expires_at: Date | null;
  readonly updates_until: Date | null;
  readonly revoked_reason: string | null;
  readonly seats: number;
  /** What was paid: of a letter about one payment that one, of others the first; null for a license that was given away. */
  readonly amount_minor: number | null;
  readonly currency: string | null;
  /** What a letter about one payment says it was for. */
  readonly bought: MailValues['payment-received']['bought'] | null;
  readonly quantity: number | null;
  /** Composer packages the listing sells. */
  readonly packages: string[];
  readonly reaches: Reach;
  readonly renews: boolean;
  /** Stripe's page where what is owed can be paid. */
  readonly pay_url: string | null;
  /** The same cause is told once. */
  readonly cause: string;
}

const FIRST_PAYMENT = `LEFT JOIN LATERAL (
         SELECT amount_minor, currency, NULL AS payer, NULL AS bought, NULL::int AS quantity FROM license_periods WHERE order_id = l.order_id
          ORDER BY is_purchase DESC, paid_at, id LIMIT 1) b ON true`;

/**
 * Payments that began to count between the two times: a payment counts when it is heard of and its order is paid, whichever is
 * later. The one a license was issued for is the receipt's.
 */
const LATER_PAYMENT = `JOIN (
         SELECT q.id, q.order_id, q.is_purchase, q.amount_minor, q.currency, o.customer_email AS payer, o.quantity,
                CASE WHEN o.purpose = 'seats' THEN 'seats' WHEN o.purpose = 'renewal' OR NOT q.is_purchase THEN 'term' ELSE 'again' END AS bought,
                coalesce(o.license_id, (SELECT own.id FROM licenses own WHERE own.order_id = o.id)) AS license_id
           FROM license_periods q JOIN orders o ON o.id = q.order_id
          WHERE q.amount_minor > 0 AND q.noted_at IS NOT NULL AND q.id IN (
                SELECT id FROM license_periods WHERE noted_at > $1 AND noted_at <= $2
                UNION SELECT r.id FROM orders s JOIN license_periods r ON r.order_id = s.id WHERE s.paid_at > $1 AND s.paid_at <= $2)) b
         ON b.license_id = l.id AND (b.order_id IS DISTINCT FROM l.order_id OR NOT b.is_purchase)`;

const LETTER_SQL = `
  SELECT l.id, coalesce(b.payer, l.customer_email) AS customer_email, p.name, l.key_sealed, l.expires_at, l.updates_until, l.revoked_reason, l.seats,
         b.amount_minor, b.currency, b.bought, b.quantity,
         ARRAY(SELECT c.name FROM composer_packages c WHERE c.listing_id = l.package_id ORDER BY c.name) AS packages,
         CASE WHEN EXISTS (SELECT 1 FROM market_order_items m JOIN certificate_orders o ON o.id = m.id WHERE m.order_id = l.order_id) THEN 'certificate'
              WHEN l.instance_id IS NULL THEN 'key' ELSE 'shop' END AS reaches,
         s.id IS NOT NULL AND s.cancel_at IS NULL AS renews, s.pay_url, c.cause
    FROM licenses l
    JOIN packages p ON p.id = l.package_id
    $PAYMENT
    LEFT JOIN LATERAL (SELECT id, cancel_at, payment_failed_at, pay_url FROM subscriptions WHERE ended_at IS NULL
                           AND (order_id = l.order_id OR order_id IN (SELECT o.id FROM orders o WHERE o.license_id = l.id))
                        ORDER BY heard_at DESC LIMIT 1) s ON true
    CROSS JOIN LATERAL (SELECT $CAUSE AS cause) c
   WHERE $WHERE AND NOT EXISTS (SELECT 1 FROM mails m WHERE m.cause = c.cause)
   ORDER BY l.id, c.cause LIMIT $3`;

/** What each letter is about and whom it goes to, between the times `$1` and `$2`. */
const KINDS = {
  receipt: {
    cause: `'receipt:' || l.id`,
    where: `l.issued_at > $1 AND l.issued_at <= $2 AND l.order_id IS NOT NULL AND l.revoked_at IS NULL`,
  },
  paid: {
    cause: `'paid:' || b.id`,
    where: `l.revoked_at IS NULL`,
    payment: LATER_PAYMENT,
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
} as const satisfies Record<string, { readonly cause: string; readonly where: string; readonly payment?: string }>;
export type LetterKind = keyof typeof KINDS;

/** Licenses of which something happened between two times that nobody was written about. */
export async function findUnwritten(
  db: EntityManager,
  kind: LetterKind,
  { after, until, limit }: { readonly after: Date; readonly until: Date; readonly limit: number },
): Promise<LetterRow[]> {
  const { cause, where, payment = FIRST_PAYMENT }: { cause: string; where: string; payment?: string } = KINDS[kind];
  const sql = LETTER_SQL.replace('$CAUSE', () => cause)
    .replace('$PAYMENT', () => payment)
    .replace('$WHERE', () => where);
  return db.query(sql, [after, until, limit]);
}
