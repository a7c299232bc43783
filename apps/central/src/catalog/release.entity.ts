import type { Channel, ReleaseFinding, ReleaseStatus } from '@hansa/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One version of a package. Its bytes lie in the artifact store under `sha256`. */
@Entity('releases')
export class Release {
  /** `rel_…` */
  @PrimaryColumn('text') id!: string;
  @Column('text') packageId!: string;
  @Column('text') version!: string;
  /** `semverSortKey(version)`: byte order is SemVer precedence. One release a precedence and package. */
  @Column('text') versionKey!: string;
  @Column('text') status!: ReleaseStatus;
  @Column('text') sha256!: string;
  @Column('int') sizeBytes!: number;
  @Column('jsonb') manifest!: Record<string, unknown>;
  /** Of `manifest.json` as it stands in the zip. */
  @Column('text') manifestSha256!: string;
  /** The publisher's detached `.sig`. */
  @Column('text') signature!: string;
  /** Thumbprint of the publisher key that made it. */
  @Column('text') keyKid!: string;
  /** Markdown. */
  @Column('text') changelog!: string;
  @Column('text') minPlatform!: string;
  @Column('text') minPlatformKey!: string;
  @Column('text', { nullable: true }) maxPlatform!: string | null;
  @Column('text', { nullable: true }) maxPlatformKey!: string | null;
  @Column('text') channel!: Channel;
  /** Mends a vulnerability. */
  @Column('boolean') security!: boolean;
  @Column('int') rolloutPercent!: number;
  /** No more shops are offered it since then. */
  @Column('timestamptz', { nullable: true }) rolloutHaltedAt!: Date | null;
  @Column('text', { nullable: true }) rolloutHaltReason!: string | null;
  /** As in the audit log. */
  @Column('text', { nullable: true }) rolloutHaltedBy!: string | null;
  /** What the automatic checks found. */
  @Column('jsonb') findings!: ReleaseFinding[];
  /** How often it was submitted; the checks of an earlier submission do not count. */
  @Column('int') checkRound!: number;
  /** What the operator told the publisher with the last decision. */
  @Column('text', { nullable: true }) reviewNote!: string | null;
  @Column('timestamptz') submittedAt!: Date;
  /** The first time it was published. */
  @Column('timestamptz', { nullable: true }) publishedAt!: Date | null;
  /** The operator who reviews it; `claimedAt` says since when. */
  @Column('text', { nullable: true }) claimedBy!: string | null;
  @Column('timestamptz', { nullable: true }) claimedAt!: Date | null;
  @Column('timestamptz', { nullable: true }) yankedAt!: Date | null;
  /** As the audit log names actors: what an operator yanked, a publisher cannot bring back. */
  @Column('text', { nullable: true }) yankedBy!: string | null;
  @Column('text', { nullable: true }) yankedReason!: string | null;
}
