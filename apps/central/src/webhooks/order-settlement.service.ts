import type { LicenseIssuedEvent } from '@hansa/contracts';
import { Clock, enqueueWith, type Writes } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import {
  advanceOrder,
  followPurchase,
  Purchase,
  type OrderStatus,
  type SoldOrder,
  type StripeCheckoutSession,
} from '#checkout';
import { balancesOf, postBalances } from '#earnings';
import {
  addPeriod,
  changeBetween,
  LicenseChanges,
  jointShare,
  LicensesService,
  readOrderLicense,
  standingFrom,
  type License,
  type OrderLicense,
  type OrderPeriod,
} from '#licenses';
import { OutboxService, type News } from '#outbox';
import { idOf, priceOf, refusalOf, takingsOf, type Hearing, type Outcome, type Takings } from './stripe-facts.js';

/** `@audit` name of whatever Stripe's word causes. */
export const ACTOR = 'stripe';

type IssuedTerms = Pick<License, 'id' | 'kind' | 'keySealed' | 'expiresAt' | 'updatesUntil'>;

/** A payment for orders, as Stripe tells of it. */
interface Payment extends Takings {
  /** What the fact is known by: `in_…`, `pi_…` or `cs_…`. */
  readonly id: string;
  readonly intent: string | null;
  readonly subscription: string | null;
  /** Whether a trial begins, for nothing. */
  readonly isTrial: boolean;
}

/** Lets Stripe's word change orders. Every method adds to the caller's writes and says what came of it. */
@Injectable()
export class OrderSettlement {
  constructor(
    private readonly clock: Clock,
    private readonly licenses: LicensesService,
    private readonly changes: LicenseChanges,
    private readonly outbox: OutboxService,
  ) {}

  /** The orders of a session are paid, or a trial begins: license, earnings and the news for the shop exist together, once, or not at all. */
  async pay(hearing: Hearing, session: StripeCheckoutSession): Promise<Outcome> {
    const orders = this.ordersOf(hearing, session);
    if (!Array.isArray(orders)) return orders;
    const isFree = session.payment_status === 'no_payment_required';
    return this.payAll(hearing, orders, {
      ...takingsOf(session),
      id: paidBy(orders[0]!, session),
      intent: idOf(session.payment_intent),
      subscription: idOf(session.subscription),
      isTrial: isFree && orders.every(({ trialDays }) => trialDays !== null),
    });
  }

  /** One payment pays for all of these locked orders, or for none. */
  async payAll(hearing: Hearing, orders: readonly SoldOrder[], payment: Payment): Promise<Outcome> {
    const { tx, at } = hearing;
    const { isTrial } = payment;
    // A payment of another price is none of ours, whoever signed it.
    const refused = refusalOf(orders, payment, isTrial ? 0 : priceOf(orders));
    if (refused) return { refused };
    const total = priceOf(orders);
    let before = 0;
    for (const order of orders) {
      const { id: orderId, currency, commissionPercent } = order;
      const part = orders.length > 1 ? { id: `${payment.id}:${orderId}`, jointPayment: payment.intent } : undefined;
      const amountMinor = isTrial ? 0 : order.amountMinor;
      // Tax of a joint payment is each order's by its amount.
      const taxMinor = jointShare(payment.taxMinor, order.amountMinor, { before, total });
      before += order.amountMinor;
      const isPurchase = order.purpose === 'purchase';
      const paid = {
        orderId,
        isPurchase,
        amountMinor,
        taxMinor,
        currency,
        commissionPercent,
        paidAt: at,
        endsAt: null,
        notedAt: this.clock.now(),
      };
      await addPeriod(tx, { id: payment.id, jointPayment: null, ...part, ...paid });
    }
    const done: boolean[] = [];
    for (const order of orders) done.push(await this.markPaid(hearing, order, payment));
    if (!done.includes(true)) return 'already_paid';
    return isTrial ? 'trial_started' : 'paid';
  }

  /** True when the order was not paid before. */
  private async markPaid(hearing: Hearing, order: SoldOrder, { intent, subscription }: Payment): Promise<boolean> {
    const bought = await readOrderLicense(hearing.tx, order);
    const step = { to: 'paid', at: this.clock.now(), actor: ACTOR } as const;
    const isNew = advanceOrder(hearing.writes, order, step, {
      stripePaymentIntent: intent,
      stripeSubscription: subscription,
      // Its merchant owned the package already: from here on the order is one more of that license.
      ...(bought.license && bought.license.orderId !== order.id ? { licenseId: bought.license.id } : {}),
    });
    this.bringInLine(hearing, order, bought, isNew);
    return isNew;
  }

