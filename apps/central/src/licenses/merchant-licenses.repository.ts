import type { LicenseKind } from '@hansa/contracts';
import type { EntityManager } from 'typeorm';
import { JOINT_PART } from './license-periods.repository.js';
import { jointShare, type JointPart } from './joint-share.js';
import type { LicenseRow } from './licenses.repository.js';

/** Who asks: an account, and the e-mail it has proven. */
export interface LicenseHolder {
  readonly accountId: string;
  readonly email: string | null;
}

export interface MerchantLicenseRow extends LicenseRow {
  readonly marketplace_id: string;
  readonly name: string;
  readonly customer_email: string;
  /** The order it was bought with; null for a gift. */
  readonly order_id: string | null;
  /** How its package is sold today, and whether it can be had. */
  readonly sold_as: LicenseKind;
  readonly price_minor: number;
  readonly currency: string;
  readonly is_listed: boolean;
  /** What the asker is to the license: whoever bought it owns it, others have the role of their shop. */
  readonly role: 'member' | 'admin' | 'owner';
  /** Stripe's subscription while it runs. */
  readonly subscription: string | null;
  readonly cancel_at: Date | null;
  readonly activations: readonly {
    readonly instance_id: string;
    readonly base_url: string;
    readonly environment: string;
    readonly activated_at: string;
  }[];
  /** Null when it was never moved. */
  readonly last_move: { readonly moved_at: string; readonly undone_at: string | null } | null;
}

/** Licenses bought with the asker's own address, or for a shop of his, newest first; one license when `$3` names it. */
const LICENSES_SQL = `
  SELECT l.id, l.kind, l.package_id, l.seats, l.instance_id AS bought_by, l.issued_at, l.expires_at, l.updates_until,
         l.suspended_at, l.revoked_at, l.customer_email, l.order_id, NULL AS activated_as, p.marketplace_id, p.name,
         p.license_kind AS sold_as, p.price_minor, p.currency, p.latest_release_id IS NOT NULL AS is_listed,
         CASE WHEN lower(l.customer_email) = $2 THEN 'owner' ELSE m.role END AS role, s.id AS subscription, s.cancel_at,
         (SELECT count(*)::int FROM license_activations u
           WHERE u.license_id = l.id AND u.released_at IS NULL AND u.environment = 'production') AS seats_used,
         coalesce((SELECT json_agg(json_build_object('instance_id', a.instance_id, 'base_url', i.base_url,
                     'environment', a.environment, 'activated_at', a.activated_at) ORDER BY a.id)
                     FROM license_activations a JOIN instances i ON i.id = a.instance_id
                    WHERE a.license_id = l.id AND a.released_at IS NULL), '[]') AS activations,
         (SELECT json_build_object('moved_at', v.moved_at, 'undone_at', v.undone_at) FROM license_moves v
           WHERE v.license_id = l.id ORDER BY v.moved_at DESC, v.id DESC LIMIT 1) AS last_move
    FROM licenses l
    JOIN packages p ON p.id = l.package_id
    LEFT JOIN merchant_memberships m ON m.account_id = $1 AND m.instance_id = l.instance_id AND m.ended_at IS NULL
    LEFT JOIN LATERAL (SELECT id, cancel_at FROM subscriptions WHERE ended_at IS NULL AND (order_id = l.order_id
                         OR order_id IN (SELECT o.id FROM orders o WHERE o.license_id = l.id))
                        ORDER BY heard_at DESC LIMIT 1) s ON true
   WHERE l.id IN (SELECT id FROM licenses WHERE lower(customer_email) = $2
            UNION SELECT b.id FROM licenses b JOIN merchant_memberships n ON n.instance_id = b.instance_id
                   WHERE n.account_id = $1 AND n.ended_at IS NULL)
     AND ($3::text IS NULL OR l.id = $3)
   ORDER BY l.issued_at DESC, l.id DESC LIMIT 1000`;

/** What somebody may see of the licenses of the hub. */
export async function listMerchantLicenses(
  db: EntityManager,
  { accountId, email }: LicenseHolder,
): Promise<MerchantLicenseRow[]> {
  return db.query(LICENSES_SQL, [accountId, email, null]);
}

/** One license, if the asker may see it. */
export async function findMerchantLicense(
  db: EntityManager,
  { accountId, email }: LicenseHolder,
  licenseId: string,
): Promise<MerchantLicenseRow | undefined> {
  const rows: MerchantLicenseRow[] = await db.query(LICENSES_SQL, [accountId, email, licenseId]);
  return rows[0];
}

export interface MerchantPaymentRow {
  readonly id: string;
  readonly order_id: string;
  readonly name: string;
  readonly license_id: string;
  readonly amount_minor: number;
  readonly refunded_minor: number;
  readonly currency: string;
  readonly paid_at: Date;
  readonly ends_at: Date | null;
  /** What the payment was for. */
  readonly bought: 'purchase' | 'renewal' | 'seats';
}

/** What was paid for the licenses somebody may see, newest first. */
export async function listMerchantPayments(db: EntityManager, holder: LicenseHolder): Promise<MerchantPaymentRow[]> {
  const rows: (MerchantPaymentRow & { readonly joint: JointPart | null })[] = await db.query(
    `SELECT p.id, p.order_id, o.item_name AS name, l.id AS license_id, p.amount_minor, p.currency, p.paid_at, p.ends_at,
            CASE WHEN o.purpose = 'purchase' AND NOT p.is_purchase THEN 'renewal' ELSE o.purpose END AS bought, ${JOINT_PART} AS joint,
            coalesce((SELECT sum(r.amount_minor)::int FROM payment_returns r WHERE r.kind = 'refund' AND (r.payment_intent = p.id OR r.payment_intent = p.joint_payment
              OR r.payment_intent IN (SELECT i.payment_intent FROM invoice_payments i WHERE i.invoice = p.id))), 0) AS refunded_minor
       FROM license_periods p JOIN orders o ON o.id = p.order_id JOIN licenses l ON l.order_id = o.id OR l.id = o.license_id
      WHERE lower(l.customer_email) = $2 OR EXISTS (SELECT 1 FROM merchant_memberships m
              WHERE m.account_id = $1 AND m.instance_id = l.instance_id AND m.ended_at IS NULL)
      ORDER BY p.paid_at DESC, p.id LIMIT 1000`,
    [holder.accountId, holder.email],
  );
  return rows.map(({ joint, ...row }) => ({
    ...row,
    refunded_minor: joint ? jointShare(row.refunded_minor, row.amount_minor, joint) : row.refunded_minor,
  }));
}
