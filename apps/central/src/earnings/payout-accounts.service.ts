import { Clock, inTransaction } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { ConnectGateway, type StripeAccount } from './connect-gateway.js';
import { EarningsError } from './earnings.errors.js';
import { PayoutAccount } from './payout-account.entity.js';

export interface PayoutDetails {
  readonly email: string;
  readonly country: string;
}

/** Where publishers are paid. */
@Injectable()
export class PayoutAccounts {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly connect: ConnectGateway,
  ) {}

  /**
   * A page of Stripe's where the publisher fills in the payout account, which is opened the first time. The row is committed
   * before Stripe hears of it, so asking twice, at once or after a crash, opens one account.
   *
   * @throws {EarningsError} PAYOUT_ACCOUNT_REFUSED or PAYOUTS_UNAVAILABLE
   */
  async openOnboarding(publisherId: string, details: PayoutDetails): Promise<{ url: string; expiresAt: Date }> {
    const account = await inTransaction(this.dataSource, (tx) => this.note(tx, publisherId, details));
    const stripeAccount = account.stripeAccount ?? (await this.connect.openAccount(account));
    const unknown = { publisherId, stripeAccount: IsNull() };
    await this.dataSource.manager.update(PayoutAccount, unknown, { stripeAccount });
    return this.connect.openOnboarding(stripeAccount);
  }

  /** The account as Stripe describes it at this moment. @throws {EarningsError} PAYOUT_ACCOUNT_MISSING or PAYOUTS_UNAVAILABLE */
  async refresh(publisherId: string): Promise<PayoutAccount> {
    const db = this.dataSource.manager;
    const account = await db.findOneBy(PayoutAccount, { publisherId });
    if (!account?.stripeAccount) throw new EarningsError('PAYOUT_ACCOUNT_MISSING');
    const askedAt = this.clock.now();
    const described = await this.connect.readAccount(account.stripeAccount);
    await inTransaction(this.dataSource, (tx) => this.hear(tx, described, askedAt));
    return db.findOneByOrFail(PayoutAccount, { publisherId });
  }

  /** Keeps what Stripe says about an account, unless something newer is known. False when it is none of the hub's, or old. */
  async hear(tx: EntityManager, account: StripeAccount, at: Date): Promise<boolean> {
    const { id, details_submitted: detailsSubmitted, payouts_enabled, requirements, capabilities } = account;
    const heardAt = new Date(Math.floor(at.getTime() / 1_000) * 1_000);
    const { affected } = await tx
      .createQueryBuilder()
      .update(PayoutAccount)
      .set({
        detailsSubmitted,
        isPayable: payouts_enabled && capabilities?.transfers === 'active',
        due: requirements?.currently_due ?? [],
        disabledReason: requirements?.disabled_reason ?? null,
        heardAt,
      })
      .where('stripe_account = :id AND heard_at <= :heardAt', { id, heardAt })
      .execute();
    return affected === 1;
  }

  private async note(tx: EntityManager, publisherId: string, details: PayoutDetails): Promise<PayoutAccount> {
    const { email, country } = details;
    const now = this.clock.now();
    // Until Stripe has answered, what it was asked stays: the same idempotency key must come with the same words.
    const written: { is_new: boolean }[] = await tx.query(
      `INSERT INTO payout_accounts AS a (publisher_id, email, country, details_submitted, is_payable, due, opened_at, heard_at)
       VALUES ($1, $2, $3, false, false, '{}', $4, 'epoch')
       ON CONFLICT (publisher_id) DO UPDATE SET email = excluded.email WHERE a.stripe_account IS NOT NULL
       RETURNING (xmax = 0) AS is_new`,
      [publisherId, email, country, now],
    );
    if (written[0]?.is_new) {
      const actor = `publisher:${publisherId}`;
      await recordAudit(tx, { at: now, actor, action: 'payout_account.opened', subject: publisherId });
    }
    return tx.findOneByOrFail(PayoutAccount, { publisherId });
  }
}
