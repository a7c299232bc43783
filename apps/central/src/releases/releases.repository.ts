import type { ReleaseStatus } from '@hansa/contracts';
import type { EntityManager } from 'typeorm';
import { Package, Release } from '#catalog';
import { ReleaseError } from './releases.errors.js';

export interface ReleaseOfPackage {
  readonly release: Release;
  readonly package: Package;
}

/**
 * Locks a release and, before it, its package: changes of one package queue up, so that which release is the latest is
 * worked out from all of them.
 *
 * @throws {ReleaseError} RELEASE_NOT_FOUND
 */
export async function lockRelease(tx: EntityManager, id: string): Promise<ReleaseOfPackage> {
  const found = await tx.findOneBy(Release, { id });
  if (!found) throw new ReleaseError('RELEASE_NOT_FOUND');
  const owner = await lockPackage(tx, { id: found.packageId });
  const release = await tx.findOneOrFail(Release, { where: { id }, lock: { mode: 'pessimistic_write' } });
  return { release, package: owner! };
}

export function lockPackage(
  tx: EntityManager,
  where: { id: string } | { marketplaceId: string },
): Promise<Package | null> {
  return tx.findOne(Package, { where, lock: { mode: 'pessimistic_write' } });
}

/** A release with its package, without a lock. */
export async function findRelease(db: EntityManager, id: string): Promise<ReleaseOfPackage | undefined> {
  const release = await db.findOneBy(Release, { id });
  return release ? { release, package: await db.findOneByOrFail(Package, { id: release.packageId }) } : undefined;
}

/** Which releases are listed: all of them, unless it says otherwise. */
export interface ReleaseChoice {
  readonly status: ReleaseStatus | undefined;
  readonly marketplaceId: string | undefined;
}

/** Releases in a state, longest waiting first, and how many there are. */
export async function listReleases(
  db: EntityManager,
  { status, marketplaceId }: ReleaseChoice,
  { limit, offset }: { limit: number; offset: number },
): Promise<{ items: ReleaseOfPackage[]; count: number }> {
  const owner = marketplaceId === undefined ? null : await db.findOneBy(Package, { marketplaceId });
  if (marketplaceId !== undefined && !owner) return { items: [], count: 0 };
  const [releases, count] = await db.findAndCount(Release, {
    where: { ...(status ? { status } : {}), ...(owner ? { packageId: owner.id } : {}) },
    order: { submittedAt: owner ? 'DESC' : 'ASC', id: 'ASC' },
    take: limit,
    skip: offset,
  });
  const packages = await db.query<Package[]>(
    'SELECT id, marketplace_id AS "marketplaceId" FROM packages WHERE id = ANY($1)',
    [releases.map(({ packageId }) => packageId)],
  );
  const byId = new Map(packages.map((owner) => [owner.id, owner]));
  return { items: releases.map((release) => ({ release, package: byId.get(release.packageId)! })), count };
}
