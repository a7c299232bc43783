import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A Git repository whose tags and branches become versions. */
@Entity('composer_sources')
export class ComposerSource {
  /** `src_…` */
  @PrimaryColumn('text') id!: string;
  @Column('text') publisherId!: string;
  /** https, or a directory of this machine. */
  @Column('text') url!: string;
  /** `user:password` of an https repository. */
  @Column('bytea', { nullable: true }) credentialSealed!: Buffer | null;
  /** What a push notification proves itself with. */
  @Column('bytea') webhookSecretSealed!: Buffer;
  /** Packages outside these are passed over. */
  @Column('text', { array: true }) prefixes!: string[];
  @Column('boolean') withBranches!: boolean;
  @Column('int') intervalMinutes!: number;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') nextSyncAt!: Date;
  /** Set while a process syncs it; past that moment the process is taken for dead. */
  @Column('timestamptz', { nullable: true }) syncingUntil!: Date | null;
  @Column('timestamptz', { nullable: true }) lastSyncedAt!: Date | null;
  @Column('text', { nullable: true }) lastError!: string | null;
  @Column('timestamptz', { nullable: true }) removedAt!: Date | null;
}

/** What became of a tag or branch at the commit it was last looked at. */
@Entity('composer_source_refs')
export class ComposerSourceRef {
  @PrimaryColumn('text') sourceId!: string;
  @PrimaryColumn('text') ref!: string;
  @Column('text') commit!: string;
  /** Null when it became no version. */
  @Column('text', { nullable: true }) versionId!: string | null;
  /** Why it became none, or what is wrong with it since: `TAG_MOVED`, `SYMLINK`, `VERSION_MISMATCH`, … */
  @Column('text', { nullable: true }) problem!: string | null;
  /** Where a tag went after its version was made. */
  @Column('text', { nullable: true }) movedTo!: string | null;
  @Column('timestamptz') seenAt!: Date;
}
