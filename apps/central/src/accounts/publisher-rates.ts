import { Clock, inTransaction } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, LessThanOrEqual, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { AccountError } from './accounts.errors.js';
import { Publisher } from './publisher.entity.js';
import { PublisherRate } from './publisher-rate.entity.js';

/** What was agreed with publishers about their sales. */
@Injectable()
export class PublisherRates {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Agrees on a rate from a time on, null for now. Never from the past: orders were sold at the rate of their day.
   *
   * @throws {AccountError} PUBLISHER_UNKNOWN or RATE_REFUSED
   */
  async set(
    publisherId: string,
    { commissionPercent, validFrom: from }: { readonly commissionPercent: number; readonly validFrom: Date | null },
    actor: string,
  ): Promise<PublisherRate> {
    const now = this.clock.now();
    const validFrom = from ?? now;
    const isPercent = Number.isInteger(commissionPercent) && commissionPercent >= 0 && commissionPercent <= 100;
    if (!isPercent || !(validFrom >= now)) throw new AccountError('RATE_REFUSED');
    return inTransaction(this.dataSource, async (tx) => {
      if (!(await tx.existsBy(Publisher, { id: publisherId }))) throw new AccountError('PUBLISHER_UNKNOWN');
      const rate = { publisherId, validFrom, commissionPercent, setAt: now };
      await tx.upsert(PublisherRate, rate, ['publisherId', 'validFrom']);
      const data = { commissionPercent, validFrom: validFrom.toISOString() };
      await recordAudit(tx, { at: now, actor, action: 'publisher_rate.set', subject: publisherId, data });
      return rate;
    });
  }
}

/** What was agreed with a publisher for `at`, or null when the hub's default holds. */
export async function findRate(db: EntityManager, publisherId: string, at: Date): Promise<number | null> {
  const where = { publisherId, validFrom: LessThanOrEqual(at) };
  const rate = await db.findOne(PublisherRate, { where, order: { validFrom: 'DESC' } });
  return rate?.commissionPercent ?? null;
}
