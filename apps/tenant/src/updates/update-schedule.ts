import { defineJob, enqueue } from '@hansa/platform';
import type { EntityManager } from 'typeorm';
import { UpdateCheck } from './update-tables.entity.js';

export const CHECK_FOR_UPDATES = defineJob('check-for-updates', { maxAttempts: 5 });

/** Plans the next check, in place of the one that was planned. `answeredAt` is kept unless given. */
export async function scheduleCheck(tx: EntityManager, nextAt: Date, answeredAt?: Date): Promise<void> {
  await tx.upsert(UpdateCheck, { onlyRow: true, nextAt, ...(answeredAt ? { answeredAt } : {}) }, ['onlyRow']);
  await enqueue(tx, CHECK_FOR_UPDATES, {}, { key: 'check-for-updates', runAt: nextAt });
}
