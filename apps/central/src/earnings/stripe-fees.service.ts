import { Clock, defineJob, inTransaction, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { DataSource, type EntityManager } from 'typeorm';
import { StripeGateway } from '#checkout';
import { LedgerPosting } from './ledger-posting.entity.js';

export const recordStripeFees = defineJob('record-stripe-fees', { cron: '23 * * * *' });

/** How far before the last known fee is read again: events of payments may come late. */
const OVERLAP_MS = 3 * 86_400_000;

/** A fee as Stripe's balance shows it. */
export interface FeeAtStripe {
  readonly id: string;
  readonly paymentIntent: string;
  readonly feeMinor: number;
  readonly currency: string;
  readonly chargedAt: Date;
}

/** Books what Stripe keeps of payments: the hub bears it (money.md §2). */
@Injectable()
export class StripeFees {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly stripe: StripeGateway,
  ) {}

  @OnJob(recordStripeFees)
  async recordRecent(): Promise<void> {
    await this.record();
  }

  /** Books the fees since a time, the last known fee when none is named. Says how many were new. @throws {CheckoutError} CHECKOUT_UNAVAILABLE */
  async record(since?: Date): Promise<number> {
    const from = since ?? (await this.lastKnown());
    if (!from) return 0;
    let added = 0;
    for await (const fee of feesSince(this.stripe.requireConfigured(), from)) {
      if (await inTransaction(this.dataSource, (tx) => this.add(tx, fee))) added += 1;
    }
    return added;
  }

  private async lastKnown(): Promise<Date | null> {
    const [row]: { at: Date | null }[] = await this.dataSource.query(
      `SELECT coalesce((SELECT max(charged_at) FROM stripe_fees), (SELECT min(paid_at) FROM license_periods)) AS at`,
    );
    return row?.at ? new Date(row.at.getTime() - OVERLAP_MS) : null;
  }

  /** Books a fee once, on the first order that a joint payment paid for. False when it is booked already, or its payment is not known (yet). */
  private async add(tx: EntityManager, fee: FeeAtStripe): Promise<boolean> {
    const { id, paymentIntent, feeMinor, currency, chargedAt } = fee;
    const [known]: { payment_id: string; order_id: string; publisher_id: string }[] = await tx.query(
      `WITH payment AS (
         SELECT p.id AS payment_id, p.order_id, k.publisher_id
           FROM license_periods p JOIN orders o ON o.id = p.order_id JOIN packages k ON k.id = o.package_id
          WHERE p.id = $2 OR p.joint_payment = $2 OR p.id IN (SELECT invoice FROM invoice_payments WHERE payment_intent = $2)
          ORDER BY p.id COLLATE "C" LIMIT 1),
       added AS (
         INSERT INTO stripe_fees (id, payment_id, fee_minor, currency, charged_at)
         SELECT $1, payment_id, $3, $4, $5 FROM payment ON CONFLICT (id) DO NOTHING RETURNING payment_id)
       SELECT payment.* FROM payment JOIN added USING (payment_id)`,
      [id, paymentIntent, feeMinor, currency, chargedAt],
    );
    if (!known) return false;
    const { order_id: orderId, publisher_id: publisherId } = known;
    const line = { groupId: id, orderId, paymentId: id, publisherId, currency, cause: id, postedAt: this.clock.now() };
    await tx.insert(LedgerPosting, [
      { ...line, account: 'stripe_fee', amountMinor: feeMinor },
      { ...line, account: 'hub_fee', amountMinor: 0 - feeMinor },
    ]);
    return true;
  }
}

/** Every fee of Stripe's balance since a time that was asked for a payment or its dispute. */
export async function* feesSince(client: Stripe, since: Date): AsyncGenerator<FeeAtStripe> {
  const created = { gte: Math.floor(since.getTime() / 1_000) };
  for await (const item of client.balanceTransactions.list({ created, limit: 100, expand: ['data.source'] })) {
    const paymentIntent = paymentIntentOf(item.source);
    if (item.fee === 0 || paymentIntent === null) continue;
    const { id, fee: feeMinor, currency, created: at } = item;
    yield { id, paymentIntent, feeMinor, currency: currency.toUpperCase(), chargedAt: new Date(at * 1_000) };
  }
}

function paymentIntentOf(source: Stripe.BalanceTransaction['source']): string | null {
  if (source === null || typeof source === 'string') return null;
  if (source.object !== 'charge' && source.object !== 'dispute' && source.object !== 'refund') return null;
  const { payment_intent: intent } = source;
  return typeof intent === 'object' ? (intent?.id ?? null) : intent;
}
