import type { EntityManager } from 'typeorm';

/** Channel on which processes tell each other that the catalog moved. */
export const CATALOG_CHANNEL = 'catalog';

/**
 * Marks packages as changed, in the transaction of the change, and wakes every process when it commits. Call it last: it
 * holds the one row of `catalog_revision` until then, which is why revisions become visible in their order and a reader of
 * `revision > known` misses none.
 */
export async function bumpRevision(tx: EntityManager, packageIds: readonly string[]): Promise<void> {
  await tx.query(
    `WITH bumped AS (UPDATE catalog_revision SET revision = revision + 1 RETURNING revision)
     UPDATE packages SET revision = bumped.revision FROM bumped WHERE packages.id = ANY($1)`,
    [packageIds],
  );
  await tx.query('SELECT pg_notify($1, $2)', [CATALOG_CHANNEL, '']);
}

/** Works out what the feed shows of a package after one of its releases was published or yanked, and bumps the revision. */
export async function settleLatest(tx: EntityManager, packageId: string): Promise<void> {
  await tx.query(
    `UPDATE packages SET
       latest_release_id = (SELECT id FROM releases WHERE package_id = $1 AND status = 'published' AND channel = 'stable'
                             ORDER BY rollout_halted_at IS NOT NULL, version_key DESC LIMIT 1),
       first_published_at = (SELECT min(published_at) FROM releases WHERE package_id = $1),
       last_published_at = (SELECT max(published_at) FROM releases WHERE package_id = $1 AND status = 'published')
     WHERE id = $1`,
    [packageId],
  );
  await bumpRevision(tx, [packageId]);
}
