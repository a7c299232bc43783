import { Clock, inTransaction } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { Order, Purchase, Purchases, type PurchasePages } from '#checkout';
import { CentralConfig } from '#config';
import { MarketClients } from './clients.service.js';
import { MarketOrder, MarketOrderItem } from './market-order.entity.js';
import { findMarketOrder, lockMarketOrder, paymentOf } from './market-orders.repository.js';
import { captureOf } from './order-rules.js';
import { amountOf } from './price-items.js';
import { findOnSale, type ProductOnSale } from './products-on-sale.js';
import { MarketProducts } from './products.service.js';
import { isReturnAddress, withParameters } from './return-address.js';

/** One line of an order that costs something else than when it was placed. */
export interface CheckoutLine {
  readonly name: string;
  /** How many names its certificate carries; 1 for a license. */
  readonly names: number;
  readonly quotedMinor: number;
  readonly amountMinor: number;
}

/** What the checkout of an order comes to. */
export type Checkout =
  | { readonly kind: 'absent' | 'over' }
  | { readonly kind: 'paid' }
  | { readonly kind: 'unsellable'; readonly names: readonly string[] }
  | {
      readonly kind: 'changed';
      readonly lines: readonly CheckoutLine[];
      readonly totalMinor: number;
      readonly currency: string;
    }
  | { readonly kind: 'pay'; readonly url: string };

type Decision =
  | { readonly kind: 'decided'; readonly checkout: Checkout }
  | { readonly kind: 'open' | 'close'; readonly purchase: Purchase };

interface Line {
  readonly item: MarketOrderItem;
  readonly sold: ProductOnSale;
  readonly amountMinor: number;
}

const MAX_ROUNDS = 3;

