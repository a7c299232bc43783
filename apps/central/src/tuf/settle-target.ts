import { tufTargetPath } from '@hansa/contracts';
import { defineJob, enqueue } from '@hansa/platform';
import type { EntityManager } from 'typeorm';
import { binOf } from './bins.js';
import { TufTarget } from './tuf-tables.entity.js';

/** Signs what changed. Releases that come together are signed together. */
export const signMetadata = defineJob('sign-metadata', { cron: '*/15 * * * *' });

export interface ReleasedFile {
  readonly marketplaceId: string;
  readonly version: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/**
 * Puts a release into the repository, or takes it out, in the transaction of its step. A job signs the bin: the keys never sit in
 * the path of a request, and a release that commits is signed even if this process dies.
 */
export async function settleTarget(tx: EntityManager, file: ReleasedFile, isReleased: boolean): Promise<void> {
  const path = tufTargetPath(file.marketplaceId, file.version);
  const bin = binOf(path);
  if (isReleased) {
    await tx.upsert(TufTarget, { path, bin, sizeBytes: file.sizeBytes, sha256: file.sha256 }, ['path']);
  } else {
    await tx.delete(TufTarget, { path });
  }
  await tx.query('UPDATE tuf_bins SET dirty = true WHERE bin = $1', [bin]);
  await enqueue(tx, signMetadata, {}, { key: 'sign-metadata' });
}