  /** The orders of a session are where Stripe says, unless they have gone further already. */
  advance(hearing: Hearing, session: StripeCheckoutSession, to: OrderStatus): Outcome {
    const { writes } = hearing;
    const orders = this.ordersOf(hearing, session);
    if (!Array.isArray(orders)) return orders;
    const [{ capture, purchaseId }] = orders as [SoldOrder];
    const isHeld = to === 'awaiting_payment' && capture === 'manual' && purchaseId !== null;
    // Nothing is delivered on a payment that holds another sum.
    const refused = isHeld ? refusalOf(orders, takingsOf(session), priceOf(orders)) : null;
    if (refused) return { refused };
    const step = { to, at: this.clock.now(), actor: ACTOR };
    const moved = orders.filter((order) => advanceOrder(writes, order, step));
    if (moved.length === 0) return 'late';
    if (isHeld) {
      writes.update(Purchase, { id: purchaseId }, { stripePaymentIntent: idOf(session.payment_intent) });
      enqueueWith(writes, followPurchase, { purchaseId });
    }
    return to;
  }

  /**
   * Brings the license and the ledger of a locked order in line with all that is known of its money. What is known of an order
   * that is not paid waits until it is. True when the order is paid.
   */
  async settle(hearing: Hearing, order: SoldOrder): Promise<boolean> {
    if (order.status !== 'paid') return false;
    this.bringInLine(hearing, order, await readOrderLicense(hearing.tx, order), false);
    return true;
  }

  /** Makes license, news and ledger of a paid order say what its payments say. */
  private bringInLine({ writes, eventId }: Hearing, order: SoldOrder, bought: OrderLicense, isNew: boolean): void {
    const { license, periods, publisherId } = bought;
    const news = license
      ? [
          // The shop that bought it again may have forgotten it: it hears of the license first, and then how it stands.
          ...(isNew && order.purpose === 'purchase' ? this.issued(order, bought.marketplaceId, license) : []),
          ...this.changes.settle(writes, { ...bought, license }, ACTOR),
        ]
      : this.issue(writes, order, bought);
    this.outbox.recordEvents(writes, news);
    const payments = periods
      .filter(({ orderId }) => orderId === order.id)
      .map((period) => ({
        id: period.id,
        currency: period.currency,
        balances: balancesOf({ ...period, ...backOf(period) }),
      }));
    postBalances(writes, { orderId: order.id, publisherId, payments, cause: eventId, at: this.clock.now() });
  }

  /** Issues the license as its payments stand already: a refund or dispute may have been heard of first. */
  private issue(writes: Writes, order: SoldOrder, { marketplaceId, periods }: OrderLicense): News[] {
    const { id: orderId, packageId, licenseKind: kind, billingInterval, customerEmail, instanceId } = order;
    const standing = standingFrom(kind, periods, null);
    const who = { customerEmail, instanceId, actor: ACTOR };
    const terms = { packageId, kind, billingInterval, standing };
    const { license } = this.licenses.issueWith(writes, { orderId, ...terms, ...who });
    const undisturbed = { ...standing, suspendedAt: null, revokedAt: null, revokedReason: null };
    const change = changeBetween(undisturbed, standing);
    const shops = instanceId === null ? [] : [instanceId];
    const told = { id: license.id, marketplaceId, standing, shops, actor: ACTOR };
    return [
      ...this.issued(order, marketplaceId, license),
      ...(change === null ? [] : this.changes.tell(writes, { ...told, change })),
    ];
  }

  /** The news of a license for the shop of an order, if it has one. */
  private issued(order: SoldOrder, marketplaceId: string, license: IssuedTerms): News[] {
    if (order.instanceId === null) return [];
    const body: LicenseIssuedEvent = {
      marketplace_id: marketplaceId,
      version: order.version,
      license_key: this.licenses.keyOf(license),
      purchased_by: order.customerEmail,
      license_id: license.id,
      kind: license.kind,
      expires_at: license.expiresAt?.toISOString() ?? null,
      updates_until: license.updatesUntil?.toISOString() ?? null,
    };
    return [{ type: 'license.issued', instanceId: order.instanceId, body }];
  }

  /** The locked orders a session is for, or why there are none: other software may share the Stripe account. */
  private ordersOf({ orders }: Hearing, session: StripeCheckoutSession): SoldOrder[] | Outcome {
    const [first] = orders;
    if (!first || (first.purchaseId ?? first.id) !== session.client_reference_id) return 'ignored';
    if (first.stripeSessionId !== null && first.stripeSessionId !== session.id) return { refused: 'other_session' };
    return [...orders];
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
