import { IsNull, type EntityManager } from 'typeorm';
import { Order } from './order.entity.js';
import type { Purchase } from './purchase.entity.js';

/** The terms that make two purchases the same one. */
export type OrderTerms = Pick<
  Order,
  | 'packageId'
  | 'version'
  | 'itemName'
  | 'licenseKind'
  | 'billingInterval'
  | 'customerEmail'
  | 'amountMinor'
  | 'currency'
  | 'commissionPercent'
  | 'purpose'
  | 'licenseId'
  | 'isSeparate'
  | 'quantity'
  | 'priceId'
  | 'trialDays'
> & { readonly instanceId: string };

const MAX_TRIES = 3;

function sameTerms(terms: OrderTerms) {
  const { packageId, version, instanceId, customerEmail, amountMinor, currency, licenseKind } = terms;
  const { purpose, licenseId, isSeparate, quantity, trialDays } = terms;
  return {
    ...{
      packageId,
      version,
      instanceId,
      customerEmail,
      amountMinor,
      currency,
      licenseKind,
      purpose,
      quantity,
      isSeparate,
    },
    licenseId: licenseId ?? IsNull(),
    trialDays: trialDays ?? IsNull(),
    status: 'open' as const,
  };
}

/**
 * The open order with these terms, or a new one. Callers that ask at the same time get the same order: a unique index lets
 * one in and the others read it.
 */
export async function placeOrder(
  tx: EntityManager,
  terms: OrderTerms,
  draft: { readonly id: string; readonly createdAt: Date; readonly expiresAt: Date; readonly reusableUntil: Date },
): Promise<Order> {
  const { id, createdAt, expiresAt, reusableUntil } = draft;
  await tx
    .createQueryBuilder()
    .update(Order)
    .set({ status: 'expired' })
    .where(sameTerms(terms))
    .andWhere('expires_at < :reusableUntil', { reusableUntil })
    .execute();
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    await tx
      .createQueryBuilder()
      .insert()
      .into(Order)
      .values({ ...terms, id, createdAt, expiresAt, status: 'open' })
      .orIgnore()
      .execute();
    const open = await tx.findOneBy(Order, sameTerms(terms));
    if (open) return open;
  }
  throw new Error('an order was opened and closed faster than it could be read');
}

/** An order as far as Stripe's events need it; `stripeSessionId` is its purchase's when it has one. */
export type SoldOrder = Pick<
  Order,
  | 'id'
  | 'packageId'
  | 'version'
  | 'licenseKind'
  | 'billingInterval'
  | 'customerEmail'
  | 'instanceId'
  | 'amountMinor'
  | 'currency'
  | 'status'
  | 'stripeSessionId'
  | 'commissionPercent'
  | 'purchaseId'
  | 'purpose'
  | 'licenseId'
  | 'isSeparate'
  | 'priceId'
  | 'trialDays'
> & { readonly capture: Purchase['capture'] | null };

/** Columns of a `SoldOrder`, for a `SELECT` from `orders`. */
export const SOLD_ORDER = `id, package_id AS "packageId", version, license_kind AS "licenseKind",
  billing_interval AS "billingInterval", customer_email AS "customerEmail", instance_id AS "instanceId",
  amount_minor AS "amountMinor", currency, status, commission_percent AS "commissionPercent", purchase_id AS "purchaseId",
  purpose, license_id AS "licenseId", is_separate AS "isSeparate", price_id AS "priceId", trial_days AS "trialDays",
  coalesce(stripe_session_id, (SELECT u.stripe_session_id FROM purchases u WHERE u.id = purchase_id)) AS "stripeSessionId",
  (SELECT u.capture FROM purchases u WHERE u.id = purchase_id) AS capture`;

export interface ClaimedRequest {
  readonly isNew: boolean;
  readonly requestHash: Buffer;
  readonly orderId: string | null;
}

/**
 * Claims an idempotency key on the caller's transaction. A retry that comes while the first is under way waits on the index
 * and then reads what the first one wrote.
 */
export async function claimRequest(
  tx: EntityManager,
  claim: { readonly keyHash: Buffer; readonly requestHash: Buffer; readonly now: Date; readonly forgottenBefore: Date },
): Promise<ClaimedRequest> {
  const { keyHash, requestHash, now, forgottenBefore } = claim;
  const claimed: unknown[] = await tx.query(
    `INSERT INTO checkout_requests AS r (key_hash, request_hash, created_at) VALUES ($1, $2, $3)
     ON CONFLICT (key_hash) DO UPDATE SET request_hash = excluded.request_hash, order_id = NULL, created_at = excluded.created_at
       WHERE r.created_at < $4 RETURNING key_hash`,
    [keyHash, requestHash, now, forgottenBefore],
  );
  if (claimed.length > 0) return { isNew: true, requestHash, orderId: null };
  const [row]: { request_hash: Buffer; order_id: string | null }[] = await tx.query(
    'SELECT request_hash, order_id FROM checkout_requests WHERE key_hash = $1',
    [keyHash],
  );
  return { isNew: false, requestHash: row!.request_hash, orderId: row!.order_id };
}

/** Who would try which package where. */
export interface TrialOf {
  readonly packageId: string;
  readonly instanceId: string;
  readonly customerEmail: string;
}

/**
 * Whether the page of a trial is open for the same shop with another address, or the other way round: several pages must not begin
 * several trials. One's own page is handed out again. Callers that ask at the same moment wait for each other.
 */
export async function isTrialOpen(tx: EntityManager, who: TrialOf, at: Date): Promise<boolean> {
  const { packageId, instanceId, customerEmail } = who;
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('hansa:trial:' || $1, 0))`, [packageId]);
  const [row]: [{ found: boolean }] = await tx.query(
    `SELECT EXISTS (SELECT 1 FROM orders WHERE package_id = $1 AND status = 'open' AND trial_days IS NOT NULL AND expires_at > $4
        AND (instance_id = $2) <> (lower(customer_email) = lower($3))) AS found`,
    [packageId, instanceId, customerEmail, at],
  );
  return row.found;
}
