import { Clock, defineJob, inTransaction, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { recordAudit } from '#audit';
import { CertificateOrder, CertificatesService } from '#certificates';
import { Authorizations } from './authorizations.service.js';
import { MarketOrder, MarketOrderItem } from './market-order.entity.js';
import { lockMarketOrder, paymentOf } from './market-orders.repository.js';

/** Hourly: what has expired is of no use to anybody. */
export const sweepMarket = defineJob('sweep-market', { cron: '37 * * * *' });

/** cPanel stops asking after this long, so nobody would get what is paid later. */
const UNPAID_DAYS = 30;
const BATCH = 200;
const ACTOR = 'market';

@Injectable()
export class SweepMarket {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly authorizations: Authorizations,
    private readonly certificates: CertificatesService,
  ) {}

  /** Forgets old codes with their tokens, and gives up orders nobody has paid for in time. */
  @OnJob(sweepMarket)
  async sweep(): Promise<void> {
    await this.authorizations.sweep();
    const before = new Date(this.clock.now().getTime() - UNPAID_DAYS * 86_400_000);
    const unpaid: { id: string }[] = await this.dataSource.query(
      `SELECT id FROM market_orders m WHERE canceled_at IS NULL AND created_at < $1 AND NOT EXISTS (
          SELECT 1 FROM orders o WHERE o.purchase_id = m.purchase_id AND o.status IN ('paid', 'awaiting_payment'))
        ORDER BY id LIMIT $2`,
      [before, BATCH],
    );
    for (const { id } of unpaid) await this.giveUp(id);
  }

  private async giveUp(id: string): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const order = await lockMarketOrder(tx, id);
      if (!order || order.canceledAt !== null || (await paymentOf(tx, order)) === 'paid') return;
      const at = this.clock.now();
      await tx.update(MarketOrder, { id }, { canceledAt: at });
      for (const item of await tx.findBy(MarketOrderItem, { marketOrderId: id })) {
        if (await tx.existsBy(CertificateOrder, { id: item.id })) await this.certificates.cancel(tx, item.id, ACTOR);
      }
      await recordAudit(tx, { at, actor: ACTOR, action: 'market_order.given_up', subject: id });
    });
  }
}
