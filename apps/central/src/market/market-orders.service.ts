import { createHash, randomBytes } from 'node:crypto';
import { Clock, inTransaction } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, LessThan, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import type { MarketCaller } from '#auth';
import { CertificatesService } from '#certificates';
import { MarketClients } from './clients.service.js';
import { MarketOrder, MarketOrderItem } from './market-order.entity.js';
import { isPaidFor, lockMarketOrder } from './market-orders.repository.js';
import { MarketError } from './market.errors.js';
import { sumTogether } from './order-rules.js';
import { priceItems, type PricedItem, type WantedItem } from './price-items.js';
import { MarketProducts } from './products.service.js';
import { isReturnAddress } from './return-address.js';

/** How long an `Idempotency-Key` is remembered. */
const KEY_MEMORY_MS = 24 * 3_600_000;
const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;

export interface OrderRequest {
  readonly items: readonly WantedItem[];
  readonly urlAfterCheckout: string | undefined;
}

export interface PlacedOrder {
  readonly orderId: string;
  /** In the order of the request. */
  readonly itemIds: readonly string[];
}

/** Carts that cPanel servers fill for their users. */
@Injectable()
export class MarketOrders {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly clients: MarketClients,
    private readonly products: MarketProducts,
    private readonly certificates: CertificatesService,
  ) {}

  /** Whether an item could be ordered. @throws as `priceItems` */
  async check(item: WantedItem): Promise<void> {
    await this.price(this.dataSource.manager, [{ item, place: 'item' }]);
  }

  /**
   * Places an order, all of it or none. The same key and request of a user and server within a day answer with the same order.
   *
   * @throws {MarketError} PRODUCT_NOT_FOUND, CSR_REQUIRED, CSR_UNWANTED, PRICE_CHANGED, ITEMS_NOT_TOGETHER, ORDER_TOO_LARGE,
   * URL_REFUSED, IDEMPOTENCY_KEY_MALFORMED or IDEMPOTENCY_KEY_REUSED
   * @throws {CertificateError} of any code
   */
  async place(caller: MarketCaller, request: OrderRequest, idempotencyKey: string | undefined): Promise<PlacedOrder> {
    if (idempotencyKey !== undefined && !IDEMPOTENCY_KEY.test(idempotencyKey))
      throw new MarketError('IDEMPOTENCY_KEY_MALFORMED');
    if (request.urlAfterCheckout !== undefined) await this.refuseAddress(caller, request.urlAfterCheckout);
    const { clientId, accountId } = caller;
    const requestKey = idempotencyKey === undefined ? null : digest([clientId, accountId, idempotencyKey]);
    const requestHash = digest(request);
    return inTransaction(this.dataSource, async (tx) => {
      const earlier = requestKey && (await this.earlierOrder(tx, requestKey, requestHash));
      if (earlier) return earlier;
      const items = await this.price(
        tx,
        request.items.map((item, index) => ({ item, place: `items.${index}` })),
      );
      return this.insert(tx, caller, request, { items, requestKey, requestHash });
    });
  }

  /**
   * Says where the browser goes after checkout, as often as wanted before it is paid.
   *
   * @throws {MarketError} ORDER_NOT_FOUND, ORDER_PAID or URL_REFUSED
   */
  async setUrlAfterCheckout(caller: MarketCaller, orderId: string, url: string): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const order = await lockMarketOrder(tx, orderId);
      // Somebody else's order must look like none: its id would tell that it exists.
      if (order?.accountId !== caller.accountId || order.clientId !== caller.clientId)
        throw new MarketError('ORDER_NOT_FOUND');
      if (order.canceledAt !== null || (await isPaidFor(tx, order))) throw new MarketError('ORDER_PAID');
      await this.refuseAddress(caller, url);
      await tx.update(MarketOrder, { id: order.id }, { urlAfterCheckout: url });
    });
  }

  private price(db: EntityManager, wanted: Parameters<typeof priceItems>[2]): Promise<PricedItem[]> {
    const selling = { certificates: this.products.sellsCertificates, at: this.clock.now() };
    return priceItems(db, this.certificates, wanted, selling);
  }

  private async refuseAddress({ clientId }: MarketCaller, url: string): Promise<void> {
    const { origins } = await this.clients.require(clientId);
    if (!isReturnAddress(url, origins)) throw new MarketError('URL_REFUSED', { field: 'url' });
  }

  /** The order this key placed before, for the same request. @throws {MarketError} IDEMPOTENCY_KEY_REUSED */
  private async earlierOrder(tx: EntityManager, requestKey: Buffer, requestHash: Buffer): Promise<PlacedOrder | null> {
    // Two retries at once: the second waits here until the first has placed its order.
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`market:${requestKey.toString('hex')}`]);
    const forgottenBefore = new Date(this.clock.now().getTime() - KEY_MEMORY_MS);
    await tx.update(MarketOrder, { requestKey, createdAt: LessThan(forgottenBefore) }, { requestKey: null });
    const order = await tx.findOneBy(MarketOrder, { requestKey });
    if (!order) return null;
    if (!order.requestHash?.equals(requestHash)) throw new MarketError('IDEMPOTENCY_KEY_REUSED');
    const items = await tx.find(MarketOrderItem, { where: { marketOrderId: order.id }, order: { position: 'ASC' } });
    return { orderId: order.id, itemIds: items.map(({ id }) => id) };
  }

  private async insert(
    tx: EntityManager,
    { clientId, accountId, email }: MarketCaller,
    { urlAfterCheckout }: OrderRequest,
    {
      items,
      requestKey,
      requestHash,
    }: { items: readonly PricedItem[]; requestKey: Buffer | null; requestHash: Buffer },
  ): Promise<PlacedOrder> {
    const createdAt = this.clock.now();
    const actor = `merchant:${accountId}`;
    const whose = { clientId, accountId, customerEmail: email, urlAfterCheckout: urlAfterCheckout ?? null };
    const quotedMinor = sumTogether(items);
    const nothing = { purchaseId: null, canceledAt: null };
    const { identifiers } = await tx.insert(MarketOrder, {
      ...whose,
      quotedMinor,
      requestKey,
      requestHash,
      createdAt,
      ...nothing,
    });
    const orderId = String((identifiers[0] as { id: string | number }).id);
    const itemIds: string[] = [];
    for (const [position, { sold, csr, names, amountMinor }] of items.entries()) {
      const id = `oi_${randomBytes(16).toString('hex')}`;
      const what = { productId: sold.product.id, names, quotedMinor: amountMinor, orderId: null };
      await tx.insert(MarketOrderItem, { id, marketOrderId: orderId, position, ...what });
      if (csr !== null) await this.certificates.place(tx, { id, csr }, actor);
      itemIds.push(id);
    }
    await recordAudit(tx, {
      at: createdAt,
      actor,
      action: 'market_order.placed',
      subject: orderId,
      data: { clientId },
    });
    return { orderId, itemIds };
  }
}

function digest(value: unknown): Buffer {
  return createHash('sha256').update(JSON.stringify(value)).digest();
}
