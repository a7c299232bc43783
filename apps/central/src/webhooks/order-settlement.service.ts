import type { LicenseIssuedEvent } from '@hansa/contracts';
import { Clock, type Writes } from '@hansa/platform';
import { Injectable, Logger } from '@nestjs/common';
import { advanceOrder, Purchase, type OrderStatus, type SoldOrder, type StripeCheckoutSession } from '#checkout';
import { balancesOf, postBalances } from '#earnings';
import {
  addPeriod,
  changeBetween,
  LicenseChanges,
  LicensesService,
  readOrderLicense,
  standingFrom,
  type OrderLicense,
  type OrderPeriod,
} from '#licenses';
import { OutboxService, type News } from '#outbox';
import { idOf, type Hearing } from './stripe-facts.js';

/** `@audit` name of whatever Stripe's word causes. */
export const ACTOR = 'stripe';

/** A payment for orders, as Stripe tells of it. */
interface Payment {
  /** What the fact is known by: `in_…`, `pi_…` or `cs_…`. */
  readonly id: string;
  readonly intent: string | null;
  readonly amount: number | null;
  readonly currency: string | null;
  readonly subscription: string | null;
}

/** Lets Stripe's word change orders. Every method adds to the caller's writes and says what came of it. */
@Injectable()
export class OrderSettlement {
  private readonly logger = new Logger(OrderSettlement.name);

  constructor(
    private readonly clock: Clock,
    private readonly licenses: LicensesService,
    private readonly changes: LicenseChanges,
    private readonly outbox: OutboxService,
  ) {}

  /** The orders of a session are paid: license, earnings and the news for the shop exist together, once, or not at all. */
  async pay(hearing: Hearing, session: StripeCheckoutSession): Promise<string> {
    const orders = this.ordersOf(hearing, session);
    if (typeof orders === 'string') return orders;
    return this.payAll(hearing, orders, {
      id: paidBy(orders[0]!, session),
      intent: idOf(session.payment_intent),
      amount: session.amount_total,
      currency: session.currency,
      subscription: idOf(session.subscription),
    });
  }

  /** One payment pays for all of these locked orders, or for none. */
  async payAll(hearing: Hearing, orders: readonly SoldOrder[], payment: Payment): Promise<string> {
    const { tx, writes, at } = hearing;
    // A payment of another price is none of ours, whoever signed it.
    if (!this.isPriceOf(orders, payment.amount, payment.currency)) return this.odd(orders[0]!.id, 'amount_mismatch');
    for (const order of orders) {
      const { id: orderId, amountMinor, currency, commissionPercent } = order;
      const part = orders.length > 1 ? { id: `${payment.id}:${orderId}`, jointPayment: payment.intent } : undefined;
      const paid = { orderId, isPurchase: true, amountMinor, currency, commissionPercent, paidAt: at, endsAt: null };
      await addPeriod(tx, { id: payment.id, jointPayment: null, ...part, ...paid });
    }
    let outcome = 'already_paid';
    for (const order of orders) {
      const step = { to: 'paid', at: this.clock.now(), actor: ACTOR } as const;
      const paid = { stripePaymentIntent: payment.intent, stripeSubscription: payment.subscription };
      if (advanceOrder(writes, order, step, paid)) outcome = 'paid';
      await this.bringInLine(hearing, order);
    }
    return outcome;
  }

  /** The orders of a session are where Stripe says, unless they have gone further already. */
  advance(hearing: Hearing, session: StripeCheckoutSession, to: OrderStatus): string {
    const { writes } = hearing;
    const orders = this.ordersOf(hearing, session);
    if (typeof orders === 'string') return orders;
    const [{ capture, purchaseId, id }] = orders as [SoldOrder];
    const isHeld = to === 'awaiting_payment' && capture === 'manual' && purchaseId !== null;
    // Nothing is delivered on a payment that holds another sum.
    if (isHeld && !this.isPriceOf(orders, session.amount_total, session.currency))
      return this.odd(id, 'amount_mismatch');
    const step = { to, at: this.clock.now(), actor: ACTOR };
    const moved = orders.filter((order) => advanceOrder(writes, order, step));
    if (moved.length === 0) return 'late';
    if (isHeld) writes.update(Purchase, { id: purchaseId }, { stripePaymentIntent: idOf(session.payment_intent) });
    return to;
  }

