import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

export type LedgerKind = 'publisher_share' | 'commission';

/** One movement of money that an order causes. Never changed: what is taken back is another entry. */
@Entity('ledger_entries')
export class LedgerEntry {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id!: string;
  @Column('text') orderId!: string;
  @Column('text') publisherId!: string;
  @Column('text') kind!: LedgerKind;
  /** In minor units of `currency`. */
  @Column('int') amountMinor!: number;
  @Column('text') currency!: string;
  @Column('timestamptz') postedAt!: Date;
}
