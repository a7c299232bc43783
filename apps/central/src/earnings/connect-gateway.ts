import { Injectable, Logger } from '@nestjs/common';
import Stripe from 'stripe';
import { StripeGateway } from '#checkout';
import { CentralConfig } from '#config';
import { EarningsError } from './earnings.errors.js';
import type { PayoutAccount } from './payout-account.entity.js';
import type { Payout } from './payout.entity.js';

export type StripeAccount = Stripe.Account;

/** Pages a publisher's browser comes back to, relative to `HUB_URL`. */
export const ONBOARDED_PATH = '/payout-account/done';
export const AGAIN_PATH = '/payout-account/again';

/** A transfer that was made, or why Stripe will not make it. */
export type TransferVerdict = { readonly transfer: string } | { readonly refusal: string };

/** What the hub asks of Stripe Connect. */
@Injectable()
export class ConnectGateway {
  private readonly logger = new Logger(ConnectGateway.name);

  constructor(
    private readonly stripe: StripeGateway,
    private readonly config: CentralConfig,
  ) {}

  /** Opens the Express account of a publisher; asking again within a day opens no second one. @throws {EarningsError} */
  async openAccount({ publisherId, email, country }: PayoutAccount): Promise<string> {
    const capabilities = { transfers: { requested: true } };
    const metadata = { publisher_id: publisherId };
    const params = { type: 'express', email, country, capabilities, metadata } as const;
    const idempotencyKey = `payout-account:${publisherId}`;
    return this.ask(async (client) => (await client.accounts.create(params, { idempotencyKey })).id);
  }

  /** A page of Stripe's where the publisher fills the account in: for minutes, once. @throws {EarningsError} */
  async openOnboarding(account: string): Promise<{ url: string; expiresAt: Date }> {
    return this.ask(async (client) => {
      const { url, expires_at: expires } = await client.accountLinks.create({
        account,
        type: 'account_onboarding',
        refresh_url: `${this.config.hubUrl}${AGAIN_PATH}`,
        return_url: `${this.config.hubUrl}${ONBOARDED_PATH}`,
      });
      return { url, expiresAt: new Date(expires * 1_000) };
    });
  }

  /** @throws {EarningsError} PAYOUTS_UNAVAILABLE */
  async readAccount(account: string): Promise<StripeAccount> {
    return this.ask((client) => client.accounts.retrieve(account));
  }

  /**
   * Makes the transfer of a payout, once: one that exists is found by its group, however long ago it was made, and two that ask
   * at the same time share the idempotency key. What is no verdict of Stripe's is thrown, to be tried again.
   */
  async transfer(payout: Payout): Promise<TransferVerdict> {
    const client = this.stripe.requireConfigured();
    const [made] = (await client.transfers.list({ transfer_group: payout.id, limit: 1 })).data;
    if (made) return { transfer: made.id };
    try {
      const { id } = await client.transfers.create(transferParams(payout), { idempotencyKey: payout.id });
      return { transfer: id };
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
      return { refusal: error.code ?? error.type };
    }
  }

  private async ask<T>(question: (client: Stripe) => Promise<T>): Promise<T> {
    try {
      return await question(this.stripe.requireConfigured());
    } catch (cause) {
      if (cause instanceof Stripe.errors.StripeInvalidRequestError)
        throw new EarningsError('PAYOUT_ACCOUNT_REFUSED', { cause });
      this.logger.error(`Stripe Connect did not answer: ${cause instanceof Error ? cause.name : String(cause)}`);
      throw new EarningsError('PAYOUTS_UNAVAILABLE', { cause });
    }
  }
}

function transferParams({ id, publisherId, week, currency, amountMinor, stripeAccount }: Payout) {
  return {
    amount: amountMinor,
    currency: currency.toLowerCase(),
    destination: stripeAccount,
    transfer_group: id,
    description: `Sales up to the week of ${week}`,
    metadata: { payout_id: id, publisher_id: publisherId, week },
  };
}
