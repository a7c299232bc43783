import type { Manifest } from '@hansa/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Why a plugin that is not enabled is not: an admin's wish, or a license that ran out. */
export type DisabledReason = 'BY_ADMIN' | 'LICENSE_FAILED';

/** An update that was taken back, and why. */
export interface LastRollback {
  readonly version: string;
  readonly code: string;
  readonly message: string;
  readonly at: string;
}

/**
 * An installed plugin. This row decides what runs: its files lie under `release_dir` in the store, and
 * `live/<id>` follows.
 */
@Entity('plugins')
export class Plugin {
  /** The manifest's id. */
  @PrimaryColumn('text') id!: string;
  @Column('text') marketplaceId!: string;
  @Column('text') name!: string;
  @Column('text') version!: string;
  /** As its publisher wrote it, keys in their order: forms are drawn from it. */
  @Column('json') manifest!: Manifest;
  /** Of the package it came in. */
  @Column('text') sha256!: string;
  /** Name of the directory below `store/<id>/`. */
  @Column('text') releaseDir!: string;
  @Column('boolean') enabled!: boolean;
  @Column('text', { nullable: true }) disabledReason!: DisabledReason | null;
  /** What the merchant set, without the secrets. */
  @Column('jsonb') config!: Record<string, ConfigValue>;
  /** The secret settings, as sealed JSON. */
  @Column('bytea', { nullable: true }) secretsSealed!: Buffer | null;
  /** Counts every change a running process must be restarted for. */
  @Column('int') revision!: number;
  /** Whether the current release has yet to prove itself. Until then nothing is started from this row, and nothing stopped. */
  @Column('boolean') probing!: boolean;
  /** The last update that was taken back; null once another has worked. */
  @Column('jsonb', { nullable: true }) lastRollback!: LastRollback | null;
  @Column('timestamptz') installedAt!: Date;
  @Column('timestamptz') updatedAt!: Date;
}

export type ConfigValue = string | number | boolean;
