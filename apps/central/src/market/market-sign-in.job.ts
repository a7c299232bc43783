import { defineJob, inTransaction, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { MerchantLinks } from '#accounts';
import { Mails } from '#mail';

/** Sends a sign-in link to somebody who wants to buy; a stranger becomes a merchant with it. */
export const offerMarketSignIn = defineJob<{ email: string }>('offer-market-sign-in');

@Injectable()
export class MarketSignIn {
  constructor(
    private readonly dataSource: DataSource,
    private readonly links: MerchantLinks,
    private readonly mails: Mails,
  ) {}

  @OnJob(offerMarketSignIn)
  async offer({ email }: { email: string }): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const link = await this.links.make(tx, { email });
      if (!link) return;
      await this.mails.queue(tx, { template: 'sign-in', to: email, values: { link: link.url, minutes: link.minutes } });
    });
  }
}