/** Payment of carts that were filled in cPanel (docs/protocol/market.md §7). */
@Injectable()
export class MarketCheckout {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
    private readonly clients: MarketClients,
    private readonly products: MarketProducts,
    private readonly purchases: Purchases,
  ) {}

  /**
   * Stripe's page for an order, at the hub's prices of this moment; a total that is not the quoted one must be `accepted` first.
   * There is one page at a time: one of an older price is closed before another opens.
   *
   * @throws {CheckoutError} CHECKOUT_UNAVAILABLE
   */
  async open(orderId: string, accountId: string, accepted: number | undefined): Promise<Checkout> {
    const pages = this.pagesOf(orderId);
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const decision = await inTransaction(this.dataSource, (tx) => this.decide(tx, orderId, accountId, accepted));
      if (decision.kind === 'open') return { kind: 'pay', url: await this.purchases.open(decision.purchase, pages) };
      if (decision.kind === 'decided') return decision.checkout;
      if (!(await this.purchases.close(decision.purchase, pages))) return { kind: 'paid' };
    }
    throw new Error(`the prices of market order ${orderId} change faster than it can be paid`);
  }

  /** Where a browser goes that comes back from Stripe; null when its server named no address, undefined when it is not his. */
  async returnAddress(
    orderId: string,
    accountId: string,
    outcome: 'success' | 'cancelled',
  ): Promise<string | null | undefined> {
    const db = this.dataSource.manager;
    const order = await findMarketOrder(db, orderId);
    if (order?.accountId !== accountId) return undefined;
    const client = await this.clients.find(order.clientId);
    // Checked again at use: the server may have lost the origin, or be disabled, since the address was stored.
    if (!client || order.urlAfterCheckout === null || !isReturnAddress(order.urlAfterCheckout, client.origins))
      return null;
    const status = (await paymentOf(db, order)) === 'failed' ? 'error' : outcome;
    return withParameters(order.urlAfterCheckout, { order_id: order.id, order_status: status });
  }

  private async decide(
    tx: EntityManager,
    orderId: string,
    accountId: string,
    accepted: number | undefined,
  ): Promise<Decision> {
    const order = await lockMarketOrder(tx, orderId);
    if (order?.accountId !== accountId || !(await this.clients.find(order.clientId, tx)))
      return decided({ kind: 'absent' });
    const payment = await paymentOf(tx, order);
    if (payment === 'paid') return decided({ kind: 'paid' });
    if (payment === 'failed' || order.canceledAt !== null) return decided({ kind: 'over' });
    const priced = await this.price(tx, order);
    if ('missing' in priced) return decided({ kind: 'unsellable', names: priced.missing });
    const { lines } = priced;
    const totalMinor = lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    if (totalMinor !== order.quotedMinor && totalMinor !== accepted) return decided(changed(lines, totalMinor));

    const under = order.purchaseId && (await tx.findOneByOrFail(Purchase, { id: order.purchaseId }));
    if (!under || (await this.isExpired(tx, under)))
      return { kind: 'open', purchase: await this.place(tx, order, lines) };
    return { kind: (await this.isCurrent(tx, under, lines)) ? 'open' : 'close', purchase: under };
  }

  /** The items of an order at the prices of this moment, or the names of those that are not on sale any more. */
  private async price(tx: EntityManager, order: MarketOrder): Promise<{ lines: Line[] } | { missing: string[] }> {
    const items = await tx.find(MarketOrderItem, { where: { marketOrderId: order.id }, order: { position: 'ASC' } });
    const ids = items.map(({ productId }) => productId);
    const onSale = await findOnSale(tx, {
      ids,
      certificates: this.products.sellsCertificates,
      at: this.clock.now(),
    });
    const missing = ids.filter((id) => !onSale.some(({ product }) => product.id === id));
    if (missing.length > 0) {
      const all = await this.products.list();
      return { missing: all.flatMap(({ product, package: { name } }) => (missing.includes(product.id) ? name : [])) };
    }
    const lines = items.map((item) => {
      const sold = onSale.find(({ product }) => product.id === item.productId)!;
      return { item, sold, amountMinor: amountOf(sold, item.names) };
    });
    return { lines };
  }

  private async place(tx: EntityManager, order: MarketOrder, lines: readonly Line[]): Promise<Purchase> {
    const { purchase, orderIds } = await this.purchases.place(tx, {
      customerEmail: order.customerEmail,
      capture: captureOf(lines),
      actor: `merchant:${order.accountId}`,
      items: lines.map(({ sold, amountMinor }) => ({
        package: sold.package,
        itemName: sold.package.name,
        version: sold.version,
        amountMinor,
      })),
    });
    await tx.update(MarketOrder, { id: order.id }, { purchaseId: purchase.id });
    for (const [place, { item }] of lines.entries()) {
      await tx.update(MarketOrderItem, { id: item.id }, { orderId: orderIds[place]! });
    }
    return purchase;
  }

  /** Whether nobody can pay on its page any more, by what Stripe has said. */
  private async isExpired(tx: EntityManager, { id }: Purchase): Promise<boolean> {
    return (await tx.countBy(Order, { purchaseId: id, status: 'expired' })) > 0;
  }

  /** Whether its page asks for exactly these prices and stays open long enough. */
  private async isCurrent(tx: EntityManager, purchase: Purchase, lines: readonly Line[]): Promise<boolean> {
    if (!this.purchases.isOpen(purchase)) return false;
    const orders = await tx.findBy(Order, { id: In(lines.map(({ item }) => item.orderId ?? '')) });
    const prices = new Map(orders.map(({ id, amountMinor }) => [id, amountMinor]));
    return lines.every(({ item, amountMinor }) => prices.get(item.orderId ?? '') === amountMinor);
  }

  private pagesOf(orderId: string): PurchasePages {
    const back = `${this.config.hubUrl}/market/checkout/${orderId}/return`;
    return { successUrl: `${back}?outcome=success`, cancelUrl: `${back}?outcome=cancelled` };
  }
}

function decided(checkout: Checkout): Decision {
  return { kind: 'decided', checkout };
}

function changed(lines: readonly Line[], totalMinor: number): Checkout {
  const shown = lines.map(({ item, sold, amountMinor }) => ({
    name: sold.package.name,
    names: item.names,
    quotedMinor: item.quotedMinor,
    amountMinor,
  }));
  return { kind: 'changed', lines: shown, totalMinor, currency: lines[0]!.sold.package.currency };
}
