import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One payment for one order, and the time it pays for. Known by Stripe's id of what was paid, so hearing of it twice adds one. */
@Entity('license_periods')
export class LicensePeriod {
  /** `in_…` of the invoice, else `pi_…` of the payment, else `cs_…` of the session; with `:` and the order if it paid for others too. */
  @PrimaryColumn('text') id!: string;
  @Column('text') orderId!: string;
  /** Whether it is what the order was bought with; later ones renew it. */
  @Column('boolean') isPurchase!: boolean;
  /** In minor units of `currency`; 0 for a trial. */
  @Column('int') amountMinor!: number;
  /** Tax within the amount, as Stripe found it. */
  @Column('int') taxMinor!: number;
  @Column('text') currency!: string;
  /** What the hub keeps of it, as agreed when it was paid. */
  @Column('int') commissionPercent!: number;
  @Column('timestamptz') paidAt!: Date;
  /** End of the invoice's own period; null when Stripe has named none (yet). */
  @Column('timestamptz', { nullable: true }) endsAt!: Date | null;
  /** `pi_…` of a payment of which this is a part; null for a payment of its own. */
  @Column('text', { nullable: true }) jointPayment!: string | null;
  /** When the hub first heard of it; null for what is older than receipts. */
  @Column('timestamptz', { nullable: true }) notedAt!: Date | null;
}

/** `inquiry` moves no money; `won` is over and moved none in the end. */
export type ReturnState = 'refunded' | 'inquiry' | 'open' | 'won' | 'lost';

/** Money of a payment that went back, or may: one row a refunded charge, one a dispute. It may be heard of before its payment. */
@Entity('payment_returns')
export class PaymentReturn {
  /** `ch_…` or `dp_…` */
  @PrimaryColumn('text') id!: string;
  @Column('text') kind!: 'refund' | 'dispute';
  @Column('text') paymentIntent!: string;
  /** All that went back so far. */
  @Column('int') amountMinor!: number;
  /** Null for what was heard before currencies were kept. */
  @Column('text', { nullable: true }) currency!: string | null;
  @Column('text') state!: ReturnState;
  @Column('timestamptz') happenedAt!: Date;
  /** When Stripe said so. */
  @Column('timestamptz') heardAt!: Date;
}

/** What Stripe last said about a subscription. It grants nothing: paid periods do. */
@Entity('subscriptions')
export class Subscription {
  /** `sub_…` */
  @PrimaryColumn('text') id!: string;
  @Column('text') orderId!: string;
  @Column('text') status!: string;
  @Column('timestamptz', { nullable: true }) cancelAt!: Date | null;
  @Column('timestamptz', { nullable: true }) endedAt!: Date | null;
  /** The last time an invoice could not be paid. */
  @Column('timestamptz', { nullable: true }) paymentFailedAt!: Date | null;
  /** Stripe's page where that invoice can be paid. */
  @Column('text', { nullable: true }) payUrl!: string | null;
  @Column('timestamptz') heardAt!: Date;
  @Column('text') heardEvent!: string;
}
