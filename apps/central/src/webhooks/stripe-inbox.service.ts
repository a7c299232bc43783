import { Clock, defineJob, enqueue, inTransaction, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { StripeGateway, type StripeCheckoutSession, type StripeEvent } from '#checkout';
import { OrderSettlement } from './order-settlement.service.js';
import { StripeEventRow } from './stripe-event.entity.js';

export const handleStripeEvent = defineJob<{ eventId: string }>('handle-stripe-event');

/** Job key of an event: one job of it waits at any time. */
export function stripeEventJobKey(eventId: string): string {
  return `stripe:${eventId}`;
}

type Change = (settlement: OrderSettlement, tx: EntityManager, session: StripeCheckoutSession) => Promise<string>;

/** What each event does to its order. Every other event is kept and ignored. */
const CHANGES: ReadonlyMap<string, Change> = new Map<string, Change>([
  [
    'checkout.session.completed',
    (settlement, tx, session) =>
      session.payment_status === 'unpaid'
        ? settlement.advance(tx, session, 'awaiting_payment')
        : settlement.pay(tx, session),
  ],
  ['checkout.session.async_payment_succeeded', (settlement, tx, session) => settlement.pay(tx, session)],
  ['checkout.session.async_payment_failed', (settlement, tx, session) => settlement.advance(tx, session, 'failed')],
  ['checkout.session.expired', (settlement, tx, session) => settlement.advance(tx, session, 'expired')],
]);

@Injectable()
export class StripeInbox {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly stripe: StripeGateway,
    private readonly settlement: OrderSettlement,
  ) {}

  /** Keeps an event that Stripe signed and lets a job handle it; one that is kept already changes nothing. @throws {CheckoutError} */
  async receive(rawBody: Buffer, signature: string): Promise<void> {
    const { id, type } = this.stripe.readEvent(rawBody, signature);
    await inTransaction(this.dataSource, async (tx) => {
      const inserted: unknown[] = await tx.query(
        `INSERT INTO stripe_events (id, type, body, received_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING RETURNING id`,
        [id, type, rawBody.toString('utf8'), this.clock.now()],
      );
      if (inserted.length === 0) return;
      await enqueue(tx, handleStripeEvent, { eventId: id }, { key: stripeEventJobKey(id) });
    });
  }

  /** Does what an event asks for, once: it is locked, and what was handled stays as it is. */
  @OnJob(handleStripeEvent)
  async handle({ eventId }: { eventId: string }): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const where = { id: eventId };
      const row = await tx.findOne(StripeEventRow, { where, lock: { mode: 'pessimistic_write' } });
      if (!row || row.handledAt !== null) return;
      const event = JSON.parse(row.body) as StripeEvent;
      const change = CHANGES.get(event.type);
      const outcome = change
        ? await change(this.settlement, tx, event.data.object as StripeCheckoutSession)
        : 'ignored';
      await tx.update(StripeEventRow, where, { handledAt: this.clock.now(), outcome });
    });
  }
}
