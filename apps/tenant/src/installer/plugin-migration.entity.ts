import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A migration that was run in a plugin's schema, with what takes it back: its files may be gone by then. */
@Entity('plugin_migrations')
export class PluginMigration {
  @PrimaryColumn('text') pluginId!: string;
  @PrimaryColumn('text') name!: string;
  @Column('text') checksum!: string;
  /** Null when it is irreversible. */
  @Column('text', { nullable: true }) downSql!: string | null;
  @Column('timestamptz') appliedAt!: Date;
}

/** A copy of a plugin's schema from before its last irreversible migration. */
@Entity('plugin_snapshots')
export class PluginSnapshot {
  @PrimaryColumn('text') pluginId!: string;
  @Column('text') schemaName!: string;
  /** Names of the migrations that had run when it was taken. */
  @Column('text', { array: true }) migrations!: string[];
  @Column('timestamptz') takenAt!: Date;
}
