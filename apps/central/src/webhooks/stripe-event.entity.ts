import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An event Stripe signed, kept by its id: the same event again changes nothing. */
@Entity('stripe_events')
export class StripeEventRow {
  /** `evt_…` as Stripe gave it. */
  @PrimaryColumn('text') id!: string;
  @Column('text') type!: string;
  /** The received JSON. */
  @Column('text') body!: string;
  @Column('timestamptz') receivedAt!: Date;
  @Column('timestamptz', { nullable: true }) handledAt!: Date | null;
  /** What came of it, for operators. */
  @Column('text', { nullable: true }) outcome!: string | null;
  /** Whether it was not believed: it changed nothing. */
  @Column('boolean') isRefused!: boolean;
}
