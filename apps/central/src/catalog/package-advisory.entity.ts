import type { AdvisorySeverity } from '@hansa/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What is known to be wrong with some versions of a package. It is never changed, only withdrawn. */
@Entity('package_advisories')
export class PackageAdvisory {
  /** `adv_…` */
  @PrimaryColumn('text') id!: string;
  @Column('text') packageId!: string;
  /** SemVer range. */
  @Column('text') affected!: string;
  /** The first version without it. */
  @Column('text', { nullable: true }) fixedIn!: string | null;
  @Column('text') severity!: AdvisorySeverity;
  @Column('text') summary!: string;
  @Column('text', { array: true }) referenceUrls!: string[];
  @Column('timestamptz') publishedAt!: Date;
  /** As the audit log names actors: what an operator published, a publisher cannot withdraw. */
  @Column('text') publishedBy!: string;
  @Column('timestamptz', { nullable: true }) withdrawnAt!: Date | null;
  @Column('text', { nullable: true }) withdrawnReason!: string | null;
}
