import { inTransaction } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { CertificateOrder, CertificatePayments, CertificatesService, type Settlement } from '#certificates';
import { Order, Purchases, type OrderStatus } from '#checkout';
import { MarketOrder, MarketOrderItem } from './market-order.entity.js';

const ACTOR = 'market';

/** An item with the order it is paid by. */
interface PaidItem {
  readonly id: string;
  readonly orderId: string;
  readonly status: OrderStatus;
}

/**
 * Ties certificates to their payment: work begins when it is held, the money is taken for those that were issued when the last of
 * an order is decided, and a PEM leaves the hub when Stripe has said that it was taken.
 */
@Injectable()
export class CertificateMoney extends CertificatePayments {
  constructor(
    private readonly dataSource: DataSource,
    private readonly purchases: Purchases,
    private readonly certificates: CertificatesService,
  ) {
    super();
  }

  /** Does what the orders of a held payment say, as often as it is told. */
  async follow(purchaseId: string): Promise<void> {
    for (const { id, status } of await this.itemsOf(purchaseId)) {
      await inTransaction(this.dataSource, async (tx) => {
        if (status === 'awaiting_payment') await this.certificates.paymentAuthorized(tx, id, ACTOR);
        if (status === 'paid') await this.certificates.paymentSettled(tx, id, 'captured', ACTOR);
        if (status !== 'failed') return;
        await this.certificates.paymentSettled(tx, id, 'refused', ACTOR);
        await this.certificates.cancel(tx, id, ACTOR);
      });
    }
  }

  async settle({ certificateId }: Settlement): Promise<void> {
    const db = this.dataSource.manager;
    const item = await db.findOneByOrFail(MarketOrderItem, { id: certificateId });
    const order = await db.findOneByOrFail(MarketOrder, { id: item.marketOrderId });
    // Nothing was held for what nobody paid.
    if (order.purchaseId === null) return;
    const items = await this.itemsOf(order.purchaseId);
    const made = await db.findBy(CertificateOrder, { id: In(items.map(({ id }) => id)) });
    // One payment, taken once: the last one to be decided brings it to an end.
    if (made.some(isUndecided)) return;
    const issued = new Set(made.filter(({ certificatePem }) => certificatePem !== null).map(({ id }) => id));
    await this.purchases.settle(
      order.purchaseId,
      new Set(items.flatMap(({ id, orderId }) => (issued.has(id) ? orderId : []))),
    );
    // A hold that was gone before brings no news any more.
    await this.follow(order.purchaseId);
  }

  private async itemsOf(purchaseId: string): Promise<PaidItem[]> {
    const orders = await this.dataSource.manager.findBy(Order, { purchaseId });
    const statuses = new Map(orders.map(({ id, status }) => [id, status]));
    const items = await this.dataSource.manager.findBy(MarketOrderItem, { orderId: In([...statuses.keys()]) });
    return items.map(({ id, orderId }) => ({ id, orderId: orderId!, status: statuses.get(orderId!)! }));
  }
}

/** Whether it may still be issued or refused. */
function isUndecided({ state, certificatePem }: CertificateOrder): boolean {
  return (
    state === 'awaiting_payment' || state === 'awaiting_validation' || (state === 'issuing' && certificatePem === null)
  );
}
