import type { CheckoutSessionRequest, LicenseKind } from '@hansa/contracts';
import type { EntityManager } from 'typeorm';
import { findRate } from '#accounts';
import { Package, priceAt, Release, type ListingPrice } from '#catalog';
import { Instance, InstanceError } from '#instances';
import { findOwned, hasTried, type License } from '#licenses';
import { CheckoutError } from './checkout.errors.js';
import { isTrialOpen, type OrderTerms, type TrialOf } from './orders.repository.js';

/** The most Stripe takes in one payment, in minor units. */
const MOST_MINOR = 99_999_999;

/** What orders are sold by, whoever asks. */
export interface Selling {
  readonly at: Date;
  readonly instanceId: string;
  /** What the hub keeps where nothing else was agreed. */
  readonly commissionPercent: number;
}

type Asked = Pick<OrderTerms, 'purpose' | 'licenseId' | 'quantity' | 'trialDays'>;

/**
 * What the listing asks for this version at this moment, and what the order would add to.
 *
 * @throws {InstanceError} INSTANCE_UNKNOWN
 * @throws {CheckoutError} PACKAGE_NOT_FOUND, VERSION_NOT_FOUND, VERSION_YANKED, ITEM_IS_FREE, LICENSE_NOT_HELD, NOT_RENEWABLE,
 * SEATS_NOT_SOLD or ORDER_TOO_LARGE
 */
export async function termsOf(
  tx: EntityManager,
  request: CheckoutSessionRequest,
  { at, instanceId, commissionPercent }: Selling,
): Promise<OrderTerms> {
  const { marketplace_id: marketplaceId, version, customer_email: customerEmail, another = false } = request;
  if (!(await tx.existsBy(Instance, { id: instanceId }))) throw new InstanceError('INSTANCE_UNKNOWN');
  const item = await tx.findOneBy(Package, { marketplaceId });
  if (!item) throw new CheckoutError('PACKAGE_NOT_FOUND');
  const release = await tx.findOneBy(Release, { packageId: item.id, version });
  if (release?.status === 'yanked') throw new CheckoutError('VERSION_YANKED');
  if (release?.status !== 'published') throw new CheckoutError('VERSION_NOT_FOUND');
  const price = await priceAt(tx, item.id, at);
  if (!price) throw new Error(`${marketplaceId} has no price`);
  const { licenseKind, billingInterval, currency } = price;
  if (licenseKind === 'free') throw new CheckoutError('ITEM_IS_FREE');

  const who = { packageId: item.id, instanceId, customerEmail };
  const asked = await askedOf(tx, request, price, who, at);
  const amountMinor = price.amountMinor * asked.quantity;
  if (amountMinor > MOST_MINOR) throw new CheckoutError('ORDER_TOO_LARGE');
  const agreed = await findRate(tx, item.publisherId, at);
  return {
    ...who,
    ...asked,
    version,
    itemName: item.name,
    licenseKind,
    billingInterval,
    amountMinor,
    currency,
    commissionPercent: agreed ?? commissionPercent,
    priceId: price.id,
    isSeparate: another,
  };
}

/** Whether a merchant has had his trial of a package, or is about to begin it with another shop or address. */
async function isTrialOver(tx: EntityManager, who: TrialOf, at: Date): Promise<boolean> {
  return (await isTrialOpen(tx, who, at)) || (await hasTried(tx, who));
}

/** What an order pays for: a license of its own, another year of one, or more instances of one. */
async function askedOf(
  tx: EntityManager,
  { license_id: licenseId, seats }: CheckoutSessionRequest,
  price: ListingPrice,
  who: TrialOf,
  at: Date,
): Promise<Asked> {
  if (seats !== undefined && price.licenseKind !== 'per_instance') throw new CheckoutError('SEATS_NOT_SOLD');
  if (licenseId === undefined) {
    // A trial is for those who do not know the package yet.
    const trialDays = price.trialDays !== null && (await isTrialOver(tx, who, at)) ? null : price.trialDays;
    return { purpose: 'purchase', licenseId: null, quantity: seats ?? 1, trialDays };
  }
  const license = await findOwned(tx, who, licenseId);
  if (!license) throw new CheckoutError('LICENSE_NOT_HELD');
  if (!isRenewable(license, price.licenseKind)) throw new CheckoutError('NOT_RENEWABLE');
  const purpose = seats === undefined ? 'renewal' : 'seats';
  const renewed = license.kind === 'per_instance' ? license.seats : 1;
  return { purpose, licenseId, quantity: seats ?? renewed, trialDays: null };
}

/** The version somebody who buys a package today gets; undefined when nothing of it can be had. */
export async function newestVersionOf(tx: EntityManager, marketplaceId: string): Promise<string | undefined> {
  const [row]: { version: string }[] = await tx.query(
    'SELECT r.version FROM packages p JOIN releases r ON r.id = p.latest_release_id WHERE p.marketplace_id = $1',
    [marketplaceId],
  );
  return row?.version;
}

/**
 * Whether an order may add to a license of a package that is sold as this kind today. Subscriptions renew themselves; what was
 * given away, taken back, or is sold otherwise by now is bought anew.
 */
export function isRenewable(license: Pick<License, 'orderId' | 'kind' | 'revokedAt'>, soldAs: LicenseKind): boolean {
  const { orderId, kind, revokedAt } = license;
  return orderId !== null && revokedAt === null && kind !== 'subscription' && kind === soldAs;
}
