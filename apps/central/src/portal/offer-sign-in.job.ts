import { defineJob, inTransaction, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { MerchantLinks } from '#accounts';
import { Mails } from '#mail';

/** Sends a sign-in link to an address, if it is one the hub knows. */
export const offerSignIn = defineJob<{ email: string }>('offer-sign-in');
/** Hourly: links that have expired are of no use to anybody. */
export const sweepMerchantLinks = defineJob<object>('sweep-merchant-links', { cron: '41 * * * *' });

@Injectable()
export class OfferSignIn {
  constructor(
    private readonly dataSource: DataSource,
    private readonly links: MerchantLinks,
    private readonly mails: Mails,
  ) {}

  /** A stranger gets no mail. The asker cannot tell: his answer was given before anything was looked up. */
  @OnJob(offerSignIn)
  async offer({ email }: { email: string }): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const [{ known }]: [{ known: boolean }] = await tx.query(
        `SELECT EXISTS (SELECT 1 FROM merchant_accounts WHERE email = $1 AND NOT email_generated)
             OR EXISTS (SELECT 1 FROM merchant_invitations WHERE email = $1)
             OR EXISTS (SELECT 1 FROM licenses WHERE lower(customer_email) = $1) AS known`,
        [email],
      );
      const link = known ? await this.links.make(tx, { email }) : null;
      if (!link) return;
      await this.mails.queue(tx, { template: 'sign-in', to: email, values: { link: link.url, minutes: link.minutes } });
    });
  }

  @OnJob(sweepMerchantLinks)
  async sweep(): Promise<void> {
    await this.links.sweep();
  }
}
