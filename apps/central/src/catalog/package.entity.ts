import type { BillingInterval, LicenseKind, PackageType } from '@hansa/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A plugin or theme and its listing: what the product page says and costs. */
@Entity('packages')
export class Package {
  /** `ccmp_…`, the listing id. */
  @PrimaryColumn('text') id!: string;
  /** `@vendor/name`, for ever. */
  @Column('text') marketplaceId!: string;
  /** The manifest's id; null until the first release brings one. */
  @Column('text', { nullable: true }) pluginId!: string | null;
  @Column('text') publisherId!: string;
  @Column('text') name!: string;
  /** A certificate is sold in the market, has no releases and is in no feed. */
  @Column('text') type!: PackageType | 'certificate';
  @Column('text') summary!: string;
  /** Markdown. */
  @Column('text') description!: string;
  @Column('text', { array: true }) categories!: string[];
  @Column('text', { nullable: true }) iconUrl!: string | null;
  @Column('text', { array: true }) screenshots!: string[];
  /** The hub's own copies, by name below `/pictures`; what could not be fetched is not among them. */
  @Column('text', { nullable: true }) iconPicture!: string | null;
  @Column('text', { array: true }) screenshotPictures!: string[];
  @Column('text') licenseKind!: LicenseKind;
  /** The price in force, of `listing_prices`, in minor units of `currency`; 0 exactly when the kind is `free`. */
  @Column('int') priceMinor!: number;
  @Column('text') currency!: string;
  /** Set exactly when the kind is `subscription`. */
  @Column('text', { nullable: true }) billingInterval!: BillingInterval | null;
  /** Days a subscription runs before its first payment. */
  @Column('int', { nullable: true }) trialDays!: number | null;
  /** Rolled up from `download_tallies`. */
  @Column('int') downloads!: number;
  @Column('timestamptz') createdAt!: Date;
  /** The highest published stable release; null hides the package from the feed. */
  @Column('text', { nullable: true }) latestReleaseId!: string | null;
  @Column('timestamptz', { nullable: true }) firstPublishedAt!: Date | null;
  @Column('timestamptz', { nullable: true }) lastPublishedAt!: Date | null;
  /** Since when nobody cares for it any more. */
  @Column('timestamptz', { nullable: true }) deprecatedAt!: Date | null;
  /** As the audit log names actors. */
  @Column('text', { nullable: true }) deprecatedBy!: string | null;
  @Column('text', { nullable: true }) deprecationMessage!: string | null;
  /** The package that takes its place. */
  @Column('text', { nullable: true }) successorId!: string | null;
  /** The catalog revision of the last change a shop can see. */
  @Column('bigint') revision!: string;
}
