import type { BillingInterval, LicenseKind } from '@hansa/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a listing costs from a time on. Never changed: another price takes over, and orders keep the one they were sold at. */
@Entity('listing_prices')
export class ListingPrice {
  /** `prc_…` */
  @PrimaryColumn('text') id!: string;
  @Column('text') packageId!: string;
  @Column('text') licenseKind!: LicenseKind;
  /** In minor units of `currency`, tax included; of one production instance when the kind is `per_instance`. */
  @Column('int') amountMinor!: number;
  @Column('text') currency!: string;
  /** Set exactly when the kind is `subscription`. */
  @Column('text', { nullable: true }) billingInterval!: BillingInterval | null;
  /** Days a subscription runs before its first payment; null for none. */
  @Column('int', { nullable: true }) trialDays!: number | null;
  @Column('timestamptz') validFrom!: Date;
  @Column('timestamptz') addedAt!: Date;
}
