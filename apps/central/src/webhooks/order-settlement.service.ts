import type { LicenseIssuedEvent } from '@hansa/contracts';
import { Clock, type Writes } from '@hansa/platform';
import { Injectable, Logger } from '@nestjs/common';
import { advanceOrder, type OrderStatus, type SoldOrder, type StripeCheckoutSession } from '#checkout';
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

const ACTOR = 'stripe';

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

  /** The order is paid: license, earnings and the news for the shop exist together, once, or not at all. */
  async pay(hearing: Hearing, session: StripeCheckoutSession): Promise<string> {
    const { tx, writes, at } = hearing;
    const order = this.orderOf(hearing, session);
    if (typeof order === 'string') return order;
    // A session that asks for another price is none of ours, whoever signed it.
    if (!this.isPriceOf(order, session.amount_total, session.currency)) return this.odd(order.id, 'amount_mismatch');
    const { amountMinor, currency } = order;
    await addPeriod(tx, {
      id: paidBy(order, session),
      orderId: order.id,
      isPurchase: true,
      amountMinor,
      currency,
      commissionPercent: order.commissionPercent,
      paidAt: at,
      endsAt: null,
    });
    const step = { to: 'paid', at: this.clock.now(), actor: ACTOR } as const;
    const stripePaymentIntent = idOf(session.payment_intent);
    const paid = { stripePaymentIntent, stripeSubscription: idOf(session.subscription) };
    const isNew = advanceOrder(writes, order, step, paid);
    await this.bringInLine(hearing, order);
    return isNew ? 'paid' : 'already_paid';
  }

  /** The order is where Stripe says, unless it has gone further already. */
  advance(hearing: Hearing, session: StripeCheckoutSession, to: OrderStatus): string {
    const order = this.orderOf(hearing, session);
    if (typeof order === 'string') return order;
    return advanceOrder(hearing.writes, order, { to, at: this.clock.now(), actor: ACTOR }) ? to : 'late';
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

  /** Whether an amount of Stripe's is what the order was sold at, in its currency. */
  isPriceOf(order: SoldOrder, amount: number | null, currency: string | null): boolean {
    return amount === order.amountMinor && currency?.toUpperCase() === order.currency;
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
    const told = { id: license.id, marketplaceId, standing, shops: [instanceId], actor: ACTOR };
    return [
      { type: 'license.issued', instanceId, body },
      ...(change === null ? [] : this.changes.tell(writes, { ...told, change })),
    ];
  }

  /** The locked order a session is for, or why there is none: other software may share the Stripe account. */
  private orderOf({ order }: Hearing, session: StripeCheckoutSession): SoldOrder | string {
    if (!order || order.id !== session.client_reference_id) return 'ignored';
    if (order.stripeSessionId !== null && order.stripeSessionId !== session.id)
      return this.odd(order.id, 'other_session');
    return order;
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
