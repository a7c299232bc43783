import type { InstanceEnvironment, LicenseKind } from '@hansa/contracts';
import type { EntityManager } from 'typeorm';
import { License } from './license.entity.js';
import type { LicenseQuestion, LicenseStanding } from './license-verdict.js';

/** A license with its seats, as it is read in one statement. */
export interface LicenseRow {
  readonly id: string;
  readonly kind: LicenseKind;
  readonly package_id: string;
  readonly seats: number;
  readonly bought_by: string | null;
  readonly issued_at: Date;
  readonly expires_at: Date | null;
  readonly updates_until: Date | null;
  readonly suspended_at: Date | null;
  readonly revoked_at: Date | null;
  /** Environment of the asking instance's live activation. */
  readonly activated_as: InstanceEnvironment | null;
  readonly seats_used: number;
}

/** Everything a verdict needs, whether or not the key, the package and the instance exist. */
export type VerdictRow = {
  /** Which question of the statement it answers, from 1. */
  readonly place: number;
  readonly asked_package_id: string | null;
  /** Of the asking instance; null when it is not registered. */
  readonly environment: InstanceEnvironment | null;
  readonly copies_used: number;
} & (LicenseRow | { readonly id: null; readonly activated_as: null; readonly seats_used: 0 });

/**
 * Answers questions that are three arrays of one length: key lookups, packages, instances. It joins outwards from the question,
 * so that a key nobody has, a key of another product and a right key take the same path through the same indexes.
 */
const VERDICTS_SQL = `
  SELECT q.place::int, l.id, l.kind, l.package_id, l.seats, l.instance_id AS bought_by, l.issued_at, l.expires_at,
         l.updates_until, l.suspended_at, l.revoked_at, p.id AS asked_package_id, i.environment,
         a.environment AS activated_as, coalesce(used.seats, 0)::int AS seats_used, coalesce(used.copies, 0)::int AS copies_used
    FROM unnest($1::bytea[], $2::text[], $3::text[]) WITH ORDINALITY AS q (key_lookup, package, instance, place)
    LEFT JOIN licenses l ON l.key_lookup = q.key_lookup
    LEFT JOIN packages p ON p.$PACKAGE = q.package
    LEFT JOIN instances i ON i.id = q.instance
    LEFT JOIN license_activations a ON a.license_id = l.id AND a.instance_id = i.id AND a.released_at IS NULL
    LEFT JOIN LATERAL (
      SELECT count(*) FILTER (WHERE u.environment = 'production') AS seats,
             count(*) FILTER (WHERE u.environment <> 'production') AS copies
        FROM license_activations u WHERE u.license_id = l.id AND u.released_at IS NULL) AS used ON true`;

/** Packages as `@vendor/name`. */
export const VERDICTS_BY_NAME = { name: 'license-verdicts', text: VERDICTS_SQL.replace('$PACKAGE', 'marketplace_id') };
/** Packages by their listing id. */
export const VERDICTS_BY_ID = { name: 'license-verdicts-by-id', text: VERDICTS_SQL.replace('$PACKAGE', 'id') };

export function standingOf(row: VerdictRow): LicenseStanding | null {
  if (row.id === null) return null;
  return {
    kind: row.kind,
    packageId: row.package_id,
    seats: row.seats,
    expiresAt: row.expires_at,
    suspendedAt: row.suspended_at,
    revokedAt: row.revoked_at,
  };
}

export function questionOf(row: VerdictRow, instanceId: string, copies: number): LicenseQuestion {
  return {
    packageId: row.asked_package_id,
    instance: row.environment && { id: instanceId, environment: row.environment },
    seatsUsed: row.seats_used,
    holdsSeat: row.activated_as === 'production',
    copiesUsed: row.copies_used,
    holdsCopy: row.activated_as !== null && row.activated_as !== 'production',
    copies,
  };
}

/** Locks the license: instances that ask for its last seat at the same time queue up here instead of overselling it. */
export async function lockLicense(tx: EntityManager, id: string): Promise<void> {
  await tx.findOne(License, { where: { id }, lock: { mode: 'pessimistic_write' }, select: { id: true } });
}

/** Makes the instance's live activation say which environment it runs in now. */
export async function putActivation(
  tx: EntityManager,
  activation: { licenseId: string; instanceId: string; environment: InstanceEnvironment; at: Date },
): Promise<void> {
  const { licenseId, instanceId, environment, at } = activation;
  await tx.query(
    `INSERT INTO license_activations (license_id, instance_id, environment, activated_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (license_id, instance_id) WHERE released_at IS NULL DO UPDATE SET environment = excluded.environment`,
    [licenseId, instanceId, environment, at],
  );
}

export interface OwnLicenseRow extends LicenseRow {
  readonly marketplace_id: string;
}

/** Licenses an instance bought or uses, newest first. */
export async function listOwnLicenses(db: EntityManager, instanceId: string): Promise<OwnLicenseRow[]> {
  return db.query(
    `SELECT l.id, l.kind, l.package_id, l.seats, l.instance_id AS bought_by, l.issued_at, l.expires_at, l.updates_until,
            l.suspended_at, l.revoked_at, p.marketplace_id, a.environment AS activated_as,
            (SELECT count(*)::int FROM license_activations u
              WHERE u.license_id = l.id AND u.released_at IS NULL AND u.environment = 'production') AS seats_used
       FROM licenses l
       JOIN packages p ON p.id = l.package_id
       LEFT JOIN license_activations a ON a.license_id = l.id AND a.instance_id = $1 AND a.released_at IS NULL
      WHERE l.instance_id = $1 OR a.id IS NOT NULL
      ORDER BY l.issued_at DESC, l.id DESC LIMIT 1000`,
    [instanceId],
  );
}

/** Licenses of one package that an instance bought or uses. */
export async function findHeldLicenses(db: EntityManager, packageId: string, instanceId: string): Promise<License[]> {
  return db
    .createQueryBuilder(License, 'l')
    .where('l.packageId = :packageId', { packageId })
    .andWhere(
      `(l.instanceId = :instanceId OR EXISTS (SELECT 1 FROM license_activations a
         WHERE a.license_id = l.id AND a.instance_id = :instanceId AND a.released_at IS NULL))`,
      { instanceId },
    )
    .orderBy('l.issuedAt', 'ASC')
    .getMany();
}

interface Merchant {
  readonly packageId: string;
  readonly instanceId: string;
  readonly customerEmail: string;
}

/** A license of this package that the instance bought or uses, or that was bought with the same address. */
export async function findOwned(db: EntityManager, merchant: Merchant, licenseId: string): Promise<License | null> {
  const { packageId, instanceId, customerEmail } = merchant;
  return db
    .createQueryBuilder(License, 'l')
    .where('l.id = :licenseId AND l.packageId = :packageId', { licenseId, packageId })
    .andWhere(
      `(l.instanceId = :instanceId OR lower(l.customerEmail) = lower(:customerEmail)
        OR EXISTS (SELECT 1 FROM license_activations a
                    WHERE a.license_id = l.id AND a.instance_id = :instanceId AND a.released_at IS NULL))`,
      { instanceId, customerEmail },
    )
    .getOne();
}

/** Whether this instance, or somebody with this address, ever had the package. */
export async function hasTried(
  db: EntityManager,
  { packageId, instanceId, customerEmail }: Merchant,
): Promise<boolean> {
  return db
    .createQueryBuilder(License, 'l')
    .where('l.packageId = :packageId', { packageId })
    .andWhere('(l.instanceId = :instanceId OR lower(l.customerEmail) = lower(:customerEmail))', {
      instanceId,
      customerEmail,
    })
    .getExists();
}
