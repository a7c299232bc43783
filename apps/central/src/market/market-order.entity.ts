import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** A cart that was filled in cPanel and is paid for at the hub. */
@Entity('market_orders')
export class MarketOrder {
  /** A decimal number as text. */
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id!: string;
  @Column('text') clientId!: string;
  /** Who may pay for it. */
  @Column('uuid') accountId!: string;
  /** Where licenses and receipts go. */
  @Column('text') customerEmail!: string;
  /** What all items cost when it was ordered, in minor units. */
  @Column('int') quotedMinor!: number;
  @Column('text', { nullable: true }) urlAfterCheckout!: string | null;
  /** The payment that is under way, or was made. */
  @Column('text', { nullable: true }) purchaseId!: string | null;
  /** Of the `Idempotency-Key`, its user and its server, while it is remembered. */
  @Column('bytea', { nullable: true }) requestKey!: Buffer | null;
  @Column('bytea', { nullable: true }) requestHash!: Buffer | null;
  @Column('timestamptz') createdAt!: Date;
  /** Given up: nobody paid in time. */
  @Column('timestamptz', { nullable: true }) canceledAt!: Date | null;
}

/** One thing in the cart. */
@Entity('market_order_items')
export class MarketOrderItem {
  /** `oi_` and 128 random bits: whoever knows it may ask for its certificate. */
  @PrimaryColumn('text') id!: string;
  @Column('bigint') marketOrderId!: string;
  /** Place in the request. */
  @Column('int') position!: number;
  @Column('bigint') productId!: string;
  /** How many names its certificate carries; 1 for a license. */
  @Column('int') names!: number;
  /** What it cost when it was ordered, in minor units. */
  @Column('int') quotedMinor!: number;
  /** Its part of the purchase, from the checkout on. */
  @Column('text', { nullable: true }) orderId!: string | null;
}
