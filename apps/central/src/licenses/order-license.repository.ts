import type { EntityManager } from 'typeorm';
import { PERIODS_OF_ORDER, periodsFrom, type OrderPeriod } from './license-periods.repository.js';
import type { License } from './license.entity.js';

/** A license as far as its payments and operators change it. */
export type HeldLicense = Pick<
  License,
  | 'id'
  | 'packageId'
  | 'kind'
  | 'expiresAt'
  | 'updatesUntil'
  | 'suspendedAt'
  | 'revokedAt'
  | 'revokedReason'
  | 'hold'
  | 'heldAt'
  | 'holdReason'
>;

const HELD_LICENSE = `l.id, l.package_id AS "packageId", l.kind, l.expires_at AS "expiresAt", l.updates_until AS "updatesUntil", l.suspended_at AS "suspendedAt",
  l.revoked_at AS "revokedAt", l.revoked_reason AS "revokedReason", l.hold, l.held_at AS "heldAt", l.hold_reason AS "holdReason"`;

/** What an order bought: its package, its license, what was paid for it and the shops that hear of it. */
export interface OrderLicense {
  readonly marketplaceId: string;
  readonly publisherId: string;
  /** Null while none is issued. */
  readonly license: HeldLicense | null;
  /** Oldest first. */
  readonly periods: readonly OrderPeriod[];
  /** Where the license was bought and where it runs, in the order of their ids. */
  readonly shops: readonly string[];
}

const READ = `
  SELECT ${HELD_LICENSE}, p.marketplace_id AS "marketplaceId", p.publisher_id AS "publisherId", (${PERIODS_OF_ORDER}) AS periods,
         ARRAY(SELECT a.instance_id FROM license_activations a WHERE a.license_id = l.id AND a.released_at IS NULL
                UNION SELECT l.instance_id WHERE l.instance_id IS NOT NULL ORDER BY 1) AS shops
    FROM packages p LEFT JOIN licenses l ON `;

type Row = Omit<OrderLicense, 'license' | 'periods'> &
  ({ readonly id: null } | HeldLicense) & { readonly periods: Parameters<typeof periodsFrom>[0] };

/** What a locked order bought, in one statement. The license must be locked by an earlier one. */
export async function readOrderLicense(
  tx: EntityManager,
  order: { readonly id: string; readonly packageId: string },
): Promise<OrderLicense> {
  return orderLicenseFrom(await tx.query(`${READ} l.order_id = $1 WHERE p.id = $2`, [order.id, order.packageId]));
}

/** The same of a locked license, which nobody may have paid for. */
export async function readLicense(
  tx: EntityManager,
  license: { readonly id: string; readonly orderId: string | null; readonly packageId: string },
): Promise<OrderLicense> {
  const { id, orderId, packageId } = license;
  return orderLicenseFrom(await tx.query(`${READ} l.id = $3 WHERE p.id = $2`, [orderId, packageId, id]));
}

function orderLicenseFrom([row]: readonly Row[]): OrderLicense {
  const { marketplaceId, publisherId, periods, shops, ...license } = row!;
  return {
    marketplaceId,
    publisherId,
    shops,
    periods: periodsFrom(periods),
    license: license.id === null ? null : license,
  };
}
