import type { Manifest } from '@hansa/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A release that ran before the current one and is kept, files and all, to go back to. */
@Entity('plugin_releases')
export class PluginRelease {
  @PrimaryColumn('text') pluginId!: string;
  /** Name of the directory below `store/<id>/`. */
  @PrimaryColumn('text') releaseDir!: string;
  @Column('text') version!: string;
  @Column('text') name!: string;
  @Column('text') sha256!: string;
  /** As its publisher wrote it, keys in their order: forms are drawn from it. */
  @Column('json') manifest!: Manifest;
  @Column('timestamptz') ranUntil!: Date;
}

/** That the data of an uninstalled plugin is to go. The row goes when the files are gone. */
@Entity('plugin_data_drops')
export class PluginDataDrop {
  @PrimaryColumn('text') pluginId!: string;
  @Column('timestamptz') askedAt!: Date;
}
