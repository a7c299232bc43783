import { Clock, defineJob, inTransaction, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { DataSource } from 'typeorm';
import { recordAudit } from '#audit';
import { StripeGateway, type OrderStatus, type StripeCheckoutSession, type StripeEvent } from '#checkout';
import { HEARD_TYPES, StripeInbox } from './stripe-inbox.service.js';
import { StripeReconciliationRow } from './stripe-reconciliation.entity.js';

export const reconcileStripe = defineJob('reconcile-stripe', { cron: '41 * * * *' });

/** How far before the last look the next one begins: Stripe may list late what happened early. */
const OVERLAP_MS = 86_400_000;
/** Ids that are looked up together, and sessions of overdue orders that are asked for in one run. */
const BATCH = 100;
const SESSION_EVENT = 'checkout.session.';

/** What a run found. */
export interface Reconciled {
  readonly since: string;
  readonly until: string;
  readonly events: number;
  readonly sessions: number;
  /** Ids of what the hub had not heard; each has a job that handles it. */
  readonly recovered: readonly string[];
}

interface KnownOrder {
  readonly session: string;
  readonly status: OrderStatus;
}

/**
 * Finds what lost webhooks left undone (money.md §7). Everything found is put into the inbox under its own id and handled as if it
 * had been delivered; a run that is killed anywhere is done again from the same time, and what it found already changes nothing.
 */
@Injectable()
export class StripeReconciliation {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly stripe: StripeGateway,
    private readonly inbox: StripeInbox,
  ) {}

  @OnJob(reconcileStripe)
  async runOnSchedule(): Promise<void> {
    if (this.stripe.isConfigured) await this.run('system');
  }

  /** Looks at everything since the last run, a day more; since `from` when it is named. @throws {CheckoutError} CHECKOUT_UNAVAILABLE */
  async run(actor: string, from?: Date): Promise<Reconciled> {
    const client = this.stripe.requireConfigured();
    const until = this.clock.now();
    const since = from ?? (await this.lastLook(until));
    const created = { gte: Math.floor(since.getTime() / 1_000) };
    const told = new Set<string>();
    const recovered: string[] = [];
    let events = 0;
    for await (const page of pagesOf(client.events.list({ created, limit: BATCH, types: [...HEARD_TYPES] }))) {
      events += page.length;
      for (const { type, data } of page)
        if (type.startsWith(SESSION_EVENT)) told.add((data.object as { id: string }).id);
      recovered.push(...(await this.hear(page)));
    }
    let sessions = 0;
    for await (const page of pagesOf(client.checkout.sessions.list({ created, limit: BATCH }))) {
      sessions += page.length;
      recovered.push(...(await this.settle(page.filter(({ id }) => !told.has(id)))));
    }
    const overdue = await this.overdueSessions(until, told);
    for (const id of overdue) recovered.push(...(await this.settle([await client.checkout.sessions.retrieve(id)])));
    const found = { since, until, events, sessions: sessions + overdue.length, recovered: [...new Set(recovered)] };
    await this.record(found, actor);
    return { ...found, since: since.toISOString(), until: until.toISOString() };
  }

  /** Keeps the events the hub never had. Names them. */
  private async hear(events: readonly StripeEvent[]): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query('SELECT id FROM stripe_events WHERE id = ANY ($1)', [
      events.map(({ id }) => id),
    ]);
    const known = new Set(rows.map(({ id }) => id));
    const lost = events.filter(({ id }) => !known.has(id));
    for (const event of lost) await this.inbox.keep(event, JSON.stringify(event));
    return lost.map(({ id }) => id);
  }

  /**
   * Says of sessions what their events would have said, where the orders do not know it. Stripe forgets events after 30 days, and
   * never forgets sessions.
   */
  private async settle(sessions: readonly StripeCheckoutSession[]): Promise<string[]> {
    const orders: KnownOrder[] = await this.dataSource.query(
      `SELECT coalesce(o.stripe_session_id, u.stripe_session_id) AS session, o.status
         FROM orders o LEFT JOIN purchases u ON u.id = o.purchase_id
        WHERE o.stripe_session_id = ANY ($1) OR u.stripe_session_id = ANY ($1)`,
      [sessions.map(({ id }) => id)],
    );
    const recovered: string[] = [];
    for (const session of sessions) {
      const stands = orders.filter((order) => order.session === session.id).map(({ status }) => status);
      const type = untold(session, stands);
      if (type === null) continue;
      const id = `rec_${session.id}_${session.payment_status}_${String(session.status)}`;
      const { livemode, created } = session;
      const event = {
        id,
        object: 'event',
        type: `${SESSION_EVENT}${type}`,
        created,
        livemode,
        data: { object: session },
      };
      if (await this.inbox.keep(event, JSON.stringify(event))) recovered.push(id);
    }
    return recovered;
  }

  /** Sessions of orders that should have heard how they ended, whenever they were opened. */
  private async overdueSessions(now: Date, told: ReadonlySet<string>): Promise<string[]> {
    const rows: { session: string }[] = await this.dataSource.query(
      `SELECT DISTINCT coalesce(o.stripe_session_id, u.stripe_session_id) AS session
         FROM orders o LEFT JOIN purchases u ON u.id = o.purchase_id
        WHERE o.status IN ('open', 'awaiting_payment') AND o.expires_at < $1
          AND coalesce(o.stripe_session_id, u.stripe_session_id) IS NOT NULL ORDER BY session LIMIT $2`,
      [now, BATCH],
    );
    return rows.map(({ session }) => session).filter((id) => !told.has(id));
  }

  private async lastLook(now: Date): Promise<Date> {
    const [row]: { at: Date | null }[] = await this.dataSource.query(
      `SELECT coalesce((SELECT max(until) FROM stripe_reconciliations), (SELECT min(created_at) FROM orders)) AS at`,
    );
    return new Date((row?.at ?? now).getTime() - OVERLAP_MS);
  }

  private async record(found: Omit<StripeReconciliationRow, 'id' | 'finishedAt'>, actor: string): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const at = this.clock.now();
      await tx.insert(StripeReconciliationRow, { ...found, finishedAt: at });
      if (found.recovered.length === 0) return;
      const data = { recovered: found.recovered.slice(0, BATCH), count: found.recovered.length };
      await recordAudit(tx, { at, actor, action: 'stripe.reconciled', subject: 'stripe', data });
    });
  }
}

/** What the orders of a session have not heard about it; null when they know, or when there is nothing to tell. */
function untold({ status, payment_status }: StripeCheckoutSession, stands: readonly OrderStatus[]): string | null {
  if (status === 'expired') return stands.includes('open') ? 'expired' : null;
  if (status !== 'complete') return null;
  if (payment_status === 'unpaid') return stands.some((it) => it === 'open' || it === 'expired') ? 'completed' : null;
  return stands.some((it) => it !== 'paid') ? 'completed' : null;
}

/** The pages of a list of Stripe's. */
async function* pagesOf<T>(list: Stripe.ApiListPromise<T>): AsyncGenerator<T[]> {
  let page: T[] = [];
  for await (const item of list) {
    page.push(item);
    if (page.length < BATCH) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
