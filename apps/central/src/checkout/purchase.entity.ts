import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Orders paid for together, on one page of Stripe's. Its id is Stripe's idempotency key. */
@Entity('purchases')
export class Purchase {
  @PrimaryColumn('text') id!: string;
  /** The sum of its orders, in minor units of `currency`. */
  @Column('int') amountMinor!: number;
  @Column('text') currency!: string;
  @Column('text') customerEmail!: string;
  /** `manual`: the payment is authorized on the page and captured when there is something to deliver. */
  @Column('text') capture!: 'automatic' | 'manual';
  /** Null between the purchase's commit and Stripe's answer. */
  @Column('text', { nullable: true }) stripeSessionId!: string | null;
  /** Of a manual purchase, from its authorization on. */
  @Column('text', { nullable: true }) stripePaymentIntent!: string | null;
  @Column('text', { nullable: true }) sessionUrl!: string | null;
  @Column('timestamptz') createdAt!: Date;
  /** When Stripe's page closes. */
  @Column('timestamptz') expiresAt!: Date;
}
