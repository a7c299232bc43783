import { Clock, defineJob, enqueue, inTransaction, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import {
  StripeGateway,
  type StripeCharge,
  type StripeCheckoutSession,
  type StripeDispute,
  type StripeEvent,
  type StripeInvoice,
  type StripeInvoicePayment,
  type StripeSubscription,
} from '#checkout';
import { PayoutAccounts, type StripeAccount } from '#earnings';
import { MoneyEvents } from './money-events.service.js';
import { lockMoney } from './money-lock.js';
import { OrderSettlement } from './order-settlement.service.js';
import { StripeEventRow } from './stripe-event.entity.js';
import { timeOf, type Heard } from './stripe-facts.js';

export const handleStripeEvent = defineJob<{ eventId: string }>('handle-stripe-event');

/** Job key of an event: one job of it waits at any time. */
export function stripeEventJobKey(eventId: string): string {
  return `stripe:${eventId}`;
}

interface Handler {
  /** Whether the event names its order; one that does not runs alone (see `lockMoney`). */
  readonly namesOrder: boolean;
  readonly act: (inbox: Acting, tx: EntityManager, event: StripeEvent, heard: Heard) => Promise<string>;
}

interface Acting {
  readonly settlement: OrderSettlement;
  readonly money: MoneyEvents;
  readonly payoutAccounts: PayoutAccounts;
}

const ofOrder = (act: Handler['act']): Handler => ({ namesOrder: true, act });
const ofPayment = (act: Handler['act']): Handler => ({ namesOrder: false, act });
const session = (event: StripeEvent) => event.data.object as StripeCheckoutSession;

const disputed = ofPayment(({ money }, tx, event, heard) =>
  money.disputed(tx, event.data.object as StripeDispute, heard),
);
const subscriptionChanged = ofOrder(({ money }, tx, event, heard) =>
  money.subscriptionChanged(tx, event.data.object as StripeSubscription, heard),
);

/** What each event does. Every other event is kept and ignored. */
const HANDLERS: ReadonlyMap<string, Handler> = new Map([
  [
    'checkout.session.completed',
    ofOrder(({ settlement }, tx, event, heard) =>
      session(event).payment_status === 'unpaid'
        ? settlement.advance(tx, session(event), 'awaiting_payment')
        : settlement.pay(tx, session(event), heard),
    ),
  ],
  [
    'checkout.session.async_payment_succeeded',
    ofOrder(({ settlement }, tx, event, heard) => settlement.pay(tx, session(event), heard)),
  ],
  [
    'checkout.session.async_payment_failed',
    ofOrder(({ settlement }, tx, event) => settlement.advance(tx, session(event), 'failed')),
  ],
  [
    'checkout.session.expired',
    ofOrder(({ settlement }, tx, event) => settlement.advance(tx, session(event), 'expired')),
  ],
  [
    'invoice.paid',
    ofOrder(({ money }, tx, event, heard) => money.invoicePaid(tx, event.data.object as StripeInvoice, heard)),
  ],
  [
    'invoice.payment_failed',
    ofOrder(({ money }, tx, event, heard) => money.paymentFailed(tx, event.data.object as StripeInvoice, heard)),
  ],
  [
    'invoice_payment.paid',
    ofPayment(({ money }, tx, event, heard) =>
      money.invoicePaymentPaid(tx, event.data.object as StripeInvoicePayment, heard),
    ),
  ],
  ['customer.subscription.updated', subscriptionChanged],
  ['customer.subscription.deleted', subscriptionChanged],
  [
    'charge.refunded',
    ofPayment(({ money }, tx, event, heard) => money.refunded(tx, event.data.object as StripeCharge, heard)),
  ],
  [
    'account.updated',
    ofOrder(async ({ payoutAccounts }, tx, event, { at }) =>
      (await payoutAccounts.hear(tx, event.data.object as StripeAccount, at)) ? 'payout_account_updated' : 'ignored',
    ),
  ],
  ['charge.dispute.created', disputed],
  ['charge.dispute.updated', disputed],
  ['charge.dispute.closed', disputed],
]);

@Injectable()
export class StripeInbox {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly stripe: StripeGateway,
    private readonly settlement: OrderSettlement,
    private readonly money: MoneyEvents,
    private readonly payoutAccounts: PayoutAccounts,
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
      const outcome = await this.act(tx, event);
      await tx.update(StripeEventRow, where, { handledAt: this.clock.now(), outcome });
    });
  }

  private async act(tx: EntityManager, event: StripeEvent): Promise<string> {
    const handler = HANDLERS.get(event.type);
    if (!handler) return 'ignored';
    await lockMoney(tx, handler.namesOrder ? 'one_of_many' : 'alone');
    const heard = { eventId: event.id, at: timeOf(event.created) ?? this.clock.now() };
    return handler.act(
      { settlement: this.settlement, money: this.money, payoutAccounts: this.payoutAccounts },
      tx,
      event,
      heard,
    );
  }
}
