import { nextAttemptAt } from '@hansa/contracts';
import { Clock, enqueue, inTransaction, OnJob } from '@hansa/platform';
import { signWebhook } from '@hansa/trust';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { notify } from '#audit';
import { PublicEgress, type PublicAnswer } from '#egress';
import { EventHook, HookAttempt, HookDelivery } from './event-hook.entity.js';
import { lockHook } from './event-hooks.service.js';
import { HookSecrets } from './hook-secrets.js';
import { DELIVER_EVENT, lockDelivery, scheduleDelivery } from './schedule-delivery.js';

/** How long a listener may take (federation.md §3). */
const TIMEOUT_MS = 30_000;
/** How long a try belongs to the process that began it: the time above, and some to write down the outcome. */
const LEASE_MS = 45_000;
/** The endpoint is gone for good (federation.md §3). */
const GONE = 410;

interface Try {
  readonly hook: EventHook;
  readonly delivery: HookDelivery;
  readonly startedAt: Date;
}

@Injectable()
export class DeliverEventJob {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly egress: PublicEgress,
    private readonly secrets: HookSecrets,
  ) {}

  /**
   * Tries a delivery that is due: claim, send, record, each by itself, so that no transaction is open while a listener thinks.
   *
   * A process that dies in between leaves a claim that ends; the try after it carries the same delivery id.
   */
  @OnJob(DELIVER_EVENT)
  async deliver({ deliveryId }: { deliveryId: string }): Promise<void> {
    const claimed = await inTransaction(this.dataSource, (tx) => this.claim(tx, deliveryId));
    if (!claimed) return;
    const answer = await this.send(claimed);
    await inTransaction(this.dataSource, (tx) => this.record(tx, claimed, answer));
  }

  /** Takes the delivery for this process, if it is due and its endpoint is to be called. */
  private async claim(tx: EntityManager, id: string): Promise<Try | null> {
    const known = await tx.findOneBy(HookDelivery, { id });
    // Before the delivery, as everywhere: whoever enables the endpoint again must find what was put aside because it was not.
    const hook = known && (await lockHook(tx, known.hookId));
    if (!hook) return null;
    const delivery = await lockDelivery(tx, id);
    if (delivery?.status !== 'pending' || delivery.nextAttemptAt === null) return null;
    const startedAt = this.clock.now();
    if (delivery.nextAttemptAt > startedAt) {
      // Another process is at it, or the clock of the database runs ahead of ours.
      const options = { key: `deliver-event:${id}`, runAt: delivery.nextAttemptAt };
      await enqueue(tx, DELIVER_EVENT, { deliveryId: id }, options);
      return null;
    }
    const leaseEnds = new Date(startedAt.getTime() + LEASE_MS);
    await tx.update(HookDelivery, { id }, { nextAttemptAt: hook.enabled ? leaseEnds : null });
    return hook.enabled ? { hook, delivery, startedAt } : null;
  }

  /** Signed afresh for every try, with every secret that counts now. */
  private async send({ hook, delivery, startedAt }: Try): Promise<PublicAnswer> {
    const { id: deliveryId, event, body } = delivery;
    const secrets = this.secrets.open(hook, startedAt);
    const signature = signWebhook({ secrets, deliveryId, event, body: Buffer.from(body), at: startedAt });
    const headers = { 'content-type': 'application/json', 'user-agent': 'Hansa', ...signature };
    return this.egress.post({ url: hook.url, headers, body, timeoutMs: TIMEOUT_MS });
  }

  /** Writes the try down and says what is next, in one transaction. */
  private async record(
    tx: EntityManager,
    { hook, delivery: { id }, startedAt }: Try,
    answer: PublicAnswer,
  ): Promise<void> {
    await lockHook(tx, hook.id);
    const delivery = await lockDelivery(tx, id);
    if (!delivery) return; // its endpoint was deleted meanwhile
    const attempt = 1 + (await tx.countBy(HookAttempt, { deliveryId: id }));
    await tx.insert(HookAttempt, { deliveryId: id, attempt, startedAt, ...answer });
    if (delivery.status !== 'pending') return;
    const now = this.clock.now();
    const { status } = answer;
    if (status !== null && status >= 200 && status < 300) {
      await tx.update(HookDelivery, { id }, { status: 'delivered', deliveredAt: now, nextAttemptAt: null });
      return;
    }
    const attempts = delivery.attempts + 1;
    if (status === GONE) return this.disable(tx, hook, { id, attempts }, now);
    const next = nextAttemptAt(attempts, now);
    if (next) await scheduleDelivery(tx, id, next, { attempts });
    else await this.giveUp(tx, hook, { id, attempts }, now);
  }

  private async disable(
    tx: EntityManager,
    hook: EventHook,
    of: { id: string; attempts: number },
    at: Date,
  ): Promise<void> {
    const change = { enabled: false, disabledReason: 'GONE', updatedAt: at } as const;
    await tx.update(EventHook, { id: hook.id, enabled: true }, change);
    await tx.update(HookDelivery, { id: of.id }, { attempts: of.attempts, nextAttemptAt: null });
    const message = `${new URL(hook.url).host} says that it is gone: its webhook is disabled, and what is on its way waits.`;
    await notify(tx, { at, code: 'WEBHOOK_GONE', severity: 'warning', message, subject: hook.id });
  }

  private async giveUp(
    tx: EntityManager,
    hook: EventHook,
    of: { id: string; attempts: number },
    at: Date,
  ): Promise<void> {
    await tx.update(HookDelivery, { id: of.id }, { status: 'dead', attempts: of.attempts, nextAttemptAt: null });
    const message = `${new URL(hook.url).host} could not be told of events. They are kept and can be sent again.`;
    const onceKey = `webhook-failing:${hook.id}:${at.toISOString().slice(0, 10)}`;
    await notify(tx, { at, code: 'WEBHOOK_FAILING', severity: 'warning', message, subject: hook.id, onceKey });
  }
}
