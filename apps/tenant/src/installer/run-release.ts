import { mkdir, rm } from 'node:fs/promises';
import { ArchiveError, readArchive } from '@hansa/archive';
import { Clock, inTransaction } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { notify, recordAudit, recordEvent } from '#audit';
import { TenantConfig } from '#config';
import {
  lockPluginOf,
  Plugin,
  PluginFolders,
  PluginLaunch,
  PluginRelease,
  PluginRuntime,
  type LastRollback,
} from '#plugins';
import { Faults } from './faults.js';
import { misfitOf } from './fit-among.js';
import { InstallJob, type PreviousRelease } from './install-job.entity.js';
import { PackageRefused } from './installer.errors.js';
import { advance, fact, type Ending } from './journal.js';
import { MigratePlugin, type SchemaChange } from './migrate-plugin.js';
import { lockNeighborhood } from './package-lock.js';

/** The second half of a job: put a believed release beside what runs, make it the current one, and keep it only if it is well. */
@Injectable()
export class RunRelease {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: TenantConfig,
    private readonly folders: PluginFolders,
    private readonly launch: PluginLaunch,
    private readonly runtime: PluginRuntime,
    private readonly migrations: MigratePlugin,
    private readonly faults: Faults,
  ) {}

  /** `verified → staged`. @throws {PackageRefused} with a code of `libs/archive` that only unpacking finds @throws {JobMovedOn} */
  async stage(job: InstallJob): Promise<InstallJob> {
    const pluginId = fact(job.pluginId);
    const releaseDir = fact(job.releaseDir);
    const target = this.folders.release(pluginId, releaseDir);
    const staging = `${target}.staging`;
    // Left over from a crash: half a directory is worth nothing, and its name is this job's own.
    await rm(staging, { recursive: true, force: true });
    await mkdir(this.folders.releases(pluginId), { recursive: true });
    await this.unpack(job, staging);
    this.faults.at('stage.unpacked', job.marketplaceId);
    await this.folders.replaceRelease(staging, target);
    this.faults.at('stage.renamed', job.marketplaceId);
    const staged = await inTransaction(this.dataSource, (tx) => advance(tx, job, 'staged', this.clock.now()));
    this.faults.at('stage.committed', job.marketplaceId);
    return staged;
  }

  /** Real sizes and checksums show only here: what a header says is not believed (step 4 of docs/protocol/installing.md). */
  private async unpack(job: InstallJob, staging: string): Promise<void> {
    try {
      const limits = { maxPackedBytes: this.config.packages.maxBytes };
      const archive = await readArchive(this.folders.package(job.id), limits);
      await archive.extractTo(staging, () => this.faults.at('stage.unpacking', job.marketplaceId));
    } catch (cause) {
      if (!(cause instanceof ArchiveError)) throw cause;
      throw new PackageRefused(String(cause.code), cause.message, { cause });
    }
  }

  /**
   * `staged → switched`: from this commit on the row names the release and the schema is as it needs it, though nothing starts it
   * before it is probed.
   *
   * @throws {PackageRefused} with a code of `MigratePlugin`
   */
  async switch(job: InstallJob): Promise<InstallJob> {
    const { marketplaceId } = job;
    const id = fact(job.pluginId);
    const releaseDir = fact(job.releaseDir);
    const { sha256, manifest } = fact(job.package);
    const { name, version } = fact(manifest);
    const switched = await inTransaction(this.dataSource, async (tx) => {
      const at = this.clock.now();
      await lockNeighborhood(tx);
      // Step 12 again, where nobody can come in between.
      const misfit = misfitOf({ marketplaceId, version, manifest: fact(manifest) }, await tx.find(Plugin));
      if (misfit) throw new PackageRefused(misfit.code, misfit.message);
      const release = { name, version, manifest, sha256, releaseDir, updatedAt: at, probing: true };
      const current = await lockPluginOf(tx, marketplaceId);
      if (current) await tx.update(Plugin, { id }, { ...release, revision: current.revision + 1 } as object);
      else await tx.insert(Plugin, { ...freshPlugin(id, marketplaceId, at), ...release } as object);
      const schemaChange = await this.changeSchema(tx, job);
      const previous = current && releaseOf(current);
      const advanced = await advance(tx, job, 'switched', at, { previous, schemaChange });
      this.faults.at('switch.uncommitted', job.marketplaceId);
      return advanced;
    });
    this.faults.at('switch.committed', job.marketplaceId);
    return switched;
  }

  /** `switched → healthy`. @throws {PackageRefused} with the reason, when the release is not well; the caller rolls it back */
  async conclude(job: InstallJob): Promise<InstallJob> {
    const { previous } = job;
    const id = fact(job.pluginId);
    const releaseDir = fact(job.releaseDir);
    await this.folders.switchTo(id, releaseDir);
    this.faults.at('conclude.linked', job.marketplaceId);
    const plugin = await this.dataSource.manager.findOneByOrFail(Plugin, { id });
    // A release that ran here before has done its hook.
    const hook = job.kind === 'rollback' ? null : previous ? 'upgrade' : 'install';
    const failure = await this.launch.probe(plugin, releaseDir, hook, {
      ...(previous ? { fromVersion: previous.version } : {}),
      onStarted: () => this.faults.at('conclude.probing', job.marketplaceId),
    });
    this.faults.at('conclude.probed', job.marketplaceId);
    if (failure) throw new PackageRefused(failure.code, failure.message);
    const done = await inTransaction(this.dataSource, async (tx) => {
      const advanced = await this.settle(tx, job, this.clock.now());
      this.faults.at('conclude.uncommitted', job.marketplaceId);
      return advanced;
    });
    this.faults.at('conclude.committed', job.marketplaceId);
    await rm(this.folders.package(job.id), { force: true });
    await this.removeUnkept(id);
    this.faults.at('conclude.cleaned', job.marketplaceId);
    await this.runtime.reconcile(id);
    return done;
  }

  /** `switched → rolled_back`: back to what ran before, or to nothing if nothing did. */
  async rollBack(job: InstallJob, ending: Ending): Promise<void> {
    const { marketplaceId, previous, version } = job;
    const id = fact(job.pluginId);
    await inTransaction(this.dataSource, async (tx) => {
      const at = this.clock.now();
      const plugin = await lockPluginOf(tx, marketplaceId);
      const flaw = await this.undoSchema(tx, job);
      const lastRollback = { version, ...ending, at: at.toISOString() };
      if (plugin && previous) {
        const change = { ...previous, revision: plugin.revision + 1, updatedAt: at, probing: false, lastRollback };
        await tx.update(Plugin, { id }, change as object);
      } else await tx.delete(Plugin, { id });
      await notify(tx, {
        at,
        code: 'INSTALL_ROLLED_BACK',
        severity: flaw === null ? 'warning' : 'critical',
        message: `${id} ${version} was taken back (${ending.code}): ${ending.message}${flaw ?? ''}`,
        subject: marketplaceId,
      });
      const told = { plugin_id: id, marketplace_id: marketplaceId, version: previous?.version ?? null };
      await recordEvent(tx, at, 'plugin.rolled_back', { ...told, from: version, code: ending.code });
      await advance(tx, job, 'rolled_back', at, ending);
      this.faults.at('rollback.uncommitted', job.marketplaceId);
    });
    this.faults.at('rollback.committed', job.marketplaceId);
    if (previous) await this.folders.switchTo(id, previous.releaseDir);
    else await this.folders.removeLive(id);
    this.faults.at('rollback.linked', job.marketplaceId);
    await rm(this.folders.package(job.id), { force: true });
    await this.removeUnkept(id);
    this.faults.at('rollback.cleaned', job.marketplaceId);
    await this.runtime.reconcile(id);
  }

  /** Removes what a job that failed before it switched has put on disk. What runs, and what is kept, is not among it. */
  async clearAway(job: InstallJob): Promise<void> {
    await rm(this.folders.package(job.id), { force: true });
    await rm(`${this.folders.package(job.id)}.part`, { force: true });
    if (job.pluginId) await this.removeUnkept(job.pluginId);
  }

  private async changeSchema(tx: EntityManager, job: InstallJob): Promise<SchemaChange | null> {
    const id = fact(job.pluginId);
    const releaseDir = fact(job.releaseDir);
    const hasMigrations = fact(job.package?.manifest).migrations === true;
    if (job.kind === 'rollback') return this.migrations.down(tx, id, releaseDir, hasMigrations);
    return hasMigrations ? this.migrations.up(tx, id, releaseDir) : null;
  }

  /** Takes the schema back too. When that fails the code still goes back: a broken down file must not keep a broken release. */
  private async undoSchema(tx: EntityManager, { schemaChange, ...job }: InstallJob): Promise<string | null> {
    const id = fact(job.pluginId);
    if (!schemaChange) return null;
    try {
      await tx.transaction(async (nested) => {
        await this.migrations.undo(nested, id, schemaChange);
        if (!job.previous) await this.migrations.dropIfUnused(nested, id);
      });
      return null;
    } catch (error) {
      if (!(error instanceof PackageRefused)) throw error;
      return ` Its schema could not be taken back (${error.message}) and is as the release left it.`;
    }
  }

  private async settle(tx: EntityManager, job: InstallJob, at: Date): Promise<InstallJob> {
    const { marketplaceId, version, previous, schemaChange } = job;
    const id = fact(job.pluginId);
    const lastRollback = job.kind === 'rollback' && previous ? takenBack(previous.version, at) : null;
    await tx.update(Plugin, { id }, { probing: false, lastRollback });
    if (schemaChange) await this.migrations.settle(tx, id, schemaChange);
    await this.keep(tx, job, at);
    const told = { plugin_id: id, marketplace_id: marketplaceId, version };
    if (previous && job.kind === 'rollback') {
      await recordEvent(tx, at, 'plugin.rolled_back', { ...told, from: previous.version, code: 'BY_ADMIN' });
    } else if (previous) await recordEvent(tx, at, 'plugin.updated', { ...told, from: previous.version });
    else await recordEvent(tx, at, 'plugin.installed', told);
    const action = job.kind === 'rollback' ? 'plugin.rolled_back' : previous ? 'plugin.updated' : 'plugin.installed';
    await recordAudit(tx, { at, actor: 'system', action, subject: id, data: { version, job: job.id } });
    return advance(tx, job, 'healthy', at);
  }

  /** Keeps the release before, as long as there are not too many; the one that runs is not among the kept. */
  private async keep(tx: EntityManager, { previous, ...job }: InstallJob, at: Date): Promise<void> {
    const pluginId = fact(job.pluginId);
    await tx.delete(PluginRelease, { pluginId, releaseDir: fact(job.releaseDir) });
    if (!previous) return;
    const { version, name, sha256, releaseDir, manifest } = previous;
    const kept = { pluginId, version, name, sha256, releaseDir, manifest, ranUntil: at };
    await tx.upsert(PluginRelease, kept as object, ['pluginId', 'releaseDir']);
    const all = await tx.find(PluginRelease, { where: { pluginId }, order: { ranUntil: 'DESC', releaseDir: 'ASC' } });
    const tooMany = all.slice(this.config.packages.keepReleases).map((release) => release.releaseDir);
    if (tooMany.length > 0) await tx.delete(PluginRelease, { pluginId, releaseDir: In(tooMany) });
  }

  /** Removes every directory of a plugin that is neither current nor kept. Only while no other job of it is open. */
  private async removeUnkept(pluginId: string): Promise<void> {
    const db = this.dataSource.manager;
    const found = await this.folders.listReleases(pluginId);
    const current = await db.findOneBy(Plugin, { id: pluginId });
    const kept = (await db.findBy(PluginRelease, { pluginId })).map(({ releaseDir }) => releaseDir);
    const stays = new Set([...kept, current?.releaseDir]);
    for (const { releaseDir } of found) {
      if (releaseDir !== null && !stays.has(releaseDir)) await this.folders.removeRelease(pluginId, releaseDir);
    }
    await this.folders.removeIfEmpty(pluginId);
  }
}

function takenBack(version: string, at: Date): LastRollback {
  return { version, code: 'BY_ADMIN', message: 'An admin went back to the release before.', at: at.toISOString() };
}

function freshPlugin(id: string, marketplaceId: string, at: Date) {
  const settings = { config: {}, secretsSealed: null, revision: 1 };
  return { id, marketplaceId, enabled: true, disabledReason: null, installedAt: at, ...settings };
}

function releaseOf({ version, releaseDir, sha256, name, manifest }: Plugin): PreviousRelease {
  return { version, releaseDir, sha256, name, manifest };
}
