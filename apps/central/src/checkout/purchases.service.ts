import { Clock, defineJob, inTransaction, newId, Writes } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { findRate } from '#accounts';
import { recordAudit } from '#audit';
import type { Package } from '#catalog';
import { CentralConfig } from '#config';
import { advanceOrder } from './order-steps.js';
import { Order } from './order.entity.js';
import { Purchase } from './purchase.entity.js';
import { PurchasePayments, type PurchasePages } from './purchase-payments.js';

/** How long Stripe's page stays open; Stripe allows at most 24 hours from its own clock. */
const SESSION_SECONDS = 23 * 3_600;
/** A page with less time left is not handed out again, and Stripe opens none for less than half an hour. */
const MIN_SECONDS_LEFT = 31 * 60;
const ACTOR = 'checkout';

export interface PurchaseItem {
  readonly package: Package;
  /** What Stripe's page calls it. */
  readonly itemName: string;
  /** Of a package without releases `-`. */
  readonly version: string;
  /** In minor units of the package's currency. */
  readonly amountMinor: number;
}

export interface NewPurchase {
  readonly customerEmail: string;
  readonly capture: Purchase['capture'];
  /** Of one currency; a subscription is alone. */
  readonly items: readonly PurchaseItem[];
  /** `@audit` name of who buys. */
  readonly actor: string;
}

/** A held payment has come further: whoever sells looks at its orders and does what they say. */
export const followPurchase = defineJob<{ purchaseId: string }>('follow-purchase');

/** Orders of no shop that are paid for together: one page, one payment, and for each item its own order. */
@Injectable()
export class Purchases {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
    private readonly payments: PurchasePayments,
  ) {}

  /** Writes a purchase with an order for each item, whose ids are returned in the order of the items. */
  async place(tx: EntityManager, { customerEmail, capture, items, actor }: NewPurchase) {
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + SESSION_SECONDS * 1_000);
    const id = newId('pur');
    const { currency } = items[0]!.package;
    const amountMinor = items.reduce((sum, item) => sum + item.amountMinor, 0);
    const nothing = { stripeSessionId: null, stripePaymentIntent: null, sessionUrl: null };
    const purchase: Purchase = { id, amountMinor, currency, customerEmail, capture, ...nothing, createdAt, expiresAt };
    await tx.insert(Purchase, purchase);
    const orderIds: string[] = [];
    for (const item of items) {
      const { id: packageId, licenseKind, billingInterval, publisherId } = item.package;
      if (licenseKind === 'free') throw new Error('nobody pays for what is free');
      const commissionPercent = (await findRate(tx, publisherId, createdAt)) ?? this.config.commissionPercent;
      const orderId = newId('ord');
      const { version, itemName, amountMinor: orderAmount } = item;
      const price = { licenseKind, billingInterval, amountMinor: orderAmount, currency, commissionPercent };
      const terms = { purpose: 'purchase', isSeparate: true, quantity: 1 } as const;
      const what = { packageId, version, itemName, customerEmail, instanceId: null, purchaseId: id, ...terms };
      await tx.insert(Order, { id: orderId, ...what, ...price, status: 'open', createdAt, expiresAt });
      await recordAudit(tx, { at: createdAt, actor, action: 'order.opened', subject: orderId });
      orderIds.push(orderId);
    }
    return { purchase, orderIds };
  }

  /** Whether its page may still be handed out: it stays open for half an hour at least. */
  isOpen({ expiresAt }: Purchase): boolean {
    return expiresAt.getTime() >= this.clock.now().getTime() + MIN_SECONDS_LEFT * 1_000;
  }

  /** Stripe's page of a purchase; asking again leads to the same page. @throws {CheckoutError} CHECKOUT_UNAVAILABLE */
  async open(purchase: Purchase, pages: PurchasePages): Promise<string> {
    if (purchase.sessionUrl !== null) return purchase.sessionUrl;
    const orders = await this.dataSource.manager.find(Order, {
      where: { purchaseId: purchase.id },
      order: { id: 'ASC' },
    });
    const { id: stripeSessionId, url: sessionUrl } = await this.payments.openSession(purchase, orders, pages);
    await this.dataSource.manager.update(Purchase, { id: purchase.id }, { stripeSessionId, sessionUrl });
    return sessionUrl;
  }

  /**
   * Closes Stripe's page, so that nobody pays at a price that is no longer asked. False when somebody has paid on it.
   *
   * @throws {CheckoutError} CHECKOUT_UNAVAILABLE
   */
  async close(purchase: Purchase, pages: PurchasePages): Promise<boolean> {
    // A page that is being opened, or was just before a crash, is known to Stripe alone; an old one was never handed out.
    if (this.isOpen(purchase)) await this.open(purchase, pages);
    const { stripeSessionId } = await this.dataSource.manager.findOneByOrFail(Purchase, { id: purchase.id });
    if (stripeSessionId !== null && !(await this.payments.closeSession(stripeSessionId))) return false;
    await this.advanceAll(purchase.id, 'expired', () => true);
    return true;
  }

  /**
   * Takes the held money for the orders that were delivered and gives the others up; with none delivered the hold is released.
   * Doing it again changes nothing. The orders hear from Stripe that they are paid.
   *
   * @throws {CheckoutError} CHECKOUT_UNAVAILABLE
   */
  async settle(purchaseId: string, delivered: ReadonlySet<string>): Promise<void> {
    const purchase = await this.dataSource.manager.findOneByOrFail(Purchase, { id: purchaseId });
    if (purchase.stripePaymentIntent === null) throw new Error(`${purchaseId} holds no payment`);
    const orders = await this.advanceAll(purchaseId, 'failed', (order) => !delivered.has(order.id));
    const owed = orders.filter(({ id }) => delivered.has(id)).reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    await this.payments.capture(purchase.stripePaymentIntent, owed);
  }

  private async advanceAll(
    purchaseId: string,
    to: 'expired' | 'failed',
    which: (order: Order) => boolean,
  ): Promise<readonly Order[]> {
    return inTransaction(this.dataSource, async (tx) => {
      const lock = { mode: 'pessimistic_write' } as const;
      const orders = await tx.find(Order, { where: { purchaseId }, order: { id: 'ASC' }, lock });
      const writes = new Writes(tx);
      const step = { to, at: this.clock.now(), actor: ACTOR };
      for (const order of orders.filter(which)) advanceOrder(writes, order, step);
      await writes.send();
      return orders;
    });
  }
}
