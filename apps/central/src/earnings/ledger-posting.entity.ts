import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Where money comes from (`merchant_payment`, negative) and where it is. All accounts of a payment always sum to zero. */
export type LedgerAccount = 'merchant_payment' | 'hub_fee' | 'publisher_payable' | 'refund' | 'dispute';

/** One line of the ledger. Only ever added: what is taken back is another line. */
@Entity('ledger_postings')
export class LedgerPosting {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id!: string;
  /** Lines posted together; they sum to zero. */
  @Column('text') groupId!: string;
  @Column('text') orderId!: string;
  /** Stripe's id of what was paid. */
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
