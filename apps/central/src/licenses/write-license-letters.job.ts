import { Clock, defineJob, inTransaction, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Mails } from '#mail';
import { findUnwritten, type LetterKind, type LetterRow } from './license-letters.repository.js';
import { LicenseKeys } from './license-keys.js';

/** Writes to customers about what became of their licenses, once a minute. */
export const writeLicenseLetters = defineJob<object>('write-license-letters', { cron: '* * * * *', maxAttempts: 1 });

const DAY_MS = 24 * 3_600_000;
/** What is older was told by somebody else, or is too late to tell. */
const LATEST_MS = 2 * DAY_MS;
/** How long before the end a reminder is sent. */
const REMIND_MS = 14 * DAY_MS;
const MAX_LETTERS = 500;

/**
 * Letters follow from what licenses say, whatever event said it and in whatever order: each cause is looked for until its letter
 * is written, and written once. Nothing of it is on the path of a payment.
 */
@Injectable()
export class WriteLicenseLetters {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly keys: LicenseKeys,
    private readonly mails: Mails,
  ) {}

  @OnJob(writeLicenseLetters)
  async run(): Promise<void> {
    const now = this.clock.now().getTime();
    const past = { after: new Date(now - LATEST_MS), until: new Date(now), limit: MAX_LETTERS };
    const ahead = { after: new Date(now), until: new Date(now + REMIND_MS), limit: MAX_LETTERS };
    for (const kind of ['receipt', 'paid', 'revoked', 'unpaid', 'ending'] as const) {
      const rows = await findUnwritten(this.dataSource.manager, kind, kind === 'ending' ? ahead : past);
      for (const row of rows) await inTransaction(this.dataSource, (tx) => this.write(tx, kind, row));
    }
  }

  private async write(tx: EntityManager, kind: LetterKind, row: LetterRow): Promise<void> {
    const { customer_email: to, name, cause, packages, reaches } = row;
    const expiresAt = row.expires_at?.toISOString() ?? null;
    const updatesUntil = row.updates_until?.toISOString() ?? null;
    const paid =
      row.amount_minor === null || row.currency === null
        ? null
        : { amountMinor: row.amount_minor, currency: row.currency };
    switch (kind) {
      case 'receipt': {
        const licenseKey = this.keys.open({ id: row.id, keySealed: row.key_sealed });
        const composer = packages.length === 0 ? null : { packages, token: null };
        const values = { name, licenseKey, paid, expiresAt, updatesUntil, composer, reaches };
        return this.mails.queue(tx, { template: 'receipt', to, cause, values });
      }
      case 'paid': {
        const { bought, quantity, seats } = row;
        const terms = { bought: bought!, seatsBought: quantity!, seats, expiresAt, updatesUntil };
        return this.mails.queue(tx, {
          template: 'payment-received',
          to,
          cause,
          values: { name, paid: paid!, ...terms },
        });
      }
      case 'revoked': {
        const values = { name, reason: row.revoked_reason ?? 'revoked' };
        return this.mails.queue(tx, { template: 'license-revoked', to, cause, values });
      }
      case 'unpaid':
        return this.mails.queue(tx, {
          template: 'payment-failed',
          to,
          cause,
          values: { name, paid, payUrl: row.pay_url },
        });
      case 'ending': {
        const values = { name, endsAt: row.updates_until!.toISOString(), renewsItself: row.renews };
        return this.mails.queue(tx, { template: 'renewal-reminder', to, cause, values });
      }
    }
  }
}
