import { inTransaction } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { CertificateOrder, CertificatePayments, CertificatesService, type Settlement } from '#certificates';
import { Order, Purchases, type OrderStatus } from '#checkout';
import { MarketOrder, MarketOrderItem } from './market-order.entity.js';

const ACTOR = 'market';

/** An item with the order it is paid by, and its certificate if it is one. */
interface PaidItem {
  readonly id: string;
  readonly orderId: string;
  readonly status: OrderStatus;
  readonly certificate: CertificateOrder | undefined;
}

/**
 * Ties certificates to their payment: work begins when it is held, the money is taken when the last certificate of an order is
 * decided, and a PEM leaves the hub when Stripe has said that it was taken. One payment is taken once: licenses that were bought
 * with certificates are paid for with them.
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

  /** Does what the orders of a held payment say, and takes it or lets it go when all is decided; as often as it is told. */
  async follow(purchaseId: string): Promise<void> {
    for (const { id, status, certificate } of await this.itemsOf(purchaseId)) {
      if (!certificate) continue;
      await inTransaction(this.dataSource, async (tx) => {
        if (status === 'awaiting_payment' && certificate.state === 'awaiting_payment')
          await this.certificates.paymentAuthorized(tx, id, ACTOR);
        if (status === 'paid') await this.certificates.paymentSettled(tx, id, 'captured', ACTOR);
        if (status !== 'failed') return;
        await this.certificates.paymentSettled(tx, id, 'refused', ACTOR);
        await this.certificates.cancel(tx, id, ACTOR);
      });
    }
    await this.end(purchaseId);
  }

  async settle({ certificateId }: Settlement): Promise<void> {
    const db = this.dataSource.manager;
    const item = await db.findOneByOrFail(MarketOrderItem, { id: certificateId });
    const order = await db.findOneByOrFail(MarketOrder, { id: item.marketOrderId });
    // Nothing was held for what nobody paid.
    if (order.purchaseId !== null) await this.follow(order.purchaseId);
  }

  /** Brings a payment that is held to its end, if nothing of it is undecided any more. */
  private async end(purchaseId: string): Promise<void> {
    const items = await this.itemsOf(purchaseId);
    const isHeld = items.some(({ status }) => status === 'awaiting_payment');
    if (!isHeld || items.some(({ certificate }) => certificate && isUndecided(certificate))) return;
    const delivered = items.filter(({ certificate }) => !certificate || certificate.certificatePem !== null);
    await this.purchases.settle(purchaseId, new Set(delivered.map(({ orderId }) => orderId)));
  }

  private async itemsOf(purchaseId: string): Promise<PaidItem[]> {
    const db = this.dataSource.manager;
    const orders = await db.findBy(Order, { purchaseId });
    const statuses = new Map(orders.map(({ id, status }) => [id, status]));
    const items = await db.findBy(MarketOrderItem, { orderId: In([...statuses.keys()]) });
    const made = await db.findBy(CertificateOrder, { id: In(items.map(({ id }) => id)) });
    const certificates = new Map(made.map((certificate) => [certificate.id, certificate]));
    return items.map(({ id, orderId }) => {
      const status = statuses.get(orderId!)!;
      return { id, orderId: orderId!, status, certificate: certificates.get(id) };
    });
  }
}

/** Whether it may still be issued or refused. */
function isUndecided({ state, certificatePem }: CertificateOrder): boolean {
  return (
    state === 'awaiting_payment' || state === 'awaiting_validation' || (state === 'issuing' && certificatePem === null)
  );
}
