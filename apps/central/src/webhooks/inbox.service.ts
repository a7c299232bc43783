import type { InboxItem } from '@hansa/contracts';
import { Clock, inTransaction } from '@hansa/platform';
import { signWebhook } from '@hansa/trust';
import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { Instance, InstanceError, InstancesService } from '#instances';
import { Delivery, OutboxEvent, OutboxService } from '#outbox';
import { InboxWaiters } from './inbox-waiters.js';

const PAGE = 50;
/** The longest a poll is held open, in seconds (federation.md §2). */
export const MAX_WAIT_SECONDS = 25;

@Injectable()
export class InboxService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly instances: InstancesService,
    private readonly outbox: OutboxService,
    private readonly waiters: InboxWaiters,
  ) {}

  /**
   * What waits for an instance after sequence number `after`, oldest first, signed now as a push would be. With nothing to say
   * the answer is held back for up to `waitSeconds`; no connection to the database is held meanwhile.
   */
  async read(instanceId: string, after: number, waitSeconds: number): Promise<InboxItem[]> {
    const deadline = performance.now() + Math.min(waitSeconds, MAX_WAIT_SECONDS) * 1_000;
    for (;;) {
      const waiting = this.waiters.wait(instanceId, deadline - performance.now()); // before the look: nothing slips between
      try {
        const items = await this.list(instanceId, after);
        if (items.length > 0 || !(await waiting.woken)) return items;
      } finally {
        waiting.stop();
      }
    }
  }

  /** The instance has these deliveries; unknown and foreign ids change nothing. Returns how many are done because of it. */
  async acknowledge(instanceId: string, deliveryIds: readonly string[]): Promise<number> {
    return inTransaction(this.dataSource, async (tx) => {
      const [, affected]: [unknown[], number] = await tx.query(
        `UPDATE deliveries SET status = 'delivered', delivered_at = $3, next_attempt_at = NULL
          WHERE instance_id = $1 AND id = ANY($2) AND status <> 'delivered'`,
        [instanceId, deliveryIds, this.clock.now()],
      );
      return affected;
    });
  }

  private async list(instanceId: string, after: number): Promise<InboxItem[]> {
    const db = this.dataSource.manager;
    const instance = await db.findOneBy(Instance, { id: instanceId });
    if (!instance) throw new InstanceError('INSTANCE_UNKNOWN');
    const deliveries = await db
      .createQueryBuilder(Delivery, 'd')
      .where(`d.instanceId = :instanceId AND d.status <> 'delivered' AND d.sequence > :after`, {
        instanceId,
        after: Math.min(after, Number.MAX_SAFE_INTEGER), // beyond it no sequence number lies, nor a bigint of PostgreSQL
      })
      .orderBy('d.sequence')
      .limit(PAGE)
      .getMany();
    const events = await db.findBy(OutboxEvent, { id: In(deliveries.map(({ eventId }) => eventId)) });
    const eventById = new Map(events.map((event) => [event.id, event]));
    const secrets = this.instances.webhookSecrets(instance);
    const at = this.clock.now();
    return deliveries.map(({ id: deliveryId, sequence, eventId }) => {
      const event = eventById.get(eventId)!;
      const body = this.outbox.openBody(event);
      const headers = signWebhook({ secrets, deliveryId, event: event.type, body, at });
      return {
        sequence: Number(sequence),
        delivery_id: deliveryId,
        event: event.type,
        body: body.toString('utf8'),
        headers,
      };
    });
  }
}
