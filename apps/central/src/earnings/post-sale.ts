import type { EntityManager } from 'typeorm';
import { LedgerEntry } from './ledger-entry.entity.js';
import { splitSale } from './split-sale.js';

export interface Sale {
  readonly orderId: string;
  readonly publisherId: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly commissionPercent: number;
  readonly at: Date;
}

/** Books a paid order for its publisher and the hub, once: an order that is booked already stays as it is. */
export async function postSale(tx: EntityManager, sale: Sale): Promise<void> {
  const { orderId, publisherId, amountMinor, currency, commissionPercent, at } = sale;
  const { publisherShare, commission } = splitSale(amountMinor, commissionPercent);
  const common = { orderId, publisherId, currency, postedAt: at };
  await tx
    .createQueryBuilder()
    .insert()
    .into(LedgerEntry)
    .values([
      { ...common, kind: 'publisher_share', amountMinor: publisherShare },
      { ...common, kind: 'commission', amountMinor: commission },
    ])
    .orIgnore()
    .execute();
}
