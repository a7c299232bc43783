import { Clock, defineJob, enqueue, inTransaction, newId, OnJob } from '@hansa/platform';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { Publisher } from '#accounts';
import { CentralConfig } from '#config';
import { Mails } from '#mail';
import { ConnectGateway } from './connect-gateway.js';
import { EarningsError } from './earnings.errors.js';
import { PayoutAccount } from './payout-account.entity.js';
import { PayoutAccounts } from './payout-accounts.service.js';
import { Payout } from './payout.entity.js';
import { daysOf, readWeek, weekBefore, type PayoutWeek } from './payout-week.js';
import { listDue, postPayout } from './payouts.repository.js';

export const payPublishers = defineJob('pay-publishers', { cron: '0 5 * * 1' });
export const sendPayout = defineJob<{ payoutId: string }>('send-payout');

const ACTOR = 'system';

/** Pays publishers, once a week (money.md §4). */
@Injectable()
export class PayoutsService {
  private readonly logger = new Logger(PayoutsService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
    private readonly accounts: PayoutAccounts,
    private readonly connect: ConnectGateway,
    private readonly mails: Mails,
  ) {}

  /** Mondays: plans the payouts of the week before. */
  @OnJob(payPublishers)
  async payPublishers(): Promise<void> {
    await this.plan(weekBefore(this.clock.now()));
  }

  /** Plans the payouts of a week by hand; the last one when none is named. @throws {EarningsError} WEEK_REFUSED */
  async planByHand(name: string | undefined): Promise<{ week: string; planned: number }> {
    const now = this.clock.now();
    const week = name === undefined ? weekBefore(now) : readWeek(name, now);
    if (!week) throw new EarningsError('WEEK_REFUSED');
    return { week: week.name, planned: await this.plan(week) };
  }

  /**
   * Makes the transfer of a planned payout and then writes that it was made. Killed in between, it finds the transfer when it
   * runs again. What Stripe refuses goes back to the balance and is part of the next week's payout.
   */
  @OnJob(sendPayout)
  async send({ payoutId }: { payoutId: string }): Promise<void> {
    const payout = await this.dataSource.manager.findOneBy(Payout, { id: payoutId });
    if (payout?.status !== 'planned') return;
    const verdict = await this.connect.transfer(payout);
    await inTransaction(this.dataSource, async (tx) => {
      const locked = await tx.findOne(Payout, { where: { id: payoutId }, lock: { mode: 'pessimistic_write' } });
      if (locked?.status !== 'planned') return;
      if ('transfer' in verdict) await this.markPaid(tx, locked, verdict.transfer);
      else await this.markFailed(tx, locked, verdict.refusal);
    });
  }

  /** Plans what is due and not planned yet, and sees to it that what was planned is sent. Says how many were planned. */
  private async plan(week: PayoutWeek): Promise<number> {
    const due = await listDue(this.dataSource.manager, week, this.config.payoutMinimumMinor);
    let planned = 0;
    for (const publisherId of new Set(due.map((balance) => balance.publisherId))) {
      if (!(await this.isPayable(publisherId))) continue;
      planned += await inTransaction(this.dataSource, (tx) => this.planFor(tx, publisherId, week));
    }
    await inTransaction(this.dataSource, async (tx) => {
      for (const { id } of await tx.findBy(Payout, { status: 'planned' })) await enqueueSending(tx, id);
    });
    return planned;
  }

  private async isPayable(publisherId: string): Promise<boolean> {
    try {
      return (await this.accounts.refresh(publisherId)).isPayable;
    } catch (error) {
      if (!(error instanceof EarningsError) || error.code === 'PAYOUTS_UNAVAILABLE') throw error;
      this.logger.warn(`${publisherId} has earned money and cannot be paid: ${error.code}`);
      return false;
    }
  }

  private async planFor(tx: EntityManager, publisherId: string, week: PayoutWeek): Promise<number> {
    // One at a time a publisher: a second plan waits here and then sees what the first one took from the balance.
    const account = await tx.findOne(PayoutAccount, { where: { publisherId }, lock: { mode: 'pessimistic_write' } });
    if (!account?.stripeAccount) return 0;
    const at = this.clock.now();
    let planned = 0;
    for (const { currency, amountMinor } of await listDue(tx, week, this.config.payoutMinimumMinor, publisherId)) {
      const terms = { publisherId, week: week.name, currency };
      if (await tx.existsBy(Payout, terms)) continue;
      const { stripeAccount } = account;
      const open = { status: 'planned', stripeTransfer: null, decidedAt: null, failure: null } as const;
      const payout = { id: newId('pay'), ...terms, amountMinor, stripeAccount, plannedAt: at, ...open };
      await tx.insert(Payout, payout);
      await postPayout(tx, payout, { as: 'taken', at });
      await enqueueSending(tx, payout.id);
      await recordAudit(tx, { at, actor: ACTOR, action: 'payout.planned', subject: payout.id, data: { publisherId } });
      planned += 1;
    }
    return planned;
  }

  private async markPaid(tx: EntityManager, payout: Payout, stripeTransfer: string): Promise<void> {
    const at = this.clock.now();
    await tx.update(Payout, { id: payout.id }, { status: 'paid', stripeTransfer, decidedAt: at });
    const data = { stripeTransfer };
    await recordAudit(tx, { at, actor: ACTOR, action: 'payout.paid', subject: payout.id, data });
    const { publisherId, amountMinor, currency, week, id } = payout;
    const { email } = await tx.findOneByOrFail(PayoutAccount, { publisherId });
    const { name: publisher } = await tx.findOneByOrFail(Publisher, { id: publisherId });
    const { from, to } = daysOf(week);
    const values = { publisher, amountMinor, currency, from, to };
    await this.mails.queue(tx, { template: 'payout', to: email, values, cause: `payout:${id}` });
  }

  private async markFailed(tx: EntityManager, payout: Payout, failure: string): Promise<void> {
    const at = this.clock.now();
    this.logger.warn(`Stripe refused payout ${payout.id}: ${failure}`);
    await tx.update(Payout, { id: payout.id }, { status: 'failed', failure, decidedAt: at });
    await postPayout(tx, payout, { as: 'given_back', at });
    await recordAudit(tx, { at, actor: ACTOR, action: 'payout.failed', subject: payout.id, data: { failure } });
  }
}

async function enqueueSending(tx: EntityManager, payoutId: string): Promise<void> {
  await enqueue(tx, sendPayout, { payoutId }, { key: `payout:${payoutId}` });
}
