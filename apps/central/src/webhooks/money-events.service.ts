import { Clock } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import {
  isWebPage,
  putInvoice,
  type SoldOrder,
  type StripeCharge,
  type StripeDispute,
  type StripeInvoice,
  type StripeInvoicePayment,
  type StripeSubscription,
} from '#checkout';
import { addPeriod, addReturn, linkInvoice, putPaymentFailure, putSubscription } from '#licenses';
import { OrderSettlement } from './order-settlement.service.js';
import { noteOfPayment } from './stripe-events.repository.js';
import {
  idOf,
  priceOf,
  readBill,
  readDispute,
  readInvoice,
  readRefund,
  refusalOf,
  timeOf,
  type Hearing,
  type Outcome,
  type ReturnVerdict,
} from './stripe-facts.js';

/**
 * What Stripe says after the sale. Each word becomes a fact under Stripe's own id, kept whether or not its order is known or
 * paid yet; the order is then settled from all facts. Every method adds to the caller's writes and says what came of it.
 */
@Injectable()
export class MoneyEvents {
  constructor(
    private readonly clock: Clock,
    private readonly settlement: OrderSettlement,
  ) {}

  /** A period of a subscription is paid. */
  async invoicePaid(hearing: Hearing, invoice: StripeInvoice): Promise<Outcome> {
    const { tx, order } = hearing;
    const facts = readInvoice(invoice);
    if (!facts || !order) return this.invoiceTold(hearing, invoice);
    const { amount_paid: amountPaid, currency } = invoice;
    // The invoice of a trial is the first one, and about nothing.
    const isTrial = order.trialDays !== null && facts.isPurchase && amountPaid === 0;
    const amountMinor = isTrial ? 0 : order.amountMinor;
    const { isPurchase, taxMinor, priceId } = facts;
    const refused = refusalOf([order], { amountMinor: amountPaid, currency, taxMinor, priceId }, amountMinor);
    if (refused) return { refused };
    this.invoiceTold(hearing, invoice);
    await addPeriod(tx, {
      id: invoice.id,
      orderId: order.id,
      isPurchase,
      amountMinor,
      taxMinor,
      currency: order.currency,
      commissionPercent: order.commissionPercent,
      paidAt: facts.paidAt ?? hearing.at,
      endsAt: facts.endsAt,
      jointPayment: null,
      notedAt: this.clock.now(),
    });
    return (await this.settlement.settle(hearing, order)) ? 'period_paid' : 'parked';
  }

  /** A period could not be paid: remembered for the merchant. The license runs to the end of what is paid. */
  paymentFailed(hearing: Hearing, invoice: StripeInvoice): string {
    const { writes, order, at } = hearing;
    const told = this.invoiceTold(hearing, invoice);
    const facts = readInvoice(invoice);
    if (!facts || !order) return told;
    const { hosted_invoice_url: url } = invoice;
    // It goes into a letter: nothing but a web page does.
    const payUrl = isWebPage(url) ? url : null;
    putPaymentFailure(writes, { subscription: facts.subscription, orderId: order.id, at, payUrl });
    return 'payment_failed';
  }

  /** How an invoice stands, for its merchant to see. It grants and takes nothing. */
  invoiceTold({ writes, order }: Hearing, invoice: StripeInvoice): string {
    const bill = order && readBill(invoice);
    if (!bill) return 'ignored';
    putInvoice(writes, { ...bill, orderId: order.id });
    return `invoice_${bill.status}`;
  }

  /** Which payment an invoice was paid with: the one word that ties refunds and disputes of a renewal to their order. */
  async invoicePaymentPaid(hearing: Hearing, payment: StripeInvoicePayment): Promise<string> {
    const intent = idOf(payment.payment.payment_intent);
    const invoice = idOf(payment.invoice);
    if (intent === null || invoice === null) return 'ignored';
    const orders = await noteOfPayment(hearing.tx, linkInvoice(intent, invoice), { intent, invoice });
    return this.settleAll(hearing, orders, 'linked');
  }

  /** Money went back to the merchant: all of a payment, or part of it. */
  async refunded(hearing: Hearing, charge: StripeCharge): Promise<Outcome> {
    return this.takeBack(hearing, readRefund(charge, hearing));
  }

  /** The merchant's bank asks for the money back, or has decided. */
  async disputed(hearing: Hearing, dispute: StripeDispute): Promise<Outcome> {
    return this.takeBack(hearing, readDispute(dispute, hearing));
  }

  /** How a subscription stands. It grants and takes nothing by itself: paid periods do. */
  subscriptionChanged({ writes, order, at, eventId }: Hearing, subscription: StripeSubscription): string {
    if (!order) return 'ignored';
    const { id, status } = subscription;
    const periodEnd = subscription.items.data[0]?.current_period_end;
    const cancelAt = subscription.cancel_at ?? (subscription.cancel_at_period_end ? periodEnd : null);
    const endedAt = timeOf(subscription.ended_at);
    const word = { heardAt: at, heardEvent: eventId };
    putSubscription(writes, { id, orderId: order.id, status, cancelAt: timeOf(cancelAt), endedAt, ...word });
    return `subscription_${status}`;
  }

  private async takeBack(hearing: Hearing, verdict: ReturnVerdict): Promise<Outcome> {
    if (!verdict) return 'ignored';
    if ('refused' in verdict) return verdict;
    const { facts, paidMinor } = verdict;
    const orders = await noteOfPayment(hearing.tx, addReturn(facts, paidMinor), { intent: facts.paymentIntent });
    // What does not fit the payment was not written.
    if (orders.some(({ currency }) => currency !== facts.currency)) return { refused: 'currency_mismatch' };
    if (orders.length > 0 && paidMinor !== null && paidMinor !== priceOf(orders)) return { refused: 'amount_mismatch' };
    return this.settleAll(hearing, orders, facts.state);
  }

  /** Settles the orders a payment was for; `parked` while they are not known or not paid. */
  private async settleAll(hearing: Hearing, orders: readonly SoldOrder[], done: string): Promise<string> {
    let outcome = 'parked';
    for (const order of orders) {
      if (await this.settlement.settle(hearing, order)) outcome = done;
    }
    return outcome;
  }
}
