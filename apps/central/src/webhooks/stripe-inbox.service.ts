import { Clock, defineJob, inTransaction, jobCall, OnJob, Writes } from '@hansa/platform';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import {
  CheckoutError,
  StripeGateway,
  type StripeCharge,
  type StripeCheckoutSession,
  type StripeDispute,
  type StripeEvent,
  type StripeInvoice,
  type StripeInvoicePayment,
  type StripePaymentIntent,
  type StripeSubscription,
} from '#checkout';
import { PayoutAccounts, type StripeAccount } from '#earnings';
import { CaptureEvents } from './capture-events.service.js';
import { MoneyEvents } from './money-events.service.js';
import { OrderSettlement } from './order-settlement.service.js';
import { StripeEventRow } from './stripe-event.entity.js';
import { takeEvent } from './stripe-events.repository.js';
import { timeOf, type Hearing, type Outcome, type Refused } from './stripe-facts.js';

export const handleStripeEvent = defineJob<{ eventId: string }>('handle-stripe-event');

/** Job key of an event: one job of it waits at any time. */
export function stripeEventJobKey(eventId: string): string {
  return `stripe:${eventId}`;
}

type Act = (inbox: Acting, hearing: Hearing, event: StripeEvent) => Outcome | Promise<Outcome>;

interface Acting {
  readonly settlement: OrderSettlement;
  readonly captures: CaptureEvents;
  readonly money: MoneyEvents;
  readonly payoutAccounts: PayoutAccounts;
}

const session = (event: StripeEvent) => event.data.object as StripeCheckoutSession;
const payment = (event: StripeEvent) => event.data.object as StripePaymentIntent;
const invoice = (event: StripeEvent) => event.data.object as StripeInvoice;

const disputed: Act = ({ money }, hearing, event) => money.disputed(hearing, event.data.object as StripeDispute);
const invoiceTold: Act = ({ money }, hearing, event) => money.invoiceTold(hearing, invoice(event));
const subscriptionChanged: Act = ({ money }, hearing, event) =>
  money.subscriptionChanged(hearing, event.data.object as StripeSubscription);

/** What each event that names its order, or needs none, does. */
const OF_ORDERS: Readonly<Record<string, Act>> = {
  'checkout.session.completed': ({ settlement }, hearing, event) =>
    session(event).payment_status === 'unpaid'
      ? settlement.advance(hearing, session(event), 'awaiting_payment')
      : settlement.pay(hearing, session(event)),
  'checkout.session.async_payment_succeeded': ({ settlement }, hearing, event) =>
    settlement.pay(hearing, session(event)),
  'checkout.session.async_payment_failed': ({ settlement }, hearing, event) =>
    settlement.advance(hearing, session(event), 'failed'),
  'checkout.session.expired': ({ settlement }, hearing, event) =>
    settlement.advance(hearing, session(event), 'expired'),
  'payment_intent.succeeded': ({ captures }, hearing, event) => captures.captured(hearing, payment(event)),
  'payment_intent.canceled': ({ captures }, hearing) => captures.released(hearing),
  'invoice.paid': ({ money }, hearing, event) => money.invoicePaid(hearing, invoice(event)),
  'invoice.payment_failed': ({ money }, hearing, event) => money.paymentFailed(hearing, invoice(event)),
  'invoice.finalized': invoiceTold,
  'invoice.marked_uncollectible': invoiceTold,
  'invoice.voided': invoiceTold,
  // The oldest word about it: one of the same second, whatever its id, is newer.
  'customer.subscription.created': (acting, hearing, event) =>
    subscriptionChanged(acting, { ...hearing, eventId: '' }, event),
  'customer.subscription.updated': subscriptionChanged,
  'customer.subscription.deleted': subscriptionChanged,
  'account.updated': async ({ payoutAccounts }, { tx, at }, event) =>
    (await payoutAccounts.hear(tx, event.data.object as StripeAccount, at)) ? 'payout_account_updated' : 'ignored',
};

/** What each event that names a payment only does; these run alone (see `takeEvent`). */
const OF_PAYMENTS: Readonly<Record<string, Act>> = {
  'invoice_payment.paid': ({ money }, hearing, event) =>
    money.invoicePaymentPaid(hearing, event.data.object as StripeInvoicePayment),
  'charge.refunded': ({ money }, hearing, event) => money.refunded(hearing, event.data.object as StripeCharge),
  'charge.dispute.created': disputed,
  'charge.dispute.updated': disputed,
  'charge.dispute.closed': disputed,
};