  /**
   * Brings the license and the ledger of a locked order in line with all that is known of its money. What is known of an order
   * that is not paid waits until it is. True when the order is paid.
   */
  async settle(hearing: Hearing, order: SoldOrder): Promise<boolean> {
    if (order.status !== 'paid') return false;
    await this.bringInLine(hearing, order);
    return true;
  }

  /** Whether an amount of Stripe's is what the orders were sold at, in their currency. */
  isPriceOf(orders: readonly SoldOrder[], amount: number | null, currency: string | null): boolean {
    const sum = orders.reduce((total, { amountMinor }) => total + amountMinor, 0);
    return amount === sum && orders.every((order) => order.currency === currency?.toUpperCase());
  }

  odd(orderId: string, outcome: string): string {
    this.logger.warn(`a Stripe event about ${orderId} was not believed: ${outcome}`);
    return outcome;
  }

  /** Makes license, news and ledger of a paid order say what its payments say. */
  private async bringInLine({ tx, writes, eventId }: Hearing, order: SoldOrder): Promise<void> {
    const bought = await readOrderLicense(tx, order);
    const { license, periods, publisherId } = bought;
    const news = license
      ? this.changes.settle(writes, { ...bought, license }, order.billingInterval, ACTOR)
      : this.issue(writes, order, bought);
    this.outbox.recordEvents(writes, news);
    const payments = periods.map((period) => ({
      id: period.id,
      currency: period.currency,
      balances: balancesOf({ ...period, ...backOf(period) }),
    }));
    postBalances(writes, { orderId: order.id, publisherId, payments, cause: eventId, at: this.clock.now() });
  }

  /** Issues the license as its payments stand already: a refund or dispute may have been heard of first. */
  private issue(writes: Writes, order: SoldOrder, { marketplaceId, periods }: OrderLicense): News[] {
    const { id: orderId, packageId, licenseKind: kind, billingInterval, customerEmail, instanceId } = order;
    const standing = standingFrom({ kind, billingInterval }, periods, null);
    const who = { customerEmail, instanceId, actor: ACTOR };
    const terms = { packageId, kind, billingInterval, standing };
    const { license, licenseKey } = this.licenses.issueWith(writes, { orderId, ...terms, ...who });
    const body: LicenseIssuedEvent = {
      marketplace_id: marketplaceId,
      version: order.version,
      license_key: licenseKey,
      purchased_by: customerEmail,
      license_id: license.id,
      kind: license.kind,
      expires_at: license.expiresAt?.toISOString() ?? null,
      updates_until: license.updatesUntil?.toISOString() ?? null,
    };
    const undisturbed = { ...standing, suspendedAt: null, revokedAt: null, revokedReason: null };
    const change = changeBetween(undisturbed, standing);
    const shops = instanceId === null ? [] : [instanceId];
    const told = { id: license.id, marketplaceId, standing, shops, actor: ACTOR };
    return [
      ...(instanceId === null ? [] : [{ type: 'license.issued' as const, instanceId, body }]),
      ...(change === null ? [] : this.changes.tell(writes, { ...told, change })),
    ];
  }

  /** The locked orders a session is for, or why there are none: other software may share the Stripe account. */
  private ordersOf({ orders }: Hearing, session: StripeCheckoutSession): readonly SoldOrder[] | string {
    const [first] = orders;
    if (!first || (first.purchaseId ?? first.id) !== session.client_reference_id) return 'ignored';
    if (first.stripeSessionId !== null && first.stripeSessionId !== session.id)
      return this.odd(first.id, 'other_session');
    return orders;
  }
}

/** What Stripe calls the payment of a session: the first invoice of a subscription tells of the same money by the same id. */
function paidBy(order: SoldOrder, session: StripeCheckoutSession): string {
  const paid = order.licenseKind === 'subscription' ? session.invoice : session.payment_intent;
  return idOf(paid) ?? session.id;
}

function backOf({ returns }: OrderPeriod): { refundedMinor: number; disputedMinor: number } {
  const sum = (...states: string[]) =>
    returns.filter(({ state }) => states.includes(state)).reduce((total, { amountMinor }) => total + amountMinor, 0);
  return { refundedMinor: sum('refunded'), disputedMinor: sum('open', 'lost') };
}
