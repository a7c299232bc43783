import { rm } from 'node:fs/promises';
import { LICENSE_ISSUED_PATH, type ProductResponse } from '@hansa/contracts';
import { Clock, defineJob, enqueue, inTransaction, newId } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import semver from 'semver';
import { DataSource, In, IsNull, type EntityManager } from 'typeorm';
import { recordAudit, recordEvent } from '#audit';
import { pageOf, type PageQuery } from '#database';
import { HubService } from '#hub';
import { LicensesService } from '#licenses';
import {
  lockPlugin,
  Plugin,
  PluginDataDrop,
  PluginFolders,
  PluginLaunch,
  PluginRelease,
  PluginRuntime,
  PluginsError,
  PluginsService,
  PluginValue,
} from '#plugins';
import { Faults } from './faults.js';
import { FileSweep } from './file-sweep.js';
import { dependentsOf } from './fit-among.js';
import { InstallJob, InstallStepEntry, PublisherPin, type PackageFacts } from './install-job.entity.js';
import { InstallerError } from './installer.errors.js';
import { MigratePlugin } from './migrate-plugin.js';
import { lockNeighborhood, PackageLocks } from './package-lock.js';

export const RUN_INSTALL = defineJob<{ jobId: string }>('run-install');

/** One waiting run of a job: asking again replaces it. */
export const installKey = (jobId: string) => `install:${jobId}`;

export interface InstallWish {
  readonly marketplaceId: string;
  readonly version: string;
  readonly paid: boolean;
  readonly actor: string;
  readonly securityClaimed?: boolean;
}

export interface JobAndSteps {
  readonly job: InstallJob;
  readonly steps: readonly InstallStepEntry[];
}

export interface UninstallChoice {
  readonly data: 'keep' | 'drop';
  readonly license: 'keep' | 'release';
}

