import { isRenewable } from '#checkout';
import type { MerchantLicenseRow } from '#licenses';

/** What further payments for a license cost today, in minor units of `currency`. */
export interface LicenseOffer {
  /** Another term for all its seats. */
  readonly renewal_minor: number;
  /** Each more seat; null where none are sold. */
  readonly seat_minor: number | null;
  readonly currency: string;
}

type Extendable = Pick<
  MerchantLicenseRow,
  | 'order_id'
  | 'kind'
  | 'revoked_at'
  | 'seats'
  | 'bought_by'
  | 'activations'
  | 'sold_as'
  | 'price_minor'
  | 'currency'
  | 'is_listed'
>;

/** The shop an order for a license is for: where it was bought or moved to, or one that uses it. Undefined when there is none. */
export function shopOf({ bought_by: boughtBy, activations }: Pick<Extendable, 'bought_by' | 'activations'>) {
  return boughtBy ?? activations[0]?.instance_id;
}

/** The offer for a license; null for one that no order adds to, or of a package nobody can buy. */
export function offerOf(license: Extendable): LicenseOffer | null {
  const { order_id: orderId, kind, revoked_at: revokedAt, price_minor: price, currency } = license;
  if (!license.is_listed || shopOf(license) === undefined) return null;
  if (!isRenewable({ orderId, kind, revokedAt }, license.sold_as)) return null;
  const bySeat = kind === 'per_instance';
  return { renewal_minor: bySeat ? price * license.seats : price, seat_minor: bySeat ? price : null, currency };
}
