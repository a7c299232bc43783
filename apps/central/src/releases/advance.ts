import type { ReleaseStatus } from '@hansa/contracts';
import type { EntityManager } from 'typeorm';
import { addressesOf } from '#accounts';
import { recordAudit } from '#audit';
import { Package, Release, settleLatest } from '#catalog';
import type { Mails } from '#mail';
import { settleTarget } from '#tuf';
import { announce } from './announce.js';
import { mayStep } from './release-steps.js';
import { ReleaseError } from './releases.errors.js';

export interface Step {
  readonly actor: string;
  readonly at: Date;
  /** What is written into the row beside the state. */
  readonly changes?: Partial<
    Pick<
      Release,
      'findings' | 'reviewNote' | 'yankedReason' | 'publishedAt' | 'yankedAt' | 'yankedBy' | 'claimedBy' | 'claimedAt'
    >
  >;
}

/**
 * Takes a locked release to its next state, with the audit row, a letter to its publisher and, when shops see the difference, the
 * catalog revision; a yank is announced to them. Call it last: the revision is a lock everybody shares.
 *
 * @throws {ReleaseError} STEP_NOT_ALLOWED
 */
export async function advance(
  tx: EntityManager,
  mails: Mails,
  release: Release,
  to: ReleaseStatus,
  step: Step,
): Promise<void> {
  const from = release.status;
  if (!mayStep(from, to)) throw new ReleaseError('STEP_NOT_ALLOWED', { status: from });
  const { actor, at, changes = {} } = step;
  await tx.update(Release, { id: release.id }, { ...changes, status: to });
  Object.assign(release, changes, { status: to });
  await recordAudit(tx, { at, actor, action: `release.${to}`, subject: release.id, data: { from } });
  await tellPublisher(tx, mails, release);
  if (to !== 'published' && to !== 'yanked') return;
  const { marketplaceId } = await tx.findOneByOrFail(Package, { id: release.packageId });
  const { version, sizeBytes, sha256 } = release;
  if (to === 'yanked') {
    const body = { marketplace_id: marketplaceId, version, reason: release.yankedReason ?? '' };
    await announce(tx, at, 'release.yanked', body);
  }
  await settleTarget(tx, { marketplaceId, version, sizeBytes, sha256 }, to === 'published');
  await settleLatest(tx, release.packageId);
}

/** A letter to everybody who may publish: what became of a release, and what was said about it. */
export async function tellPublisher(
  tx: EntityManager,
  mails: Mails,
  { packageId, version, status, yankedReason, reviewNote }: Release,
  news: { readonly status: string; readonly note: string | null } = {
    status,
    note: status === 'yanked' ? yankedReason : reviewNote,
  },
): Promise<void> {
  const { marketplaceId, publisherId } = await tx.findOneByOrFail(Package, { id: packageId });
  for (const to of await addressesOf(tx, publisherId)) {
    await mails.queue(tx, { template: 'release-step', to, values: { marketplaceId, version, ...news } });
  }
}