/** Takes orders: what to install, update and remove. The work itself is `RunInstallJob`. */
@Injectable()
export class InstallerService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly hub: HubService,
    private readonly licenses: LicensesService,
    private readonly plugins: PluginsService,
    private readonly launch: PluginLaunch,
    private readonly runtime: PluginRuntime,
    private readonly folders: PluginFolders,
    private readonly files: FileSweep,
    private readonly migrations: MigratePlugin,
    private readonly locks: PackageLocks,
    private readonly faults: Faults,
  ) {}

  /**
   * Has a package installed; the newest version unless one is named. Asked again while that is under way, it returns the same
   * job.
   *
   * @throws {InstallerError} LICENSE_REQUIRED (with what a checkout needs), VERSION_NOT_FOUND, RELEASE_YANKED, ALREADY_INSTALLED,
   *   DOWNGRADE_REFUSED or INSTALL_IN_PROGRESS
   * @throws {HubError | HubRefusal}
   */
  async requestInstall(
    marketplaceId: string,
    version: string | undefined,
    actor: string,
    claim: Pick<InstallWish, 'securityClaimed'> = {},
  ): Promise<InstallJob> {
    const { product } = await this.hub.ask((client) => client.product(marketplaceId));
    const wanted = chooseVersion(product, version);
    const paid = product.price_eur > 0;
    if (paid && (await this.licenses.keyFor(marketplaceId)) === null) {
      const checkout = { method: 'POST', path: '/admin/marketplace/checkout' };
      const price = { price_eur: product.price_eur, license_kind: product.license_kind ?? null };
      throw new InstallerError('LICENSE_REQUIRED', {
        marketplace_id: marketplaceId,
        version: wanted,
        ...price,
        checkout,
      });
    }
    const installed = await this.dataSource.manager.findOneBy(Plugin, { marketplaceId });
    if (installed) refuseStale(installed.version, wanted);
    return inTransaction(this.dataSource, (tx) =>
      this.order(tx, { marketplaceId, version: wanted, paid, actor, ...claim }),
    );
  }

  /** Has an installed plugin updated to a version, or the newest. @throws like `requestInstall`, and {PluginsError} PLUGIN_NOT_FOUND */
  async requestUpdate(
    pluginId: string,
    version: string | undefined,
    actor: string,
    claim: Pick<InstallWish, 'securityClaimed'> = {},
  ): Promise<InstallJob> {
    const { marketplaceId } = await this.plugins.find(pluginId);
    return this.requestInstall(marketplaceId, version, actor, claim);
  }

  /**
   * Has a plugin go back to a release that ran before and is kept: the one before unless a version is named. Code and schema go
   * back together.
   *
   * @throws {PluginsError} PLUGIN_NOT_FOUND
   * @throws {InstallerError} RELEASE_NOT_KEPT or INSTALL_IN_PROGRESS
   */
  async requestRollback(pluginId: string, version: string | undefined, actor: string): Promise<InstallJob> {
    const { marketplaceId } = await this.plugins.find(pluginId);
    return inTransaction(this.dataSource, async (tx) => {
      const where = { pluginId, ...(version === undefined ? {} : { version }) };
      const kept = await tx.findOne(PluginRelease, { where, order: { ranUntil: 'DESC' } });
      if (!kept) throw new InstallerError('RELEASE_NOT_KEPT');
      const { sha256, manifest, releaseDir } = kept;
      const paid = await tx.existsBy(InstallJob, { marketplaceId, paid: true });
      const wish = { marketplaceId, version: kept.version, paid, actor };
      const facts = { sha256, sizeBytes: 0, manifest };
      return this.order(tx, wish, { kind: 'rollback', step: 'staged', package: facts, pluginId, releaseDir });
    });
  }

  /**
   * Orders a package that was uploaded. `place` gives its file the name of the job, before the job exists.
   *
   * @throws {InstallerError} ALREADY_INSTALLED, DOWNGRADE_REFUSED or INSTALL_IN_PROGRESS
   */
  async orderUploaded(
    wish: InstallWish,
    facts: PackageFacts,
    place: (jobId: string) => Promise<void>,
  ): Promise<InstallJob> {
    const { marketplaceId, version } = wish;
    const installed = await this.dataSource.manager.findOneBy(Plugin, { marketplaceId });
    if (installed) refuseStale(installed.version, version);
    const id = newId('job');
    const bytes = { bytesDone: String(facts.sizeBytes), bytesTotal: String(facts.sizeBytes) };
    await place(id);
    try {
      return await inTransaction(this.dataSource, async (tx) => {
        const job = await this.order(tx, wish, { id, step: 'fetched', package: facts, ...bytes });
        // The same version is on its way already, from the hub perhaps: those are other bytes.
        if (job.id !== id) throw new InstallerError('INSTALL_IN_PROGRESS', { job_id: job.id });
        return job;
      });
    } catch (error) {
      await rm(this.folders.package(id), { force: true });
      throw error;
    }
  }

  /** Orders what a license just issued entitles to, in the transaction that keeps it. Null when that or newer is installed. */
  async orderLicensed(tx: EntityManager, marketplaceId: string, version: string): Promise<InstallJob | null> {
    const installed = await tx.findOneBy(Plugin, { marketplaceId });
    if (installed && semver.gte(installed.version, version)) return null;
    const open = await findOpenJob(tx, marketplaceId);
    return open ?? this.order(tx, { marketplaceId, version, paid: true, actor: `hub:${LICENSE_ISSUED_PATH}` });
  }

  /** @throws {InstallerError} JOB_NOT_FOUND */
  async job(id: string): Promise<JobAndSteps> {
    const job = await this.dataSource.manager.findOneBy(InstallJob, { id });
    if (!job) throw new InstallerError('JOB_NOT_FOUND');
    const steps = await this.dataSource.manager.find(InstallStepEntry, { where: { jobId: id }, order: { at: 'ASC' } });
    return { job, steps };
  }

  /** Jobs with the steps they have taken, newest first; of one package when it is named. */
  async jobs(
    query: PageQuery,
    marketplaceId?: string,
  ): Promise<{ readonly jobs: readonly JobAndSteps[]; count: number }> {
    const db = this.dataSource.manager;
    const where = marketplaceId === undefined ? {} : { marketplaceId };
    const order = { createdAt: 'DESC', id: 'DESC' } as const;
    const [jobs, count] = await db.findAndCount(InstallJob, { where, order, ...pageOf(query) });
    const ids = jobs.map(({ id }) => id);
    const steps = await db.find(InstallStepEntry, { where: { jobId: In(ids) }, order: { at: 'ASC' } });
    return { jobs: jobs.map((job) => ({ job, steps: steps.filter(({ jobId }) => jobId === job.id) })), count };
  }

  /** Removes a plugin. Its data and its license stay unless asked otherwise. @throws {PluginsError} PLUGIN_NOT_FOUND @throws {InstallerError} INSTALL_IN_PROGRESS or NEEDED_BY_OTHERS */
  async uninstall(id: string, choice: UninstallChoice, actor: string): Promise<void> {
    const plugin = await this.plugins.find(id);
    if (await findOpenJob(this.dataSource.manager, plugin.marketplaceId))
      throw new InstallerError('INSTALL_IN_PROGRESS');
    await refuseIfNeeded(this.dataSource.manager, plugin.marketplaceId);
    await this.locks.hold(plugin.marketplaceId, async () => {
      // Of those who ask at the same time, one says goodbye; the others find nothing.
      await this.launch.sayGoodbye(await this.plugins.find(id), choice.data === 'keep');
      await this.remove(plugin, choice, actor);
    });
  }

  private async remove({ id, marketplaceId, version }: Plugin, choice: UninstallChoice, actor: string): Promise<void> {
    // Before the row goes: from then on another package may call itself the same, and its files must stay.
    const releases = await this.folders.listReleases(id);
    await inTransaction(this.dataSource, async (tx) => {
      await lockNeighborhood(tx);
      if (!(await lockPlugin(tx, id))) throw new PluginsError('PLUGIN_NOT_FOUND');
      if (await findOpenJob(tx, marketplaceId)) throw new InstallerError('INSTALL_IN_PROGRESS');
      await refuseIfNeeded(tx, marketplaceId);
      const at = this.clock.now();
      await tx.delete(Plugin, { id });
      if (choice.data === 'drop') {
        await tx.delete(PluginValue, { pluginId: id });
        await this.migrations.drop(tx, id);
        await tx.upsert(PluginDataDrop, { pluginId: id, askedAt: at }, ['pluginId']);
      }
      if (choice.license === 'release') await this.licenses.forget(tx, marketplaceId);
      await recordAudit(tx, { at, actor, action: 'plugin.uninstalled', subject: id, data: { ...choice } });
      await recordEvent(tx, at, 'plugin.uninstalled', { plugin_id: id, marketplace_id: marketplaceId, version });
      this.faults.at('uninstall.uncommitted', marketplaceId);
    });
    this.faults.at('uninstall.committed', marketplaceId);
    await this.runtime.reconcile(id);
    await this.folders.removeLive(id);
    for (const { releaseDir } of releases) if (releaseDir !== null) await this.folders.removeRelease(id, releaseDir);
    await this.folders.removeIfEmpty(id);
    await this.files.dropData();
  }

  /** Lets the next release of a namespace pin another key; says whether one was pinned. */
  async forgetPublisherKey(namespace: string): Promise<boolean> {
    return inTransaction(this.dataSource, async (tx) => {
      const { affected } = await tx.delete(PublisherPin, { namespace });
      const at = this.clock.now();
      if (affected) await recordAudit(tx, { at, actor: 'ops', action: 'publisher_key.forgotten', subject: namespace });
      return affected === 1;
    });
  }

  /**
   * One open job a package: the unique index decides between orders that come at the same time. What a job knows from the start
   * (a package that was uploaded, a release that is on disk) is its head start.
   */
  private async order(tx: EntityManager, wish: InstallWish, headStart?: HeadStart): Promise<InstallJob> {
    const { marketplaceId, version, paid, actor } = wish;
    const at = this.clock.now();
    const isInstalled = await tx.existsBy(Plugin, { marketplaceId });
    const known: Partial<InstallJob> = headStart ?? {};
    const { id = newId('job'), kind = isInstalled ? 'update' : 'install', step = 'requested', ...facts } = known;
    const inserted: unknown[] = await tx.query(
      `INSERT INTO install_jobs (id, kind, marketplace_id, version, paid, step, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (marketplace_id) WHERE finished_at IS NULL DO NOTHING RETURNING id`,
      [id, kind, marketplaceId, version, paid, step, at],
    );
    if (inserted.length === 0) {
      const open = await findOpenJob(tx, marketplaceId);
      if (open?.version === version && open.kind === kind) return open;
      throw new InstallerError('INSTALL_IN_PROGRESS', open ? { job_id: open.id } : {});
    }
    if (Object.keys(facts).length > 0) await tx.update(InstallJob, { id }, facts as object);
    if (wish.securityClaimed) await tx.update(InstallJob, { id }, { securityClaimed: true });
    await tx.insert(InstallStepEntry, { jobId: id, step, at, code: null });
    const action = kind === 'rollback' ? 'rollback.requested' : 'install.requested';
    await recordAudit(tx, { at, actor, action, subject: marketplaceId, data: { version, job: id } });
    await enqueue(tx, RUN_INSTALL, { jobId: id }, { key: installKey(id) });
    return tx.findOneByOrFail(InstallJob, { id });
  }
}

