import type { Manifest } from '@hansa/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Why a plugin that is not enabled is not: an admin's wish, or a license that ran out. */
export type DisabledReason = 'BY_ADMIN' | 'LICENSE_FAILED';

/** An installed plugin. Its files lie under `release_dir` in the store; `live/<id>` points there. */
@Entity('plugins')
export class Plugin {
  /** The manifest's id. */
  @PrimaryColumn('text') id!: string;
  @Column('text') marketplaceId!: string;
  @Column('text') name!: string;
  @Column('text') version!: string;
  @Column('jsonb') manifest!: Manifest;
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
  @Column('timestamptz') installedAt!: Date;
  @Column('timestamptz') updatedAt!: Date;
}

export type ConfigValue = string | number | boolean;
