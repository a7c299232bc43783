import { Clock, defineJob, inTransaction, newId, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { FAN_OUT_EVENT, ShopEvent } from '#audit';
import { EventHook } from './event-hook.entity.js';
import { scheduleDelivery } from './schedule-delivery.js';
import { hears } from './subscriptions.js';

const PRUNE_EVENTS = defineJob('prune-events', { cron: '11 4 * * *' });
const KEPT_MS = 30 * 24 * 60 * 60 * 1_000;

@Injectable()
export class FanOutEventJob {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Makes one delivery for each listener that hears of the event. Twice makes none twice: a listener has one of each event. */
  @OnJob(FAN_OUT_EVENT)
  async fanOut({ eventId }: { eventId: string }): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const event = await tx.findOneBy(ShopEvent, { id: eventId });
      if (!event) return;
      const now = this.clock.now();
      const body = bodyOf(event);
      for (const hook of await tx.findBy(EventHook, { enabled: true })) {
        if (!hears(hook.events, event.name)) continue;
        const id = newId('dly');
        const inserted: unknown[] = await tx.query(
          `INSERT INTO hook_deliveries (id, hook_id, event_id, event, body, status, created_at)
           VALUES ($1, $2, $3, $4, $5, 'pending', $6) ON CONFLICT (hook_id, event_id) DO NOTHING RETURNING id`,
          [id, hook.id, eventId, event.name, body, now],
        );
        if (inserted.length === 1) await scheduleDelivery(tx, id, now);
      }
    });
  }

  /** Forgets what arrived or was given up a month ago, and events nobody waits for. */
  @OnJob(PRUNE_EVENTS)
  async prune(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - KEPT_MS);
    await inTransaction(this.dataSource, async (tx) => {
      await tx.query(`DELETE FROM hook_deliveries WHERE status <> 'pending' AND created_at < $1`, [before]);
      await tx.query(
        `DELETE FROM shop_events WHERE at < $1
           AND NOT EXISTS (SELECT 1 FROM hook_deliveries WHERE event_id = shop_events.id)`,
        [before],
      );
    });
  }
}

/** What a listener gets (docs/protocol/shop-webhooks.md). The name is in it because only the body is signed. */
function bodyOf({ id, at, name, data }: ShopEvent): string {
  return JSON.stringify({ id, type: name, timestamp: at.toISOString(), data });
}
