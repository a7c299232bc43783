import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readArchive } from '@hansa/archive';
import { namespaceOf } from '@hansa/contracts';
import { Clock, inTransaction } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { notify, recordAudit, recordEvent } from '#audit';
import { TenantConfig } from '#config';
import { Egress } from '#egress';
import { HubService } from '#hub';
import { LicensesService } from '#licenses';
import { lockPluginOf, Plugin, PluginFolders, PluginRuntime } from '#plugins';
import { fetchPackage, readPackageUrl } from './fetch-package.js';
import { InstallJob, PublisherPin, type PackageFacts, type PreviousRelease } from './install-job.entity.js';
import { PackageRefused } from './installer.errors.js';
import { advance } from './journal.js';
import { verifyPackage } from './verify-package.js';

/** How often progress is written while bytes come in. */
const PROGRESS_MS = 250;

/** The work of each step: do it on disk, where doing it twice is harmless, then commit that it is done. */
@Injectable()
export class InstallWork {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: TenantConfig,
    private readonly egress: Egress,
    private readonly hub: HubService,
    private readonly licenses: LicensesService,
    private readonly folders: PluginFolders,
    private readonly runtime: PluginRuntime,
  ) {}

  /** Takes a job one step further. @throws {PackageRefused | PackageUnavailable | HubError | HubRefusal | JobMovedOn} */
  async next(job: InstallJob): Promise<InstallJob> {
    switch (job.step) {
      case 'requested':
        return this.fetch(job);
      case 'fetched':
        return this.verify(job);
      case 'verified':
        return this.stage(job);
      case 'staged':
        return this.switch(job);
      case 'switched':
        return this.conclude(job);
      case 'healthy':
      case 'rolled_back':
      case 'failed':
        return job;
    }
  }

  /** Removes what a job that failed has put on disk. The release that runs is not among it. */
  async clearAway(job: InstallJob): Promise<void> {
    await rm(this.packageFile(job), { force: true });
    await rm(`${this.packageFile(job)}.part`, { force: true });
    const { pluginId, releaseDir } = job;
    if (!pluginId || !releaseDir || (await this.folders.liveRelease(pluginId)) === releaseDir) return;
    await rm(this.folders.release(pluginId, releaseDir), { recursive: true, force: true });
    await rm(`${this.folders.release(pluginId, releaseDir)}.staging`, { recursive: true, force: true });
    if ((await readdir(this.folders.releases(pluginId)).catch(() => ['?'])).length === 0) {
      await rm(this.folders.releases(pluginId), { recursive: true });
    }
  }

  /** Goes back to what ran before, or to nothing if nothing did. */
  async rollBack(job: InstallJob, ending: { readonly code: string; readonly message: string }): Promise<void> {
    const { marketplaceId, previous, version } = job;
    const pluginId = verified(job.pluginId);
    if (previous) await this.folders.switchTo(pluginId, previous.releaseDir);
    else await this.folders.removeLive(pluginId);
    await inTransaction(this.dataSource, async (tx) => {
      const at = this.clock.now();
      const plugin = await lockPluginOf(tx, marketplaceId);
      if (plugin && previous)
        await tx.update(Plugin, { id: pluginId }, {
          ...previous,
          revision: plugin.revision + 1,
          updatedAt: at,
        } as object);
      else await tx.delete(Plugin, { id: pluginId });
      await notify(tx, {
        at,
        code: 'INSTALL_ROLLED_BACK',
        severity: 'warning',
        message: `${pluginId} ${version} was taken back (${ending.code}): ${ending.message}`,
        subject: marketplaceId,
      });
      await advance(tx, job, 'rolled_back', at, ending);
    });
    await this.clearAway(job);
    await this.runtime.reconcile(pluginId);
  }

  private async fetch(job: InstallJob): Promise<InstallJob> {
    const { marketplaceId, version } = job;
    const licenseKey = await this.licenses.keyFor(marketplaceId);
    const credentials = licenseKey === null ? undefined : { licenseKey, instanceId: await this.hub.sealedInstanceId() };
    const told = await this.hub.ask((client) => client.download(marketplaceId, version, credentials));
    const { size_bytes: size, sha256, signature } = told;
    await mkdir(this.folders.incoming, { recursive: true });
    // Step 1 of docs/protocol/installing.md: where the bytes come from.
    const url = readPackageUrl(told.url, this.hub.url);
    const order = { url, sizeBytes: size, maxBytes: this.config.packages.maxBytes, file: this.packageFile(job) };
    const got = await fetchPackage(this.egress.fetch, { ...order, onProgress: this.progressOf(job, size) });
    if (got.sha256 !== sha256) throw new PackageRefused('DIGEST_MISMATCH', 'The package is not the one the hub named.');
    const facts: PackageFacts = { sha256, sizeBytes: got.sizeBytes, ...(signature ? { signature } : {}) };
    const bytes = { bytesDone: String(got.sizeBytes), bytesTotal: String(got.sizeBytes) };
    return inTransaction(this.dataSource, (tx) =>
      advance(tx, job, 'fetched', this.clock.now(), { package: facts, ...bytes }),
    );
  }

  private async verify(job: InstallJob): Promise<InstallJob> {
    const { marketplaceId, version, paid } = job;
    const db = this.dataSource.manager;
    const namespace = namespaceOf(marketplaceId);
    const told = verified(job.package);
    const { manifest, keyThumbprint } = await verifyPackage(this.packageFile(job), told, {
      marketplaceId,
      version,
      maxBytes: this.config.packages.maxBytes,
      pinnedKey: (await db.findOneBy(PublisherPin, { namespace }))?.keyThumbprint ?? null,
      isLicensed: !paid || (await this.licenses.keyFor(marketplaceId)) !== null,
      platformVersion: this.config.platformVersion,
      installed: await db.findOneBy(Plugin, { marketplaceId }),
    });
    const namesake = await db.findOneBy(Plugin, { id: manifest.id });
    if (namesake && namesake.marketplaceId !== marketplaceId) {
      throw new PackageRefused('PLUGIN_ID_TAKEN', `Another package is installed as ${manifest.id}.`);
    }
    return inTransaction(this.dataSource, async (tx) => {
      const at = this.clock.now();
      const pin = { namespace, keyThumbprint, pinnedAt: at };
      await tx.createQueryBuilder().insert().into(PublisherPin).values(pin).orIgnore().execute();
      // The first of two jobs of one publisher pins its key; the other must have the same.
      const pinned = await tx.findOneByOrFail(PublisherPin, { namespace });
      if (pinned.keyThumbprint !== keyThumbprint) {
        throw new PackageRefused('PUBLISHER_KEY_CHANGED', 'The publisher signs with another key than before.');
      }
      const releaseDir = `${version}-${told.sha256.slice(0, 8)}`;
      return advance(tx, job, 'verified', at, { package: { ...told, manifest }, pluginId: manifest.id, releaseDir });
    });
  }

  private async stage(job: InstallJob): Promise<InstallJob> {
    const pluginId = verified(job.pluginId);
    const releaseDir = verified(job.releaseDir);
    const target = this.folders.release(pluginId, releaseDir);
    const staging = `${target}.staging`;
    // Left over from a crash: half a directory is worth nothing, and its name is this job's own.
    await rm(staging, { recursive: true, force: true });
    await mkdir(this.folders.releases(pluginId), { recursive: true });
    const archive = await readArchive(this.packageFile(job), { maxPackedBytes: this.config.packages.maxBytes });
    await archive.extractTo(staging);
    if ((await this.folders.liveRelease(pluginId)) === releaseDir) await rm(staging, { recursive: true });
    else await this.folders.replaceRelease(staging, target);
    return inTransaction(this.dataSource, (tx) => advance(tx, job, 'staged', this.clock.now()));
  }

  private async switch(job: InstallJob): Promise<InstallJob> {
    const { marketplaceId } = job;
    const id = verified(job.pluginId);
    const releaseDir = verified(job.releaseDir);
    const { sha256, manifest } = verified(job.package);
    const { name, version } = verified(manifest);
    await this.folders.switchTo(id, releaseDir);
    return inTransaction(this.dataSource, async (tx) => {
      const at = this.clock.now();
      const release = { name, version, manifest, sha256, releaseDir, updatedAt: at };
      const current = await lockPluginOf(tx, marketplaceId);
      if (current) await tx.update(Plugin, { id }, { ...release, revision: current.revision + 1 } as object);
      else await tx.insert(Plugin, { ...freshPlugin(id, marketplaceId, at), ...release } as object);
      return advance(tx, job, 'switched', at, { previous: current && releaseOf(current) });
    });
  }

  private async conclude(job: InstallJob): Promise<InstallJob> {
    const { marketplaceId, version, previous } = job;
    const id = verified(job.pluginId);
    const releaseDir = verified(job.releaseDir);
    await this.folders.switchTo(id, releaseDir);
    const plugin = await this.dataSource.manager.findOneByOrFail(Plugin, { id });
    const failure = await this.runtime.probe(plugin, releaseDir, previous ? 'upgrade' : 'install', previous?.version);
    if (failure) throw new PackageRefused(failure.code, failure.message);
    const done = await inTransaction(this.dataSource, async (tx) => {
      const at = this.clock.now();
      const told = { plugin_id: id, marketplace_id: marketplaceId, version };
      if (previous) await recordEvent(tx, at, 'plugin.updated', { ...told, from: previous.version });
      else await recordEvent(tx, at, 'plugin.installed', told);
      const action = previous ? 'plugin.updated' : 'plugin.installed';
      await recordAudit(tx, { at, actor: 'system', action, subject: id, data: { version, job: job.id } });
      return advance(tx, job, 'healthy', at);
    });
    await rm(this.packageFile(job), { force: true });
    await this.removeOldReleases(id, [releaseDir, ...(previous ? [previous.releaseDir] : [])]);
    await this.runtime.reconcile(id);
    return done;
  }

  /** The release before stays, for whoever still runs it; older ones go. */
  private async removeOldReleases(pluginId: string, kept: readonly string[]): Promise<void> {
    for (const name of await readdir(this.folders.releases(pluginId))) {
      if (!kept.includes(name)) await rm(this.folders.release(pluginId, name), { recursive: true, force: true });
    }
  }

  private progressOf(job: InstallJob, total: number | undefined): (bytes: number) => Promise<void> {
    let last = 0;
    return async (bytes) => {
      const now = performance.now();
      if (now - last < PROGRESS_MS) return;
      last = now;
      const bytesTotal = total === undefined ? null : String(total);
      await this.dataSource.manager.update(InstallJob, { id: job.id }, { bytesDone: String(bytes), bytesTotal });
    };
  }

  private packageFile({ id }: InstallJob): string {
    return join(this.folders.incoming, `${id}.zip`);
  }
}

/** A fact an earlier step wrote down; without it the journal is broken. */
function verified<T>(fact: T | null | undefined): T {
  if (fact === null || fact === undefined) throw new Error('the journal lacks a fact of an earlier step');
  return fact;
}

function freshPlugin(id: string, marketplaceId: string, at: Date) {
  const settings = { config: {}, secretsSealed: null, revision: 1 };
  return { id, marketplaceId, enabled: true, disabledReason: null, installedAt: at, ...settings };
}

function releaseOf({ version, releaseDir, sha256, name, manifest }: Plugin): PreviousRelease {
  return { version, releaseDir, sha256, name, manifest };
}
