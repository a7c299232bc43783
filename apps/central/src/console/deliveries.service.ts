import { Clock, inTransaction } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { Between, DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { scheduleDelivery } from '#instances';
import { Delivery, DeliveryAttempt, OutboxEvent, type DeliveryStatus } from '#outbox';
import { DeliveryError } from './deliveries.errors.js';

/** Dead letters one call sends again; the caller asks again while the answer is this many. */
export const REPLAY_BATCH = 500;

export interface DeliveryFilter {
  readonly status?: DeliveryStatus | undefined;
  readonly instance?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

export type ListedDelivery = Delivery & { readonly event: string };

/** What operators do with deliveries: look, and send again. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Newest first. Bodies are not shown: they carry license keys. */
  async list({ status, instance, limit, offset }: DeliveryFilter): Promise<{ items: ListedDelivery[]; count: number }> {
    const db = this.dataSource.manager;
    const where = { ...(status ? { status } : {}), ...(instance ? { instanceId: instance } : {}) };
    const [found, count] = await db.findAndCount(Delivery, {
      where,
      order: { sequence: 'DESC' },
      take: limit,
      skip: offset,
    });
    return { items: await Promise.all(found.map((delivery) => withEvent(db, delivery))), count };
  }

  /** @throws {DeliveryError} DELIVERY_NOT_FOUND */
  async find(id: string): Promise<{ delivery: ListedDelivery; attempts: DeliveryAttempt[] }> {
    const db = this.dataSource.manager;
    const delivery = await db.findOneBy(Delivery, { id });
    if (!delivery) throw new DeliveryError('DELIVERY_NOT_FOUND');
    const attempts = await db.find(DeliveryAttempt, { where: { deliveryId: id }, order: { attempt: 'ASC' } });
    return { delivery: await withEvent(db, delivery), attempts };
  }

  /** Sends a delivery again at once, with the whole schedule before it. @throws {DeliveryError} DELIVERY_NOT_FOUND or DELIVERY_DONE */
  async replay(id: string, actor: string): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const delivery = await tx.findOne(Delivery, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (!delivery) throw new DeliveryError('DELIVERY_NOT_FOUND');
      if (delivery.status === 'delivered') throw new DeliveryError('DELIVERY_DONE');
      await this.again(tx, id, actor);
    });
  }

  /** Sends the dead letters recorded from `from` to `to` again, oldest first, and returns how many: at most REPLAY_BATCH. */
  async replayRange(from: Date, to: Date, actor: string): Promise<number> {
    return inTransaction(this.dataSource, async (tx) => {
      const dead = await tx.find(Delivery, {
        where: { status: 'dead', createdAt: Between(from, to) },
        order: { sequence: 'ASC' },
        take: REPLAY_BATCH,
        lock: { mode: 'pessimistic_write' },
      });
      for (const { id } of dead) await this.again(tx, id, actor);
      return dead.length;
    });
  }

  private async again(tx: EntityManager, id: string, actor: string): Promise<void> {
    const at = this.clock.now();
    await scheduleDelivery(tx, id, { at, attempts: 0 });
    await recordAudit(tx, { at, actor, action: 'delivery.replayed', subject: id });
  }
}

async function withEvent(db: EntityManager, delivery: Delivery): Promise<ListedDelivery> {
  const { type } = await db.findOneOrFail(OutboxEvent, { where: { id: delivery.eventId }, select: { type: true } });
  return Object.assign(delivery, { event: type });
}
