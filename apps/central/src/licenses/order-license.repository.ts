import type { LicenseKind } from '@hansa/contracts';
import type { EntityManager } from 'typeorm';
import { mayAddTo } from './license-turn.js';
import { periodsFrom, periodsOf, type OrderPeriod } from './license-periods.repository.js';
import type { License } from './license.entity.js';

/** A license as far as its payments and operators change it. */
export type HeldLicense = Pick<
  License,
  | 'id'
  | 'packageId'
  | 'kind'
  | 'keySealed'
  | 'orderId'
  | 'seats'
  | 'expiresAt'
  | 'updatesUntil'
  | 'suspendedAt'
  | 'revokedAt'
  | 'revokedReason'
  | 'hold'
  | 'heldAt'
  | 'holdReason'
>;

const HELD_LICENSE = `l.id, l.package_id AS "packageId", l.kind, l.key_sealed AS "keySealed", l.order_id AS "orderId", l.seats, l.expires_at AS "expiresAt", l.updates_until AS "updatesUntil", l.suspended_at AS "suspendedAt",
  l.revoked_at AS "revokedAt", l.revoked_reason AS "revokedReason", l.hold, l.held_at AS "heldAt", l.hold_reason AS "holdReason"`;

/** What an order bought or adds to: its package, the license, everything paid for that and the shops that hear of it. */
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
  SELECT ${HELD_LICENSE}, p.marketplace_id AS "marketplaceId", p.publisher_id AS "publisherId", (${periodsOf(`
           SELECT $1::text UNION SELECT l.order_id UNION SELECT id FROM orders WHERE license_id = l.id`)}) AS periods,
         ARRAY(SELECT a.instance_id FROM license_activations a WHERE a.license_id = l.id AND a.released_at IS NULL
                UNION SELECT l.instance_id WHERE l.instance_id IS NOT NULL ORDER BY 1) AS shops
    FROM packages p LEFT JOIN LATERAL `;

const ORDER_VALUES = [
  'id',
  'packageId',
  'licenseId',
  'purpose',
  'isSeparate',
  'instanceId',
  'customerEmail',
  'licenseKind',
] as const;
const OF_ORDER = `${READ} (
    SELECT l.* FROM licenses l WHERE ${mayAddTo((column) => `$${ORDER_VALUES.indexOf(column) + 1}`)}
     ORDER BY (l.id = $3) DESC NULLS LAST, (l.order_id = $1) DESC NULLS LAST, l.issued_at, l.id LIMIT 1) AS l ON true
   WHERE p.id = $2`;

type Row = Omit<OrderLicense, 'license' | 'periods'> &
  ({ readonly id: null } | HeldLicense) & { readonly periods: Parameters<typeof periodsFrom>[0] };

/** An order as far as it says what it adds to. */
export interface LicensedOrder {
  readonly id: string;
  readonly packageId: string;
  readonly licenseId: string | null;
  readonly purpose: 'purchase' | 'renewal' | 'seats';
  readonly isSeparate: boolean;
  readonly instanceId: string | null;
  readonly customerEmail: string;
  readonly licenseKind: LicenseKind;
}

/** What a locked order bought or adds to, in one statement. Its license and its turn (`turnOf`) must be held by an earlier one. */
export async function readOrderLicense(tx: EntityManager, order: LicensedOrder): Promise<OrderLicense> {
  return orderLicenseFrom(
    await tx.query(
      OF_ORDER,
      ORDER_VALUES.map((name) => order[name]),
    ),
  );
}

/** The same of a locked license, which nobody may have paid for. */
export async function readLicense(
  tx: EntityManager,
  license: { readonly id: string; readonly orderId: string | null; readonly packageId: string },
): Promise<OrderLicense> {
  const { id, orderId, packageId } = license;
  const where = '(SELECT * FROM licenses WHERE id = $3) AS l ON true WHERE p.id = $2';
  return orderLicenseFrom(await tx.query(`${READ} ${where}`, [orderId, packageId, id]));
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
