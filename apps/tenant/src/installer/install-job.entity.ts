import type { Manifest } from '@hansa/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { InstallStep } from './install-steps.js';
import type { SchemaChange } from './migrate-plugin.js';

/** What the hub said about the package, and what was found in it. */
export interface PackageFacts {
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly signature?: { readonly publisher: string; readonly key: Readonly<Record<string, unknown>> };
  /** From the admin's own disk: the hub's metadata need not know it. */
  readonly uploaded?: true;
  /** Set once it is verified. */
  readonly manifest?: Manifest;
}

/** What ran before, to go back to. */
export interface PreviousRelease {
  readonly version: string;
  readonly releaseDir: string;
  readonly sha256: string;
  readonly name: string;
  readonly manifest: Manifest;
}

export type JobKind = 'install' | 'update' | 'rollback';

/** One installation, update or roll back on its way; at most one of a package is open. */
@Entity('install_jobs')
export class InstallJob {
  @PrimaryColumn('text') id!: string;
  @Column('text') kind!: JobKind;
  @Column('text') marketplaceId!: string;
  @Column('text') version!: string;
  /** Whether it needs a license. */
  @Column('boolean') paid!: boolean;
  /** Whether it passed a cool-down on the word that it is a security fix: its signed manifest must say so too. */
  @Column('boolean') securityClaimed!: boolean;
  @Column('text') step!: InstallStep;
  /** Why it failed or was rolled back. */
  @Column('text', { nullable: true }) code!: string | null;
  @Column('text', { nullable: true }) message!: string | null;
  @Column('int') attempts!: number;
  /** A number as text, as PostgreSQL hands out `bigint`. */
  @Column('bigint') bytesDone!: string;
  @Column('bigint', { nullable: true }) bytesTotal!: string | null;
  @Column('json', { nullable: true }) package!: PackageFacts | null;
  @Column('text', { nullable: true }) pluginId!: string | null;
  @Column('text', { nullable: true }) releaseDir!: string | null;
  @Column('json', { nullable: true }) previous!: PreviousRelease | null;
  /** What it did to the plugin's schema. */
  @Column('jsonb', { nullable: true }) schemaChange!: SchemaChange | null;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) finishedAt!: Date | null;
}

/** The journal: when a job reached each step. */
@Entity('install_steps')
export class InstallStepEntry {
  @PrimaryColumn('text') jobId!: string;
  @PrimaryColumn('text') step!: InstallStep;
  @Column('timestamptz') at!: Date;
  @Column('text', { nullable: true }) code!: string | null;
}

/** The key a publisher's releases are signed with, as first seen by this shop. */
@Entity('publisher_pins')
export class PublisherPin {
  @PrimaryColumn('text') namespace!: string;
  @Column('text') keyThumbprint!: string;
  @Column('timestamptz') pinnedAt!: Date;
}
