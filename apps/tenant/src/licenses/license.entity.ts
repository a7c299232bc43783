import type { LicenseReason, LicenseState } from '@hansa/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The license this shop holds for one package. Its key is sealed and leaves only for the hub. */
@Entity('licenses')
export class License {
  @PrimaryColumn('text') marketplaceId!: string;
  @Column('bytea') keySealed!: Buffer;
  @Column('text', { nullable: true }) licenseId!: string | null;
  @Column('text', { nullable: true }) kind!: string | null;
  /** The hub's signed word, good for a while without the hub. */
  @Column('text', { nullable: true }) token!: string | null;
  /** How long the last good verdict, or the token, carries the plugin. */
  @Column('timestamptz') carriedUntil!: Date;
  /** When the license itself ends, and its updates, as the hub last signed it. */
  @Column('timestamptz', { nullable: true }) expiresAt!: Date | null;
  @Column('timestamptz', { nullable: true }) updatesUntil!: Date | null;
  /** When the hub last said yes, by its own clock; null when that is not known. */
  @Column('timestamptz', { nullable: true }) wordAt!: Date | null;
  /** When the hub first said no; null while it says yes. */
  @Column('timestamptz', { nullable: true }) failedAt!: Date | null;
  @Column('text', { nullable: true }) failureReason!: LicenseReason | null;
  @Column('int', { nullable: true }) graceDays!: number | null;
  /** What has been acted upon; see `explain`. */
  @Column('text') standing!: LicenseState;
  @Column('timestamptz') receivedAt!: Date;
  @Column('timestamptz', { nullable: true }) checkedAt!: Date | null;
  @Column('timestamptz', { nullable: true }) checkAgainAt!: Date | null;
}
