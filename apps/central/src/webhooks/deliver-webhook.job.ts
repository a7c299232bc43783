import { nextAttemptAt } from '@hansa/contracts';
import { Clock, enqueue, inTransaction, OnJob, Outbound } from '@hansa/platform';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { CentralConfig } from '#config';
import { Instance, InstancesService, scheduleDelivery, takesPushes } from '#instances';
import { Delivery, DeliveryAttempt, deliverWebhook, deliveryJobKey, OutboxEvent, OutboxService } from '#outbox';
import { push, type Push, type PushOutcome } from './push.js';

/** How long a try belongs to the process that began it: the 30 s a shop may take, and some to write down the outcome. */
const LEASE_SECONDS = 45;
/** The endpoint is gone for good (federation.md §3). */
const GONE = 410;

interface Try {
  readonly instanceId: string;
  readonly startedAt: Date;
  readonly push: Push;
}

@Injectable()
export class DeliverWebhookJob implements OnModuleDestroy {
  private readonly outbound: Outbound;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly instances: InstancesService,
    private readonly outbox: OutboxService,
    config: CentralConfig,
  ) {
    this.outbound = new Outbound({ allowPrivate: config.instances.allowPrivate });
  }

  async onModuleDestroy(): Promise<void> {
    await this.outbound.close();
  }

  /**
   * Tries a delivery that is due: claim, send, record, each by itself, so that no transaction is open while a shop thinks.
   *
   * A process that dies in between leaves a claim that ends; the try after it carries the same delivery id.
   */
  @OnJob(deliverWebhook)
  async deliver({ deliveryId }: { deliveryId: string }): Promise<void> {
    const claimed = await inTransaction(this.dataSource, (tx) => this.claim(tx, deliveryId));
    if (!claimed) return;
    const outcome = await push(this.outbound, claimed.push, claimed.startedAt);
    await inTransaction(this.dataSource, (tx) => this.record(tx, claimed, outcome));
  }

  /** Takes the delivery for this process, if it is due and its instance takes pushes. */
  private async claim(tx: EntityManager, deliveryId: string): Promise<Try | undefined> {
    const delivery = await lockDelivery(tx, deliveryId);
    if (delivery?.status !== 'pending' || delivery.nextAttemptAt === null) return undefined;
    const startedAt = this.clock.now();
    if (delivery.nextAttemptAt > startedAt) {
      // Another process is at it, or the clock of the database runs ahead of ours.
      await enqueue(
        tx,
        deliverWebhook,
        { deliveryId },
        { key: deliveryJobKey(deliveryId), runAt: delivery.nextAttemptAt },
      );
      return undefined;
    }
    const instance = await tx.findOneByOrFail(Instance, { id: delivery.instanceId });
    if (!takesPushes(instance)) {
      await tx.update(Delivery, { id: deliveryId }, { nextAttemptAt: null });
      return undefined;
    }
    const leaseEnds = new Date(startedAt.getTime() + LEASE_SECONDS * 1_000);
    await tx.update(Delivery, { id: deliveryId }, { nextAttemptAt: leaseEnds });
    const event = await tx.findOneByOrFail(OutboxEvent, { id: delivery.eventId });
    const secrets = this.instances.webhookSecrets(instance);
    const body = this.outbox.openBody(event);
    const { id: instanceId, baseUrl } = instance;
    return { instanceId, startedAt, push: { baseUrl, deliveryId, event: event.type, body, secrets } };
  }

  /** Writes the attempt down and says what is next, in one transaction. */
  private async record(tx: EntityManager, { instanceId, startedAt, push }: Try, outcome: PushOutcome): Promise<void> {
    const { deliveryId } = push;
    const delivery = await lockDelivery(tx, deliveryId);
    if (!delivery) return;
    await tx.insert(DeliveryAttempt, { deliveryId, attempt: await nextNumber(tx, deliveryId), startedAt, ...outcome });
    if (delivery.status !== 'pending') return; // taken from the inbox meanwhile: done is done

    const now = this.clock.now();
    const attempts = delivery.attempts + 1;
    const { httpStatus } = outcome;
    if (httpStatus !== null && httpStatus >= 200 && httpStatus < 300) {
      const done = { status: 'delivered', attempts, deliveredAt: now, nextAttemptAt: null } as const;
      await tx.update(Delivery, { id: deliveryId }, done);
      return;
    }
    if (httpStatus === GONE) {
      await tx.update(Instance, { id: instanceId }, { pushDisabledAt: now });
      await tx.update(Delivery, { id: deliveryId }, { attempts, nextAttemptAt: null });
      const audit = { at: now, actor: 'system', action: 'instance.push_disabled', subject: instanceId };
      await recordAudit(tx, { ...audit, data: { deliveryId } });
      return;
    }
    const at = nextAttemptAt(attempts, now);
    if (at) await scheduleDelivery(tx, deliveryId, { at, attempts });
    else await tx.update(Delivery, { id: deliveryId }, { status: 'dead', attempts, nextAttemptAt: null });
  }
}

async function lockDelivery(tx: EntityManager, id: string): Promise<Delivery | null> {
  return tx.findOne(Delivery, { where: { id }, lock: { mode: 'pessimistic_write' } });
}

/** Attempts are counted on through every replay, so none is ever overwritten. */
async function nextNumber(tx: EntityManager, deliveryId: string): Promise<number> {
  return 1 + (await tx.countBy(DeliveryAttempt, { deliveryId }));
}
