import { Clock } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { In, QueryFailedError, type EntityManager } from 'typeorm';
import { PluginFolders } from '#plugins';
import { PackageRefused } from './installer.errors.js';
import { pendingOf, readMigrations, type MigrationFile } from './migration-files.js';
import { PluginMigration, PluginSnapshot } from './plugin-migration.entity.js';
import { copySchema, dropSchema, dropSpace, ensureSpace, runAsPlugin, spaceOf, swapSchema } from './plugin-schema.js';
import { NOT_PLAIN } from './snapshot-script.js';

/** What a job did to a plugin's schema; enough to take it back. */
export interface SchemaChange {
  /** Run up, in order. */
  readonly applied: readonly string[];
  /** Run down, or left behind with a schema from before, last first. */
  readonly reverted: readonly RevertedMigration[];
  /** The schema as it was before, under another name; null when there is none. */
  readonly snapshot: string | null;
}

export interface RevertedMigration {
  readonly name: string;
  readonly checksum: string;
  readonly down: string | null;
}

const NO_CHANGE: SchemaChange = { applied: [], reverted: [], snapshot: null };

/** Runs the migrations of plugins. Everything happens on the transaction of the job's step, so schema and code change together. */
@Injectable()
export class MigratePlugin {
  constructor(
    private readonly clock: Clock,
    private readonly folders: PluginFolders,
  ) {}

  /**
   * Brings the schema up to a release. Before an irreversible migration it is copied; a later roll back brings the copy back.
   *
   * @throws {PackageRefused} MIGRATIONS_INVALID, MIGRATIONS_CHANGED, MIGRATION_FAILED or SNAPSHOT_IMPOSSIBLE
   */
  async up(tx: EntityManager, pluginId: string, releaseDir: string): Promise<SchemaChange> {
    const applied = await this.applied(tx, pluginId);
    const pending = pendingOf(await readMigrations(this.folders.release(pluginId, releaseDir)), applied);
    if (pending.length === 0) return NO_CHANGE;
    const space = await spaceOf(tx, pluginId);
    await ensureSpace(tx, space);
    const snapshot = pending.some(({ down }) => down === null) ? `${space.schema}_before` : null;
    if (snapshot) {
      await this.copy(tx, pluginId, snapshot);
      const migrations = applied.map(({ name }) => name);
      const row = { pluginId, schemaName: snapshot, migrations, takenAt: this.clock.now() };
      await tx.upsert(PluginSnapshot, row, ['pluginId']);
    }
    for (const file of pending) await this.runUp(tx, pluginId, file);
    return { applied: pending.map(({ name }) => name), reverted: [], snapshot };
  }

  /**
   * Brings the schema back to a release that ran before, by down files or, past an irreversible migration, by the copy from before
   * it. A plugin without migrations then has none to run down.
   *
   * @throws {PackageRefused} MIGRATION_FAILED or ROLLBACK_IMPOSSIBLE
   */
  async down(tx: EntityManager, pluginId: string, releaseDir: string, hasMigrations: boolean): Promise<SchemaChange> {
    const files = hasMigrations ? await readMigrations(this.folders.release(pluginId, releaseDir)) : [];
    const known = new Set(files.map(({ name }) => name));
    const applied = await this.applied(tx, pluginId);
    const tooNew = applied.filter(({ name }) => !known.has(name)).reverse();
    if (tooNew.length === 0) return NO_CHANGE;
    const { schema } = await spaceOf(tx, pluginId);
    const reverted = tooNew.map(({ name, checksum, downSql }) => ({ name, checksum, down: downSql }));
    const aside = `${schema}_aside`;
    if (tooNew.some(({ downSql }) => downSql === null)) {
      const snapshot = await tx.findOneBy(PluginSnapshot, { pluginId });
      const matches =
        snapshot &&
        snapshot.migrations.join() ===
          applied
            .filter(({ name }) => known.has(name))
            .map(({ name }) => name)
            .join();
      if (!matches)
        throw new PackageRefused(
          'ROLLBACK_IMPOSSIBLE',
          'A migration since then is irreversible and there is no copy from before it.',
        );
      await swapSchema(tx, schema, snapshot.schemaName, aside);
      await tx.delete(PluginSnapshot, { pluginId });
    } else {
      await this.copy(tx, pluginId, aside);
      for (const { name, down } of reverted) await this.run(tx, pluginId, name, down ?? '');
    }
    await tx.delete(PluginMigration, { pluginId, name: In(tooNew.map(({ name }) => name)) });
    return { applied: [], reverted, snapshot: aside };
  }

