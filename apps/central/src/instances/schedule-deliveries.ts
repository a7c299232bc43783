import { enqueue } from '@hansa/platform';
import { IsNull, type EntityManager } from 'typeorm';
import { Delivery, deliverWebhook, deliveryJobKey } from '#outbox';
import type { Instance } from './instance.entity.js';

/** Whether events are pushed to this instance; otherwise they wait in its inbox. */
export function takesPushes(instance: Pick<Instance, 'mode' | 'pushDisabledAt'>): boolean {
  return instance.mode === 'push' && instance.pushDisabledAt === null;
}

/** Sets the next try of a delivery: the row operators read and the job that does it, together. */
export async function scheduleDelivery(
  tx: EntityManager,
  deliveryId: string,
  next: { readonly at: Date; readonly attempts: number },
): Promise<void> {
  const { at, attempts } = next;
  const waiting = { status: 'pending', nextAttemptAt: at, deliveredAt: null, attempts } as const;
  await tx.update(Delivery, { id: deliveryId }, waiting);
  await enqueue(tx, deliverWebhook, { deliveryId }, { key: deliveryJobKey(deliveryId), runAt: at });
}

/** Puts what waits for an instance on the way its new mode asks for: on the road, or at rest in the inbox. */
export async function rerouteDeliveries(tx: EntityManager, instance: Instance, now: Date): Promise<void> {
  const pending = { instanceId: instance.id, status: 'pending' as const };
  if (!takesPushes(instance)) {
    await tx.update(Delivery, pending, { nextAttemptAt: null });
    return;
  }
  const resting = await tx.findBy(Delivery, { ...pending, nextAttemptAt: IsNull() });
  for (const { id, attempts } of resting) await scheduleDelivery(tx, id, { at: now, attempts });
}
