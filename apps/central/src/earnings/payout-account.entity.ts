import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Where a publisher is paid: an Express account at Stripe, as Stripe last described it. */
@Entity('payout_accounts')
export class PayoutAccount {
  @PrimaryColumn('text') publisherId!: string;
  /** Where the hub writes about payouts. */
  @Column('text') email!: string;
  /** ISO 3166-1 alpha-2. */
  @Column('text') country!: string;
  /** `acct_…`; null between the row's commit and Stripe's answer. */
  @Column('text', { nullable: true }) stripeAccount!: string | null;
  @Column('boolean') detailsSubmitted!: boolean;
  /** Whether Stripe lets it receive transfers and pay them out. */
  @Column('boolean') isPayable!: boolean;
  /** What Stripe still asks the publisher for, in Stripe's words. */
  @Column('text', { array: true }) due!: string[];
  @Column('text', { nullable: true }) disabledReason!: string | null;
  @Column('timestamptz') openedAt!: Date;
  /** As of when; older words change nothing. In whole seconds, like Stripe's. */
  @Column('timestamptz') heardAt!: Date;
}