  /** Takes a change back: down files for what was applied, or the schema from before. @throws {PackageRefused} MIGRATION_FAILED */
  async undo(tx: EntityManager, pluginId: string, { applied, reverted, snapshot }: SchemaChange): Promise<void> {
    const { schema } = await spaceOf(tx, pluginId);
    if (snapshot) {
      await swapSchema(tx, schema, snapshot, `${schema}_undone`);
      await dropSchema(tx, `${schema}_undone`);
      await tx.delete(PluginSnapshot, { pluginId, schemaName: snapshot });
    } else {
      const rows = await this.applied(tx, pluginId);
      const undone = rows.filter(({ name }) => applied.includes(name)).reverse();
      for (const { name, downSql } of undone) await this.run(tx, pluginId, name, downSql ?? '');
    }
    if (applied.length > 0) await tx.delete(PluginMigration, { pluginId, name: In([...applied]) });
    const at = this.clock.now();
    for (const { name, checksum, down } of [...reverted].reverse()) {
      await tx.insert(PluginMigration, { pluginId, name, checksum, downSql: down, appliedAt: at });
    }
  }

  /** The change holds: what was kept only to take it back goes. The copy from before an irreversible migration stays. */
  async settle(tx: EntityManager, pluginId: string, { reverted, snapshot }: SchemaChange): Promise<void> {
    if (snapshot && reverted.length > 0) await dropSchema(tx, snapshot);
  }

  /** Removes the schemas and the role of a plugin, and what is written down about them. */
  async drop(tx: EntityManager, pluginId: string): Promise<void> {
    await tx.delete(PluginMigration, { pluginId });
    await tx.delete(PluginSnapshot, { pluginId });
    await dropSpace(tx, await spaceOf(tx, pluginId));
  }

  /** Removes the space of a plugin that has run no migration in it. */
  async dropIfUnused(tx: EntityManager, pluginId: string): Promise<void> {
    if ((await this.applied(tx, pluginId)).length === 0) await this.drop(tx, pluginId);
  }

  private applied(tx: EntityManager, pluginId: string): Promise<PluginMigration[]> {
    return tx.find(PluginMigration, { where: { pluginId }, order: { name: 'ASC' } });
  }

  private async runUp(tx: EntityManager, pluginId: string, { name, up, down, checksum }: MigrationFile): Promise<void> {
    await this.run(tx, pluginId, name, up);
    await tx.insert(PluginMigration, { pluginId, name, checksum, downSql: down, appliedAt: this.clock.now() });
  }

  private async run(tx: EntityManager, pluginId: string, name: string, script: string): Promise<void> {
    try {
      await runAsPlugin(tx, await spaceOf(tx, pluginId), script);
    } catch (cause) {
      if (!(cause instanceof QueryFailedError)) throw cause;
      throw new PackageRefused('MIGRATION_FAILED', `${name}: ${cause.message.slice(0, 300)}`, { cause });
    }
  }

  private async copy(tx: EntityManager, pluginId: string, target: string): Promise<void> {
    try {
      await copySchema(tx, await spaceOf(tx, pluginId), target);
    } catch (cause) {
      const state =
        cause instanceof QueryFailedError ? (cause.driverError as { readonly code?: unknown }).code : undefined;
      if (state !== NOT_PLAIN) throw cause;
      throw new PackageRefused(
        'SNAPSHOT_IMPOSSIBLE',
        'The schema of the plugin holds more than tables, so it cannot be copied.',
        { cause },
      );
    }
  }
}
