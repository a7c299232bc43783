import type { ReleaseFinding } from '@hansa/contracts';
import type { AdvisoryRange, FileDigests, PackageDiff } from '@hansa/package-checks';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One check of one release: a job of its own, done once a round. */
@Entity('release_checks')
export class ReleaseCheck {
  @PrimaryColumn('text') releaseId!: string;
  @PrimaryColumn('text') name!: string;
  /** The submission it looks at; a later one begins anew. */
  @Column('int') round!: number;
  @Column('text') status!: 'pending' | 'done';
  @Column('jsonb') findings!: ReleaseFinding[];
  @Column('timestamptz', { nullable: true }) finishedAt!: Date | null;
}

/** A third-party package a release brings along; what advisories are matched with. */
@Entity('release_components')
export class ReleaseComponent {
  @PrimaryColumn('text') releaseId!: string;
  @PrimaryColumn('text') name!: string;
  @PrimaryColumn('text') version!: string;
}

/** The CycloneDX document of a release. */
@Entity('release_sboms')
export class ReleaseSbom {
  @PrimaryColumn('text') releaseId!: string;
  @Column('jsonb') document!: Record<string, unknown>;
}

/** Every file of a release by path, and what changed since the release before it. */
@Entity('release_files')
export class ReleaseFiles {
  @PrimaryColumn('text') releaseId!: string;
  @Column('jsonb') files!: FileDigests;
  /** Null for a first release. */
  @Column('jsonb', { nullable: true }) diff!: PackageDiff | null;
}

/** What an imported OSV database says about one npm package. */
@Entity('dependency_advisories')
export class DependencyAdvisoryRow {
  @PrimaryColumn('text') id!: string;
  @PrimaryColumn('text') packageName!: string;
  @Column('text') summary!: string;
  @Column('text') severity!: string;
  @Column('text', { array: true }) aliases!: string[];
  @Column('jsonb') ranges!: AdvisoryRange[];
  @Column('text', { array: true }) versions!: string[];
  @Column('boolean') withdrawn!: boolean;
  /** When an import last brought something else than was known. */
  @Column('timestamptz') changedAt!: Date;
}

/** An advisory that was found in a release after it was published. */
@Entity('release_alerts')
export class ReleaseAlert {
  @PrimaryColumn('text') releaseId!: string;
  @PrimaryColumn('text') advisoryId!: string;
  /** `name@version` */
  @PrimaryColumn('text') component!: string;
  @Column('timestamptz') foundAt!: Date;
}
