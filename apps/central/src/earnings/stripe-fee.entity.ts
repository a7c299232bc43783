import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What Stripe kept of a payment, or asked for its dispute: one row a balance transaction. */
@Entity('stripe_fees')
export class StripeFee {
  /** `txn_…` */
  @PrimaryColumn('text') id!: string;
  /** The payment it was charged for (`license_periods`). */
  @Column('text') paymentId!: string;
  /** In minor units of `currency`, which is that of Stripe's balance. */
  @Column('int') feeMinor!: number;
  @Column('text') currency!: string;
  @Column('timestamptz') chargedAt!: Date;
}
