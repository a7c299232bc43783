import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Accounts whose balance follows from what is known of a payment. */
export type PaymentAccount = 'merchant_payment' | 'hub_fee' | 'publisher_payable' | 'tax' | 'refund' | 'dispute';

/** Where money comes from (`merchant_payment`, negative) and where it is. Lines posted together sum to zero (docs/protocol/money.md §2). */
export type LedgerAccount = PaymentAccount | 'stripe_fee' | 'payout';

/** One line of the ledger. Only ever added: what is taken back is another line. */
@Entity('ledger_postings')
export class LedgerPosting {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id!: string;
  /** Lines posted together; they sum to zero. */
  @Column('text') groupId!: string;
  /** Null for money paid out: it belongs to no single order. */
  @Column('text', { nullable: true }) orderId!: string | null;
  /** Stripe's id of the payment or fee, or the id of the payout. */
  @Column('text') paymentId!: string;
  @Column('text') publisherId!: string;
  @Column('text') account!: LedgerAccount;
  /** In minor units of `currency`. */
  @Column('int') amountMinor!: number;
  @Column('text') currency!: string;
  /** Id of the event that moved it. */
  @Column('text') cause!: string;
  @Column('timestamptz') postedAt!: Date;
}
