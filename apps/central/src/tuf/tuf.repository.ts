import { sha256Hex } from '@hansa/trust';
import { In, type EntityManager } from 'typeorm';
import { TufBin, TufFile, TufTarget } from './tuf-tables.entity.js';

/** Any fixed number: metadata is written by one transaction at a time, so versions follow each other without gaps. */
const METADATA_LOCK = 4_711_007;

export async function lockMetadata(tx: EntityManager): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock($1)', [METADATA_LOCK]);
}

/** The newest file of a role. */
export function findNewest(db: EntityManager, role: string): Promise<TufFile | null> {
  return db.findOne(TufFile, { where: { role }, order: { version: 'DESC' } });
}

/** Takes the bins that changed or end before `renewBefore`, each with its next version. */
export async function takeDueBins(tx: EntityManager, renewBefore: Date): Promise<Pick<TufBin, 'bin' | 'version'>[]> {
  const [rows] = await tx.query<[Pick<TufBin, 'bin' | 'version'>[], number]>(
    `UPDATE tuf_bins SET version = version + 1, dirty = false
      WHERE dirty OR expires_at IS NULL OR expires_at < $1 RETURNING bin, version`,
    [renewBefore],
  );
  return rows;
}

/** Marks every bin for signing: the key of the bins is another one. */
export async function markAllBins(tx: EntityManager): Promise<void> {
  await tx.query('UPDATE tuf_bins SET dirty = true');
}

export function listBins(tx: EntityManager): Promise<TufBin[]> {
  return tx.find(TufBin, { order: { bin: 'ASC' } });
}

/** The targets of some bins, by bin. */
export async function listTargets(tx: EntityManager, bins: readonly number[]): Promise<Map<number, TufTarget[]>> {
  const targets = await tx.find(TufTarget, { where: { bin: In(bins) }, order: { path: 'ASC' } });
  const byBin = new Map(bins.map((bin) => [bin, [] as TufTarget[]]));
  for (const target of targets) byBin.get(target.bin)?.push(target);
  return byBin;
}

/** Keeps what was signed of each bin: the files, and what snapshots say of them. */
export async function keepBins(
  tx: EntityManager,
  files: readonly (TufFile & { readonly bin: number })[],
): Promise<void> {
  await tx.insert(
    TufFile,
    files.map(({ bin: _, ...file }) => file),
  );
  await tx.query(
    `UPDATE tuf_bins SET size_bytes = signed.size_bytes, sha256 = signed.sha256, expires_at = signed.expires_at
       FROM unnest($1::smallint[], $2::int[], $3::text[], $4::timestamptz[]) AS signed (bin, size_bytes, sha256, expires_at)
      WHERE tuf_bins.bin = signed.bin`,
    [
      files.map(({ bin }) => bin),
      files.map(({ body }) => body.length),
      files.map(({ body }) => sha256Hex(body)),
      files.map(({ expiresAt }) => expiresAt),
    ],
  );
}

/**
 * Forgets snapshots, bins and targets roles that were superseded before `before`: whoever was reading them is done. Roots stay,
 * since a shop that was away follows them one by one.
 */
export async function pruneFiles(db: EntityManager, before: Date): Promise<void> {
  await db.query(
    `DELETE FROM tuf_files old WHERE role NOT IN ('root', 'timestamp') AND EXISTS (
       SELECT 1 FROM tuf_files newer WHERE newer.role = old.role AND newer.version > old.version AND newer.written_at < $1)`,
    [before],
  );
}
