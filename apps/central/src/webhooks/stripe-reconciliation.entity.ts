import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One look at everything Stripe says since a time. The next one begins where it ended, and a day before. */
@Entity('stripe_reconciliations')
export class StripeReconciliationRow {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id!: string;
  @Column('timestamptz') since!: Date;
  @Column('timestamptz') until!: Date;
  /** Events and sessions that were looked at. */
  @Column('int') events!: number;
  @Column('int') sessions!: number;
  /** Ids of what the hub had not heard. */
  @Column('text', { array: true }) recovered!: string[];
  @Column('timestamptz') finishedAt!: Date;
}
