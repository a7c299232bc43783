import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A package that `composer` can require. */
@Entity('composer_packages')
export class ComposerPackage {
  /** `vendor/name`, for ever. */
  @PrimaryColumn('text') name!: string;
  @Column('text') publisherId!: string;
  /** The listing whose licenses open it, if it is sold through the hub's own checkout. */
  @Column('text', { nullable: true }) listingId!: string | null;
  @Column('text') description!: string;
  /** Composer's type: `library`, `magento2-module`, … */
  @Column('text') type!: string;
  @Column('timestamptz') createdAt!: Date;
  /** The revision of its last change. */
  @Column('bigint') revision!: string;
}

/** One version, with the zip that was made of it. Its id names the zip in every lock file, so no row is ever deleted. */
@Entity('composer_versions')
export class ComposerVersionRow {
  /** `cver_…` */
  @PrimaryColumn('text') id!: string;
  @Column('text') packageName!: string;
  /** As people wrote it. */
  @Column('text') version!: string;
  @Column('text') versionNormalized!: string;
  @Column('boolean') isDev!: boolean;
  @Column('boolean') isDefaultBranch!: boolean;
  /** What the repository repeats of its `composer.json`. */
  @Column('jsonb') metadata!: Record<string, unknown>;
  /** Commit in Git, or SHA-1 of an uploaded zip. */
  @Column('text') reference!: string;
  /** What Composer verifies. */
  @Column('text') sha1!: string;
  /** Name of the zip in the artifact store. */
  @Column('text') sha256!: string;
  @Column('int') sizeBytes!: number;
  @Column('timestamptz') releasedAt!: Date;
  @Column('timestamptz') createdAt!: Date;
  /** When its branch moved on; the zip stays for lock files. */
  @Column('timestamptz', { nullable: true }) supersededAt!: Date | null;
}

/** A known weakness of a package, as `composer audit` shows it. */
@Entity('composer_advisories')
export class ComposerAdvisory {
  @PrimaryColumn('text') id!: string;
  @Column('text') packageName!: string;
  @Column('text') title!: string;
  /** Composer constraint. */
  @Column('text') affectedVersions!: string;
  @Column('text', { nullable: true }) cve!: string | null;
  @Column('text', { nullable: true }) link!: string | null;
  @Column('timestamptz') reportedAt!: Date;
  @Column('timestamptz', { nullable: true }) withdrawnAt!: Date | null;
}
