import { Column, Entity, PrimaryColumn } from 'typeorm';

/** `planned` is taken from the balance and on its way; `failed` was given back to it. */
export type PayoutStatus = 'planned' | 'paid' | 'failed';

/** What a publisher is paid for a week, at most once a currency. */
@Entity('payouts')
export class Payout {
  @PrimaryColumn('text') id!: string;
  @Column('text') publisherId!: string;
  /** The Monday the week begins with, `YYYY-MM-DD` in UTC. */
  @Column('date') week!: string;
  @Column('text') currency!: string;
  /** In minor units of `currency`. */
  @Column('int') amountMinor!: number;
  @Column('text') status!: PayoutStatus;
  /** The account it goes to, fixed when it was planned. */
  @Column('text') stripeAccount!: string;
  /** `tr_…` once it is paid. */
  @Column('text', { nullable: true }) stripeTransfer!: string | null;
  @Column('timestamptz') plannedAt!: Date;
  @Column('timestamptz', { nullable: true }) decidedAt!: Date | null;
  /** Stripe's code for why it failed. */
  @Column('text', { nullable: true }) failure!: string | null;
}
