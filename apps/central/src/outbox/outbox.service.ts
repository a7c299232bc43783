import type { InstanceEventName, InstanceEvents } from '@hansa/contracts';
import { Clock, defineJob, enqueue, newId, SecretBox } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OutboxEvent } from './outbox-event.entity.js';

/** Sends one delivery to its instance; done by `webhooks/`. */
export const deliverWebhook = defineJob<{ deliveryId: string }>('deliver-webhook', { maxAttempts: 25 });

/** Job key of a delivery: at most one try of it waits at any time. */
export function deliveryJobKey(deliveryId: string): string {
  return `deliver:${deliveryId}`;
}

@Injectable()
export class OutboxService {
  constructor(
    private readonly clock: Clock,
    private readonly secretBox: SecretBox,
  ) {}

  /**
   * Records a fact for one instance: delivered at least once, after commit, and never if `tx` rolls back.
   *
   * The delivery waits in the inbox in any case; it is pushed when the instance takes pushes.
   */
  async recordEvent<T extends InstanceEventName>(
    tx: EntityManager,
    type: T,
    instanceId: string,
    body: InstanceEvents[T],
  ): Promise<{ eventId: string; deliveryId: string }> {
    const now = this.clock.now();
    // Sequence numbers are given before commit: one event of an instance at a time, so that none shows up behind a later one.
    await tx.query('SELECT 1 FROM instances WHERE id = $1 FOR NO KEY UPDATE', [instanceId]);
    const eventId = newId('evt');
    const deliveryId = newId('dly');
    await enqueue(tx, deliverWebhook, { deliveryId }, { key: deliveryJobKey(deliveryId) });
    const bodySealed = this.secretBox.seal(JSON.stringify(body), `outbox:${eventId}`);
    await tx.insert(OutboxEvent, { id: eventId, type, instanceId, bodySealed, recordedAt: now });
    await tx.query(
      `INSERT INTO deliveries (id, event_id, instance_id, status, next_attempt_at, created_at) VALUES ($1, $2, $3, 'pending', $4, $4)`,
      [deliveryId, eventId, instanceId, now],
    );
    await tx.query(`SELECT pg_notify('inbox', $1)`, [instanceId]);
    return { eventId, deliveryId };
  }

  /** The bytes that are signed and sent, the same for every attempt. */
  openBody(event: OutboxEvent): Buffer {
    return this.secretBox.open(event.bodySealed, `outbox:${event.id}`);
  }
}
