import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@hansa/platform';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';
import { LOGGER } from '#config';
import { Plugin, PluginDataDrop, PluginFolders, PluginRelease } from '#plugins';
import { InstallJob } from './install-job.entity.js';

/** Brings the disk in line with the database after a crash: whatever no row refers to goes, and every link follows its row. */
@Injectable()
export class FileSweep {
  constructor(
    private readonly dataSource: DataSource,
    private readonly folders: PluginFolders,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Done at start, before plugins run; jobs of other processes may go on meanwhile. */
  async sweep(): Promise<void> {
    // The disk first, the rows second: whatever is found and still wanted then has a row by the time rows are read.
    const [incoming, stored, releases, live] = await Promise.all([
      this.folders.listIncoming(),
      this.folders.listStored(),
      this.folders.listReleases(),
      this.folders.listLive(),
    ]);
    const db = this.dataSource.manager;
    const open = await db.findBy(InstallJob, { finishedAt: IsNull() });
    const plugins = await db.find(Plugin, { select: { id: true, releaseDir: true } });
    const kept = await db.find(PluginRelease, { select: { pluginId: true, releaseDir: true } });

    await this.sweepIncoming(incoming, open);
    const wanted = new Set([
      ...plugins.map(({ id, releaseDir }) => `${id}/${releaseDir}`),
      ...kept.map(({ pluginId, releaseDir }) => `${pluginId}/${releaseDir}`),
      ...open.flatMap(({ pluginId, releaseDir, previous }) => [
        `${pluginId}/${releaseDir}`,
        `${pluginId}/${releaseDir}.staging`,
        `${pluginId}/${previous?.releaseDir}`,
      ]),
    ]);
    for (const { pluginId, releaseDir } of releases) {
      if (releaseDir === null || wanted.has(`${pluginId}/${releaseDir}`)) continue;
      await this.folders.removeRelease(pluginId, releaseDir);
      this.logger.info({ plugin: pluginId, release: releaseDir }, 'removed a release nothing refers to');
    }
    // A job makes the folder of its plugin before it puts anything there.
    const inWork = new Set(open.map(({ pluginId }) => pluginId));
    for (const pluginId of stored) if (!inWork.has(pluginId)) await this.folders.removeIfEmpty(pluginId);
    await this.followRows(live, new Map(plugins.map(({ id, releaseDir }) => [id, releaseDir])));
    await this.dropData();
  }

  /** Removes the data of plugins that were uninstalled with it. */
  async dropData(): Promise<void> {
    for (const { pluginId } of await this.dataSource.manager.find(PluginDataDrop)) {
      await rm(this.folders.data(pluginId), { recursive: true, force: true });
      await this.dataSource.manager.delete(PluginDataDrop, { pluginId });
    }
  }

  private async sweepIncoming(names: readonly string[], open: readonly InstallJob[]): Promise<void> {
    const wanted = new Set(open.flatMap(({ id }) => [`${id}.zip`, `${id}.zip.part`]));
    for (const name of names) {
      if (!wanted.has(name)) await rm(join(this.folders.incoming, name), { force: true });
    }
  }

  private async followRows(
    live: readonly { readonly pluginId: string; readonly releaseDir: string | null }[],
    rows: ReadonlyMap<string, string>,
  ): Promise<void> {
    for (const { pluginId } of live) if (!rows.has(pluginId)) await this.folders.removeLive(pluginId);
    const linked = new Map(live.map(({ pluginId, releaseDir }) => [pluginId, releaseDir]));
    for (const [id, releaseDir] of rows) {
      if (linked.get(id) !== releaseDir) await this.folders.switchTo(id, releaseDir);
    }
  }
}