type Uploaded = Pick<InstallJob, 'id' | 'package' | 'bytesDone' | 'bytesTotal'> & { readonly step: 'fetched' };
type Kept = Pick<InstallJob, 'package' | 'pluginId' | 'releaseDir'> & {
  readonly kind: 'rollback';
  readonly step: 'staged';
};
type HeadStart = Partial<InstallJob> & (Uploaded | Kept);

async function refuseIfNeeded(db: EntityManager, marketplaceId: string): Promise<void> {
  const dependents = dependentsOf(marketplaceId, await db.find(Plugin));
  if (dependents.length > 0) throw new InstallerError('NEEDED_BY_OTHERS', { needed_by: dependents });
}

function findOpenJob(db: EntityManager, marketplaceId: string): Promise<InstallJob | null> {
  return db.findOneBy(InstallJob, { marketplaceId, finishedAt: IsNull() });
}

function chooseVersion({ version: newest, versions }: ProductResponse['product'], asked: string | undefined): string {
  const wanted = asked ?? newest;
  const listed = versions.find(({ version }) => version === wanted);
  if (!listed) throw new InstallerError('VERSION_NOT_FOUND');
  if (listed.yanked) throw new InstallerError('RELEASE_YANKED');
  return wanted;
}

function refuseStale(installed: string, wanted: string): void {
  if (semver.eq(installed, wanted)) throw new InstallerError('ALREADY_INSTALLED');
  if (semver.gt(installed, wanted)) throw new InstallerError('DOWNGRADE_REFUSED');
}
