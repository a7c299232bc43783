import type { BillingInterval, LicenseKind } from '@hansa/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { OrderStatus } from './order-steps.js';

/** What an order pays for: a license of its own, another term of one, or more seats of one. */
export type OrderPurpose = 'purchase' | 'renewal' | 'seats';

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
  @Column('text') purpose!: OrderPurpose;
  /** The license it adds to. A purchase has one when its merchant turns out to own the package already. */
  @Column('text', { nullable: true }) licenseId!: string | null;
  /** Whether a further license was asked for. */
  @Column('boolean') isSeparate!: boolean;
  /** Production instances it pays for. */
  @Column('int') quantity!: number;
  /** The listing's price it was sold at; null for orders older than prices. */
  @Column('text', { nullable: true }) priceId!: string | null;
  /** Days before the first payment; null when it is paid at once. */
  @Column('int', { nullable: true }) trialDays!: number | null;
  /** For all of `quantity`, tax included, in minor units of `currency`. */
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
