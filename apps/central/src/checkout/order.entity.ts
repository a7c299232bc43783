import type { BillingInterval, LicenseKind } from '@hansa/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { OrderStatus } from './order-steps.js';

/** One purchase. What is bought and what it costs is copied when it is placed and never changes with the listing. */
@Entity('orders')
export class Order {
  @PrimaryColumn('text') id!: string;
  @Column('text') packageId!: string;
  @Column('text') version!: string;
  /** What Stripe's page calls it. */
  @Column('text') itemName!: string;
  @Column('text') licenseKind!: Exclude<LicenseKind, 'free'>;
  @Column('text', { nullable: true }) billingInterval!: BillingInterval | null;
  @Column('text') customerEmail!: string;
  /** The shop it was bought for; null for an order of no shop. */
  @Column('text', { nullable: true }) instanceId!: string | null;
  /** Set when it is paid for through a purchase, together with others or not. */
  @Column('text', { nullable: true }) purchaseId!: string | null;
  /** In minor units of `currency`. */
  @Column('int') amountMinor!: number;
  @Column('text') currency!: string;
  /** What the hub keeps of each of its payments, as agreed when it was placed. */
  @Column('int') commissionPercent!: number;
  @Column('text') status!: OrderStatus;
  /** Null between the order's commit and Stripe's answer. */
  @Column('text', { nullable: true }) stripeSessionId!: string | null;
  @Column('text', { nullable: true }) stripePaymentIntent!: string | null;
  @Column('text', { nullable: true }) stripeSubscription!: string | null;
  @Column('text', { nullable: true }) sessionUrl!: string | null;
  @Column('timestamptz') createdAt!: Date;
  /** When Stripe's page closes. */
  @Column('timestamptz') expiresAt!: Date;
  @Column('timestamptz', { nullable: true }) paidAt!: Date | null;
}
