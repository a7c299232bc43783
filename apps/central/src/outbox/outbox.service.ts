import type { InstanceEventName, InstanceEvents } from '@hansa/contracts';
import { Clock, defineJob, enqueueWith, newId, SecretBox, Writes } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OutboxEvent } from './outbox-event.entity.js';

/** Sends one delivery to its instance; done by `webhooks/`. */
export const deliverWebhook = defineJob<{ deliveryId: string }>('deliver-webhook', { maxAttempts: 25 });

/** Job key of a delivery: at most one try of it waits at any time. */
export function deliveryJobKey(deliveryId: string): string {
  return `deliver:${deliveryId}`;
}

/** One fact for one instance. */
export type News = {
  [T in InstanceEventName]: { readonly type: T; readonly instanceId: string; readonly body: InstanceEvents[T] };
}[InstanceEventName];

/**
 * Sequence numbers are given before commit: one event of an instance at a time, so that none shows up behind a later one. The
 * instances are locked in the order of their ids, so that two changes never wait for each other.
 */
const ADD_DELIVERIES = `
  INSERT INTO deliveries (id, event_id, instance_id, status, next_attempt_at, created_at)
  SELECT d.id, d.event_id, i.id, 'pending', $4::timestamptz, $4::timestamptz
    FROM (SELECT id FROM instances WHERE id = ANY ($3::text[]) ORDER BY id FOR NO KEY UPDATE) AS i
    JOIN unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS d (id, event_id, instance_id, place)
      ON d.instance_id = i.id
   ORDER BY d.place`;

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
    const writes = new Writes(tx);
    const [recorded] = this.recordEvents(writes, [{ type, instanceId, body } as News]);
    await writes.send();
    return recorded!;
  }

  /** Adds facts to other writes, as `recordEvent` does; an instance hears of its own in this order. Once for all facts of a change. */
  recordEvents(writes: Writes, news: readonly News[]): { eventId: string; deliveryId: string }[] {
    const recordedAt = this.clock.now();
    const facts = news.map((fact) => ({ ...fact, eventId: newId('evt'), deliveryId: newId('dly') }));
    for (const { type, instanceId, body, eventId, deliveryId } of facts) {
      const bodySealed = this.secretBox.seal(JSON.stringify(body), `outbox:${eventId}`);
      writes.insert(OutboxEvent, { id: eventId, type, instanceId, bodySealed, recordedAt });
      enqueueWith(writes, deliverWebhook, { deliveryId }, { key: deliveryJobKey(deliveryId) });
      writes.call(`pg_notify('inbox', $1)`, [instanceId]);
    }
    if (facts.length > 0) writes.run(ADD_DELIVERIES, deliveryValues(facts, recordedAt));
    return facts.map(({ eventId, deliveryId }) => ({ eventId, deliveryId }));
  }

  /** The bytes that are signed and sent, the same for every attempt. */
  openBody(event: OutboxEvent): Buffer {
    return this.secretBox.open(event.bodySealed, `outbox:${event.id}`);
  }
}

function deliveryValues(
  facts: readonly { deliveryId: string; eventId: string; instanceId: string }[],
  at: Date,
): readonly unknown[] {
  return [
    facts.map(({ deliveryId }) => deliveryId),
    facts.map(({ eventId }) => eventId),
    facts.map(({ instanceId }) => instanceId),
    at,
  ];
}