/** Every other event is kept and ignored. */
const ACTS: ReadonlyMap<string, Act> = new Map(Object.entries({ ...OF_ORDERS, ...OF_PAYMENTS }));
const ALONE = Object.keys(OF_PAYMENTS);
/** Types of events that say something; the endpoint at Stripe must send these. No more than 20 can be asked for at once. */
export const HEARD_TYPES: readonly string[] = [...ACTS.keys()];

/** Keeps an event and gives it its job, unless it is kept already. Values `$1` to `$5` are the job's. */
const keepEvent = (job: string) => `
  WITH kept AS (INSERT INTO stripe_events (id, type, body, received_at) VALUES ($6, $7, $8, $9)
                ON CONFLICT (id) DO NOTHING RETURNING id)
  SELECT ${job} FROM kept`;

/** Keeps what is refused at the door, for operators to see. */
const KEEP_REFUSED = `
  INSERT INTO stripe_events (id, type, body, received_at, handled_at, outcome, is_refused) VALUES ($1, $2, $3, $4, $4, $5, true)
  ON CONFLICT (id) DO NOTHING`;

@Injectable()
export class StripeInbox {
  private readonly logger = new Logger(StripeInbox.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly stripe: StripeGateway,
    readonly settlement: OrderSettlement,
    readonly captures: CaptureEvents,
    readonly money: MoneyEvents,
    readonly payoutAccounts: PayoutAccounts,
  ) {}

  /** Keeps an event that Stripe signed and lets a job handle it; one that is kept already changes nothing. @throws {CheckoutError} */
  async receive(rawBody: Buffer, signature: string): Promise<void> {
    const event = this.stripe.readEvent(rawBody, signature);
    const body = rawBody.toString('utf8');
    // Money of the test mode is no money: a live hub must not hand out licenses for it, nor a test hub take live orders.
    if (!this.stripe.isOwnMode(event)) {
      const refused: Refused = 'other_mode';
      const at = this.clock.now();
      // Under a name of its own: once the right key is set, the event itself may still come.
      await this.dataSource.query(KEEP_REFUSED, [`${event.id}:${refused}`, event.type, body, at, refused]);
      throw new CheckoutError('STRIPE_EVENT_OF_OTHER_MODE');
    }
    await this.keep(event, body);
  }

  /** Keeps what Stripe has said and lets a job handle it. False, and nothing changes, when it is kept already. */
  async keep({ id, type }: { readonly id: string; readonly type: string }, body: string): Promise<boolean> {
    const job = jobCall(handleStripeEvent, { eventId: id }, { key: stripeEventJobKey(id) });
    const event = [id, type, body, this.clock.now()];
    const kept: unknown[] = await this.dataSource.query(keepEvent(job.text), [...job.values, ...event]);
    return kept.length > 0;
  }

  /**
   * Does what an event asks for, once: it is locked, and what was handled stays as it is. Four statements: the event and its
   * order are taken, its fact is written, all facts are read, and everything that follows is written.
   */
  @OnJob(handleStripeEvent)
  async handle({ eventId }: { eventId: string }): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const taken = await takeEvent(tx, eventId, ALONE);
      if (!taken) return;
      const { event, orders } = taken;
      const writes = new Writes(tx);
      const at = timeOf(event.created) ?? this.clock.now();
      // A connected account's own sales are not the hub's, whatever order they name.
      const isForeign = typeof event.account === 'string' && !event.type.startsWith('account.');
      const act = ACTS.get(event.type);
      const order = orders[0] ?? null;
      const foreign: Outcome = order ? { refused: 'other_account' } : 'ignored';
      const hearing = { eventId, at, tx, writes, orders, order };
      const came = isForeign ? foreign : act ? await act(this, hearing, event) : 'ignored';
      const isRefused = typeof came !== 'string';
      const outcome = isRefused ? came.refused : came;
      if (isRefused) this.logger.warn(`Stripe's ${eventId} about ${order?.id ?? 'no order'} was refused: ${outcome}`);
      writes.update(StripeEventRow, { id: eventId }, { handledAt: this.clock.now(), outcome, isRefused });
      await writes.send();
    });
  }
}
