import { Clock, inTransaction } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { And, DataSource, LessThan, MoreThanOrEqual, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { pageOf } from '#database';
import { EventHook, HookAttempt, HookDelivery } from './event-hook.entity.js';
import { EventHookError } from './event-hooks.errors.js';
import type { DeliveriesQuery } from './hook-requests.js';
import { lockDelivery, scheduleDelivery } from './schedule-delivery.js';

/** Dead letters sent again by one request; asking again takes the next ones. */
const MOST_REPLAYED = 1_000;

/** What is on its way to listeners, what arrived, and what was given up. */
@Injectable()
export class HookDeliveriesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Newest first. @throws {EventHookError} WEBHOOK_NOT_FOUND */
  async list(
    hookId: string,
    { status, ...page }: DeliveriesQuery,
  ): Promise<{ readonly deliveries: readonly HookDelivery[]; readonly count: number }> {
    const db = this.dataSource.manager;
    if (!(await db.existsBy(EventHook, { id: hookId }))) throw new EventHookError('WEBHOOK_NOT_FOUND');
    const where = { hookId, ...(status ? { status } : {}) };
    const order = { createdAt: 'DESC', id: 'DESC' } as const;
    const [deliveries, count] = await db.findAndCount(HookDelivery, { where, order, ...pageOf(page) });
    return { deliveries, count };
  }

  /** @throws {EventHookError} DELIVERY_NOT_FOUND */
  async find(id: string): Promise<{ readonly delivery: HookDelivery; readonly attempts: readonly HookAttempt[] }> {
    const delivery = await this.dataSource.manager.findOneBy(HookDelivery, { id });
    if (!delivery) throw new EventHookError('DELIVERY_NOT_FOUND');
    const order = { attempt: 'ASC' } as const;
    return {
      delivery,
      attempts: await this.dataSource.manager.find(HookAttempt, { where: { deliveryId: id }, order }),
    };
  }

  /**
   * Sends a delivery once more, whether it arrived or was given up: the same id and body, signed afresh.
   *
   * @throws {EventHookError} DELIVERY_NOT_FOUND, DELIVERY_PENDING or WEBHOOK_DISABLED
   */
  async replay(id: string, actor: string): Promise<HookDelivery> {
    return inTransaction(this.dataSource, async (tx) => {
      const delivery = await lockDelivery(tx, id);
      if (!delivery) throw new EventHookError('DELIVERY_NOT_FOUND');
      if (delivery.status === 'pending') throw new EventHookError('DELIVERY_PENDING');
      await refuseDisabled(tx, delivery.hookId);
      const at = this.clock.now();
      await scheduleDelivery(tx, id, at, AGAIN);
      await recordAudit(tx, { at, actor, action: 'webhook.replayed', subject: id });
      return tx.findOneByOrFail(HookDelivery, { id });
    });
  }

  /** Sends the dead letters of a time range once more and says how many. @throws {EventHookError} WEBHOOK_NOT_FOUND or WEBHOOK_DISABLED */
  async replayDead(hookId: string, range: { readonly from: Date; readonly to: Date }, actor: string): Promise<number> {
    return inTransaction(this.dataSource, async (tx) => {
      await refuseDisabled(tx, hookId);
      const at = this.clock.now();
      const dead = await tx.find(HookDelivery, {
        where: { hookId, status: 'dead', createdAt: And(MoreThanOrEqual(range.from), LessThan(range.to)) },
        order: { createdAt: 'ASC', id: 'ASC' },
        take: MOST_REPLAYED,
        lock: { mode: 'pessimistic_write' },
      });
      for (const { id } of dead) await scheduleDelivery(tx, id, at, AGAIN);
      const data = { replayed: dead.length };
      await recordAudit(tx, { at, actor, action: 'webhook.replayed', subject: hookId, data });
      return dead.length;
    });
  }
}

const AGAIN = { status: 'pending', attempts: 0, deliveredAt: null } as const;

async function refuseDisabled(tx: EntityManager, hookId: string): Promise<void> {
  const hook = await tx.findOneBy(EventHook, { id: hookId });
  if (!hook) throw new EventHookError('WEBHOOK_NOT_FOUND');
  if (!hook.enabled) throw new EventHookError('WEBHOOK_DISABLED');
}
