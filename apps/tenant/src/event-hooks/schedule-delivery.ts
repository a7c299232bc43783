import { defineJob, enqueue } from '@hansa/platform';
import type { EntityManager } from 'typeorm';
import { HookDelivery } from './event-hook.entity.js';

export const DELIVER_EVENT = defineJob<{ deliveryId: string }>('deliver-event');

/** Plans the next try: the row an admin reads and the job that does it, together. */
export async function scheduleDelivery(
  tx: EntityManager,
  deliveryId: string,
  at: Date,
  change: Partial<Pick<HookDelivery, 'attempts' | 'status' | 'deliveredAt'>> = {},
): Promise<void> {
  await tx.update(HookDelivery, { id: deliveryId }, { ...change, nextAttemptAt: at });
  await enqueue(tx, DELIVER_EVENT, { deliveryId }, { key: `deliver-event:${deliveryId}`, runAt: at });
}

/** Locks a delivery, so that tries and replays of it queue up. */
export function lockDelivery(tx: EntityManager, id: string): Promise<HookDelivery | null> {
  return tx.findOne(HookDelivery, { where: { id }, lock: { mode: 'pessimistic_write' } });
}
