import type { LicenseIssuedEvent } from '@hansa/contracts';
import { Clock } from '@hansa/platform';
import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Package } from '#catalog';
import { advanceOrder, lockOrder, Order, type OrderStatus, type StripeCheckoutSession } from '#checkout';
import { balancesOf, postBalances } from '#earnings';
import { addPeriod, LicenseChanges, LicensesService, listPeriods, standingFrom, type OrderPeriod } from '#licenses';
import { OutboxService } from '#outbox';
import { idOf, type Heard } from './stripe-facts.js';

const ACTOR = 'stripe';

/** Lets Stripe's word change orders. Every method works on the caller's transaction and says what came of it. */
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
  async pay(tx: EntityManager, session: StripeCheckoutSession, heard: Heard): Promise<string> {
    const order = await this.orderOf(tx, session);
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
      paidAt: heard.at,
      endsAt: null,
    });
    const periods = await listPeriods(tx, order.id);
    const isNew = await advanceOrder(tx, order, { to: 'paid', at: this.clock.now(), actor: ACTOR });
    if (isNew) {
      const stripePaymentIntent = idOf(session.payment_intent);
      await tx.update(Order, { id: order.id }, { stripePaymentIntent, stripeSubscription: idOf(session.subscription) });
      await this.issue(tx, order, periods);
    }
    await this.bringInLine(tx, order, heard, periods);
    return isNew ? 'paid' : 'already_paid';
  }

  /** The order is where Stripe says, unless it has gone further already. */
  async advance(tx: EntityManager, session: StripeCheckoutSession, to: OrderStatus): Promise<string> {
    const order = await this.orderOf(tx, session);
    if (typeof order === 'string') return order;
    return (await advanceOrder(tx, order, { to, at: this.clock.now(), actor: ACTOR })) ? to : 'late';
  }

  /**
   * Brings the license and the ledger of a locked order in line with all that is known of its money. What is known of an order
   * that is not paid waits until it is. True when the order is paid.
   */
  async settle(tx: EntityManager, order: Order, heard: Heard): Promise<boolean> {
    if (order.status !== 'paid') return false;
    await this.bringInLine(tx, order, heard, await listPeriods(tx, order.id));
    return true;
  }

  /** Whether an amount of Stripe's is what the order was sold at, in its currency. */
  isPriceOf(order: Order, amount: number | null, currency: string | null): boolean {
    return amount === order.amountMinor && currency?.toUpperCase() === order.currency;
  }

  odd(orderId: string, outcome: string): string {
    this.logger.warn(`a Stripe event about ${orderId} was not believed: ${outcome}`);
    return outcome;
  }

  private async bringInLine(
    tx: EntityManager,
    { id: orderId, billingInterval: interval, packageId }: Order,
    heard: Heard,
    periods: readonly OrderPeriod[],
  ): Promise<void> {
    await this.changes.settle(tx, { id: orderId, interval }, periods, ACTOR);
    const { publisherId } = await tx.findOneByOrFail(Package, { id: packageId });
    const payments = periods.map((period) => ({
      id: period.id,
      currency: period.currency,
      balances: balancesOf({ ...period, ...backOf(period) }),
    }));
    await postBalances(tx, { orderId, publisherId, payments, cause: heard.eventId, at: this.clock.now() });
  }

  private async issue(tx: EntityManager, order: Order, periods: readonly OrderPeriod[]): Promise<void> {
    const { id: orderId, packageId, licenseKind: kind, billingInterval, customerEmail, instanceId } = order;
    const term = standingFrom({ kind, billingInterval }, periods, null);
    const { marketplaceId } = await tx.findOneByOrFail(Package, { id: packageId });
    const who = { customerEmail, instanceId, actor: ACTOR };
    const { expiresAt, updatesUntil } = term;
    const terms = { packageId, kind, billingInterval, term: { expiresAt, updatesUntil } };
    const { license, licenseKey } = await this.licenses.issue(tx, { orderId, ...terms, ...who });
    const news: LicenseIssuedEvent = {
      marketplace_id: marketplaceId,
      version: order.version,
      license_key: licenseKey,
      purchased_by: customerEmail,
      license_id: license.id,
      kind: license.kind,
      expires_at: license.expiresAt?.toISOString() ?? null,
      updates_until: license.updatesUntil?.toISOString() ?? null,
    };
    await this.outbox.recordEvent(tx, 'license.issued', instanceId, news);
  }

  /** The locked order a session is for, or why there is none: other software may share the Stripe account. */
  private async orderOf(tx: EntityManager, session: StripeCheckoutSession): Promise<Order | string> {
    const orderId = session.client_reference_id;
    const order = orderId ? await lockOrder(tx, orderId) : null;
    if (!order) return 'ignored';
    if (order.stripeSessionId !== null && order.stripeSessionId !== session.id)
      return this.odd(order.id, 'other_session');
    return order;
  }
}

/** What Stripe calls the payment of a session: the first invoice of a subscription tells of the same money by the same id. */
function paidBy(order: Order, session: StripeCheckoutSession): string {
  const paid = order.licenseKind === 'subscription' ? session.invoice : session.payment_intent;
  return idOf(paid) ?? session.id;
}

function backOf({ returns }: OrderPeriod): { refundedMinor: number; disputedMinor: number } {
  const sum = (...states: string[]) =>
    returns.filter(({ state }) => states.includes(state)).reduce((total, { amountMinor }) => total + amountMinor, 0);
  return { refundedMinor: sum('refunded'), disputedMinor: sum('open', 'lost') };
}
