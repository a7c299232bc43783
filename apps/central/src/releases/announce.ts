import type { InstanceEvents } from '@hansa/contracts';
import { defineJob, enqueue, newId } from '@hansa/platform';
import type { EntityManager } from 'typeorm';
import { Announcement } from './announcement.entity.js';

/** Hands a fact to the next instances. */
export const announceJob = defineJob<{ announcementId: string }>('announce');

/** What concerns whoever has a package, wherever that is. */
export type Announced = 'release.yanked' | 'advisory.published' | 'advisory.withdrawn';

/**
 * Records a fact for every instance there is when it is handed out: a signed delivery each, after commit. All get it, because
 * the hub is not told who has which package installed (federation.md §7); a shop that has none of it does nothing.
 */
export async function announce<Name extends Announced>(
  tx: EntityManager,
  at: Date,
  type: Name,
  body: InstanceEvents[Name],
): Promise<void> {
  const id = newId('ann');
  await tx.insert(Announcement, { id, type, body: body as object, toldUpTo: '', recordedAt: at, doneAt: null });
  await enqueue(tx, announceJob, { announcementId: id });
}
