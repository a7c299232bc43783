import type { LicenseIssuedEvent } from '@hansa/contracts';
import { Clock } from '@hansa/platform';
import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Package } from '#catalog';
import { advanceOrder, lockOrder, Order, type OrderStatus, type StripeCheckoutSession } from '#checkout';
import { CentralConfig } from '#config';
import { postSale } from '#earnings';
import { LicensesService } from '#licenses';
import { OutboxService } from '#outbox';

const ACTOR = 'stripe';

/** Lets Stripe's word change orders. Every method works on the caller's transaction and says what came of it. */
@Injectable()
export class OrderSettlement {
  private readonly logger = new Logger(OrderSettlement.name);

  constructor(
    private readonly clock: Clock,
    private readonly config: CentralConfig,
    private readonly licenses: LicensesService,
    private readonly outbox: OutboxService,
  ) {}

  /** The order is paid: license, earnings and the news for the shop exist together, once, or not at all. */
  async pay(tx: EntityManager, session: StripeCheckoutSession): Promise<string> {
    const order = await this.orderOf(tx, session);
    if (typeof order === 'string') return order;
    // A session that asks for another price is none of ours, whoever signed it.
    if (session.amount_total !== order.amountMinor || session.currency?.toUpperCase() !== order.currency) {
      return this.odd(order.id, 'amount_mismatch');
    }
    const at = this.clock.now();
    if (!(await advanceOrder(tx, order, { to: 'paid', at, actor: ACTOR }))) return 'already_paid';
    const payment = {
      stripePaymentIntent: idOf(session.payment_intent),
      stripeSubscription: idOf(session.subscription),
    };
    await tx.update(Order, { id: order.id }, payment);

    const { id: packageId, publisherId, marketplaceId } = await tx.findOneByOrFail(Package, { id: order.packageId });
    const { license, licenseKey } = await this.licenses.issue(tx, {
      orderId: order.id,
      packageId,
      kind: order.licenseKind,
      billingInterval: order.billingInterval,
      customerEmail: order.customerEmail,
      instanceId: order.instanceId,
      actor: ACTOR,
    });
    const { amountMinor, currency } = order;
    const { commissionPercent } = this.config;
    await postSale(tx, { orderId: order.id, publisherId, amountMinor, currency, commissionPercent, at });
    const news: LicenseIssuedEvent = {
      marketplace_id: marketplaceId,
      version: order.version,
      license_key: licenseKey,
      purchased_by: order.customerEmail,
      license_id: license.id,
      kind: license.kind,
      expires_at: license.expiresAt?.toISOString() ?? null,
      updates_until: license.updatesUntil?.toISOString() ?? null,
    };
    await this.outbox.recordEvent(tx, 'license.issued', order.instanceId, news);
    return 'paid';
  }

  /** The order is where Stripe says, unless it has gone further already. */
  async advance(tx: EntityManager, session: StripeCheckoutSession, to: OrderStatus): Promise<string> {
    const order = await this.orderOf(tx, session);
    if (typeof order === 'string') return order;
    return (await advanceOrder(tx, order, { to, at: this.clock.now(), actor: ACTOR })) ? to : 'late';
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

  private odd(orderId: string, outcome: string): string {
    this.logger.warn(`a Stripe event about ${orderId} was not believed: ${outcome}`);
    return outcome;
  }
}

function idOf(reference: string | { readonly id: string } | null): string | null {
  return typeof reference === 'object' ? (reference?.id ?? null) : reference;
}
