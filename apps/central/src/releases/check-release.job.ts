import { defineJob, enqueue } from '@hansa/platform';
import type { EntityManager } from 'typeorm';
import { Release } from '#catalog';

/** What is looked at before a person is asked, in the order in which findings are shown; each is a job of its own. */
export const CHECKS = [
  'archive',
  'signature',
  'manifest',
  'names',
  'static-scan',
  'dependencies',
  'sandbox',
  'diff',
  'listing',
] as const;
export type CheckName = (typeof CHECKS)[number];

/** Makes one check of one submission; the last one done moves the release on. */
export const checkRelease = defineJob<{ releaseId: string; check: CheckName; round: number }>('check-release');

/** Sets every check of a submission in motion, with the submission itself. */
export async function startChecks(tx: EntityManager, release: Release): Promise<void> {
  const round = release.checkRound + 1;
  await tx.update(Release, { id: release.id }, { checkRound: round });
  release.checkRound = round;
  await tx.query(
    `INSERT INTO release_checks (release_id, name, round, status) SELECT $1, name, $2, 'pending' FROM unnest($3::text[]) AS name
     ON CONFLICT (release_id, name) DO UPDATE SET round = $2, status = 'pending', findings = '[]', finished_at = NULL`,
    [release.id, round, [...CHECKS]],
  );
  for (const check of CHECKS) await enqueue(tx, checkRelease, { releaseId: release.id, check, round });
}
