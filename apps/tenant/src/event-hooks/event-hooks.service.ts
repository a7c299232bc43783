import { Clock, inTransaction, newId } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { pageOf, type PageQuery } from '#database';
import { PublicEgress } from '#egress';
import { EventHook, HookDelivery } from './event-hook.entity.js';
import { EventHookError } from './event-hooks.errors.js';
import type { CreateWebhookRequest, UpdateWebhookRequest } from './hook-requests.js';
import { HookSecrets } from './hook-secrets.js';
import { scheduleDelivery } from './schedule-delivery.js';

/** Each event costs a delivery a listener. */
const MOST_WEBHOOKS = 50;

/** Who listens to the shop's events. */
@Injectable()
export class EventHooksService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly egress: PublicEgress,
    private readonly secrets: HookSecrets,
  ) {}

  /**
   * Adds a listener. The secret is in this answer and in no other.
   *
   * @throws {EventHookError} WEBHOOK_URL_REFUSED, WEBHOOK_SECRET_UNSOUND or TOO_MANY_WEBHOOKS
   */
  async create(
    request: CreateWebhookRequest,
    actor: string,
  ): Promise<{ readonly hook: EventHook; readonly secret: string }> {
    const url = this.readUrl(request.url);
    const id = newId('whk');
    const { secret, sealed } = this.secrets.make(id, request.signing_secret);
    return inTransaction(this.dataSource, async (tx) => {
      // Counted under a lock: of two that ask at the same time for the last place, one gets it.
      await tx.query(`SELECT pg_advisory_xact_lock(hashtext('event_hooks'))`);
      if ((await tx.count(EventHook)) >= MOST_WEBHOOKS) throw new EventHookError('TOO_MANY_WEBHOOKS');
      const now = this.clock.now();
      const times = { createdAt: now, updatedAt: now };
      await tx.insert(EventHook, { id, url, events: request.events, secretSealed: sealed, enabled: true, ...times });
      await recordAudit(tx, { at: now, actor, action: 'webhook.created', subject: id });
      return { hook: await tx.findOneByOrFail(EventHook, { id }), secret };
    });
  }

  async list(query: PageQuery): Promise<{ readonly hooks: readonly EventHook[]; readonly count: number }> {
    const order = { createdAt: 'ASC', id: 'ASC' } as const;
    const [hooks, count] = await this.dataSource.manager.findAndCount(EventHook, { order, ...pageOf(query) });
    return { hooks, count };
  }

  /** @throws {EventHookError} WEBHOOK_NOT_FOUND */
  async find(id: string): Promise<EventHook> {
    return found(await this.dataSource.manager.findOneBy(EventHook, { id }));
  }

  /**
   * Replaces address, events and whether it is called. One that is called again gets what has waited for it meanwhile.
   *
   * @throws {EventHookError} WEBHOOK_NOT_FOUND or WEBHOOK_URL_REFUSED
   */
  async update(id: string, { url, events, enabled }: UpdateWebhookRequest, actor: string): Promise<EventHook> {
    const href = this.readUrl(url);
    return inTransaction(this.dataSource, async (tx) => {
      const hook = found(await lockHook(tx, id));
      const now = this.clock.now();
      const disabledReason = enabled ? null : (hook.disabledReason ?? 'BY_ADMIN');
      await tx.update(EventHook, { id }, { url: href, events, enabled, disabledReason, updatedAt: now });
      await recordAudit(tx, { at: now, actor, action: 'webhook.updated', subject: id, data: { enabled } });
      if (enabled && !hook.enabled) await this.resume(tx, id, now);
      return tx.findOneByOrFail(EventHook, { id });
    });
  }

  /** A new secret, shown once; the one before signs beside it for a day. @throws {EventHookError} WEBHOOK_NOT_FOUND */
  async rotateSecret(id: string, actor: string): Promise<string> {
    return inTransaction(this.dataSource, async (tx) => {
      const hook = found(await lockHook(tx, id));
      const now = this.clock.now();
      const { secret, change } = this.secrets.rotate(hook, now);
      await tx.update(EventHook, { id }, { ...change, updatedAt: now });
      await recordAudit(tx, { at: now, actor, action: 'webhook.secret_rotated', subject: id });
      return secret;
    });
  }

  /** Forgets a listener and everything on its way to it. @throws {EventHookError} WEBHOOK_NOT_FOUND */
  async remove(id: string, actor: string): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const { affected } = await tx.delete(EventHook, { id });
      if (affected !== 1) throw new EventHookError('WEBHOOK_NOT_FOUND');
      await recordAudit(tx, { at: this.clock.now(), actor, action: 'webhook.deleted', subject: id });
    });
  }

  private async resume(tx: EntityManager, hookId: string, now: Date): Promise<void> {
    const waiting = await tx.findBy(HookDelivery, { hookId, status: 'pending', nextAttemptAt: IsNull() });
    for (const { id } of waiting) await scheduleDelivery(tx, id, now);
  }

  private readUrl(url: string): string {
    const href = this.egress.read(url);
    if (href === null) throw new EventHookError('WEBHOOK_URL_REFUSED');
    return href;
  }
}

/** Locks a webhook, so that changes of it queue up. */
export function lockHook(tx: EntityManager, id: string): Promise<EventHook | null> {
  return tx.findOne(EventHook, { where: { id }, lock: { mode: 'pessimistic_write' } });
}

function found(hook: EventHook | null): EventHook {
  if (!hook) throw new EventHookError('WEBHOOK_NOT_FOUND');
  return hook;
}
