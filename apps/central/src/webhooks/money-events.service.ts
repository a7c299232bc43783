import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  lockOrder,
  Order,
  type StripeCharge,
  type StripeDispute,
  type StripeInvoice,
  type StripeInvoicePayment,
  type StripeSubscription,
} from '#checkout';
import { addPeriod, addReturn, findOrderOfPayment, linkInvoice, putPaymentFailure, putSubscription } from '#licenses';
import { OrderSettlement } from './order-settlement.service.js';
import { idOf, readDispute, readInvoice, readRefund, timeOf, type Heard, type ReturnFacts } from './stripe-facts.js';

/**
 * What Stripe says after the sale. Each word becomes a fact under Stripe's own id, kept whether or not its order is known or
 * paid yet; the order is then settled from all facts. Every method works on the caller's transaction and says what came of it.
 */
@Injectable()
export class MoneyEvents {
  constructor(private readonly settlement: OrderSettlement) {}

  /** A period of a subscription is paid. */
  async invoicePaid(tx: EntityManager, invoice: StripeInvoice, heard: Heard): Promise<string> {
    const facts = readInvoice(invoice);
    const order = facts && (await lockOrder(tx, facts.orderId));
    if (!facts || !order || invoice.amount_paid === 0) return 'ignored';
    const { amount_paid: amount, currency } = invoice;
    if (!this.settlement.isPriceOf(order, amount, currency)) return this.settlement.odd(order.id, 'amount_mismatch');
    await addPeriod(tx, {
      id: invoice.id,
      orderId: order.id,
      isPurchase: facts.isPurchase,
      amountMinor: order.amountMinor,
      currency: order.currency,
      commissionPercent: order.commissionPercent,
      paidAt: facts.paidAt ?? heard.at,
      endsAt: facts.endsAt,
    });
    return (await this.settlement.settle(tx, order, heard)) ? 'period_paid' : 'parked';
  }

  /** A period could not be paid: remembered for the merchant. The license runs to the end of what is paid. */
  async paymentFailed(tx: EntityManager, invoice: StripeInvoice, { at }: Heard): Promise<string> {
    const facts = readInvoice(invoice);
    if (!facts || !(await tx.existsBy(Order, { id: facts.orderId }))) return 'ignored';
    await putPaymentFailure(tx, { subscription: facts.subscription, orderId: facts.orderId, at });
    return 'payment_failed';
  }

  /** Which payment an invoice was paid with: the one word that ties refunds and disputes of a renewal to their order. */
  async invoicePaymentPaid(tx: EntityManager, payment: StripeInvoicePayment, heard: Heard): Promise<string> {
    const paymentIntent = idOf(payment.payment.payment_intent);
    const invoice = idOf(payment.invoice);
    if (paymentIntent === null || invoice === null) return 'ignored';
    await linkInvoice(tx, paymentIntent, invoice);
    return this.settleOrderOf(tx, paymentIntent, heard, 'linked');
  }

  /** Money went back to the merchant: all of a payment, or part of it. */
  async refunded(tx: EntityManager, charge: StripeCharge, heard: Heard): Promise<string> {
    return this.takeBack(tx, readRefund(charge, heard), heard);
  }

  /** The merchant's bank asks for the money back, or has decided. */
  async disputed(tx: EntityManager, dispute: StripeDispute, heard: Heard): Promise<string> {
    return this.takeBack(tx, readDispute(dispute, heard), heard);
  }

  /** How a subscription stands. It grants and takes nothing by itself: paid periods do. */
  async subscriptionChanged(tx: EntityManager, subscription: StripeSubscription, heard: Heard): Promise<string> {
    const orderId = subscription.metadata['order_id'];
    if (!orderId || !(await tx.existsBy(Order, { id: orderId }))) return 'ignored';
    const { id, status } = subscription;
    const periodEnd = subscription.items.data[0]?.current_period_end;
    const cancelAt = subscription.cancel_at ?? (subscription.cancel_at_period_end ? periodEnd : null);
    const endedAt = timeOf(subscription.ended_at);
    const word = { heardAt: heard.at, heardEvent: heard.eventId };
    await putSubscription(tx, { id, orderId, status, cancelAt: timeOf(cancelAt), endedAt, ...word });
    return `subscription_${status}`;
  }

  private async takeBack(tx: EntityManager, facts: ReturnFacts | null, heard: Heard): Promise<string> {
    if (!facts) return 'ignored';
    await addReturn(tx, facts);
    return this.settleOrderOf(tx, facts.paymentIntent, heard, facts.state);
  }

  /** Settles the order a payment was for; `parked` while that is not known or not paid. */
  private async settleOrderOf(tx: EntityManager, paymentIntent: string, heard: Heard, done: string): Promise<string> {
    const orderId = await findOrderOfPayment(tx, paymentIntent);
    const order = orderId === null ? null : await lockOrder(tx, orderId);
    return order && (await this.settlement.settle(tx, order, heard)) ? done : 'parked';
  }
}
