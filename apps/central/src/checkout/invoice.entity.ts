import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An invoice Stripe made for an order or a period of its subscription. It is for people to read: paid periods grant, not invoices. */
@Entity('invoices')
export class Invoice {
  /** `in_…` */
  @PrimaryColumn('text') id!: string;
  /** Of several orders that were paid for together the first. */
  @Column('text') orderId!: string;
  /** As printed on it. */
  @Column('text') number!: string;
  @Column('text') status!: 'open' | 'uncollectible' | 'paid' | 'void';
  /** Tax included, in minor units of `currency`. */
  @Column('int') amountMinor!: number;
  @Column('text') currency!: string;
  /** The date printed on it. */
  @Column('timestamptz') issuedAt!: Date;
}
