import { mkdir, readdir, readlink, rename, rm, rmdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { TenantConfig } from '#config';
import { Injectable } from '@nestjs/common';

/** A directory or link that belongs to one plugin. */
export interface PluginPath {
  readonly pluginId: string;
  /** Name of the directory below `store/<id>/`, or what the link points to; null when that cannot be read. */
  readonly releaseDir: string | null;
}

/** Where plugins lie: releases side by side in `store/`, the current one behind a link in `live/`, their files in `data/`. */
@Injectable()
export class PluginFolders {
  private readonly root: string;

  constructor(config: TenantConfig) {
    this.root = join(config.dataDir, 'plugins');
  }

  /** Packages on their way in. */
  get incoming(): string {
    return join(this.root, 'incoming');
  }

  /** The package of one job. */
  package(jobId: string): string {
    return join(this.incoming, `${jobId}.zip`);
  }

  /** Every release of one plugin. */
  releases(pluginId: string): string {
    return join(this.root, 'store', pluginId);
  }

  /** The unpacked files of one release. */
  release(pluginId: string, releaseDir: string): string {
    return join(this.releases(pluginId), releaseDir);
  }

  /** The one directory a plugin may write to. */
  data(pluginId: string): string {
    return join(this.root, 'data', pluginId);
  }

  /** The release `live/<id>` points to, or null when nothing is live. */
  async liveRelease(pluginId: string): Promise<string | null> {
    return readlink(this.live(pluginId)).then(
      (target) => basename(target),
      () => null,
    );
  }

  /** Gives a freshly unpacked directory its final name; what a crashed job left there goes first. */
  async replaceRelease(staging: string, target: string): Promise<void> {
    await rm(target, { recursive: true, force: true });
    await rename(staging, target);
  }

  async removeRelease(pluginId: string, releaseDir: string): Promise<void> {
    await rm(this.release(pluginId, releaseDir), { recursive: true, force: true });
  }

  /** Removes the folder of a plugin that has no release left; one that has any stays. */
  async removeIfEmpty(pluginId: string): Promise<void> {
    await rmdir(this.releases(pluginId)).catch(() => undefined);
  }

  /** Points `live/<id>` at a release in one rename: at any moment it names the old release or the new one, never none. */
  async switchTo(pluginId: string, releaseDir: string): Promise<void> {
    await mkdir(join(this.root, 'live'), { recursive: true });
    const next = `${this.live(pluginId)}.next`;
    await rm(next, { force: true });
    await symlink(join('..', 'store', pluginId, releaseDir), next);
    await rename(next, this.live(pluginId));
  }

  async removeLive(pluginId: string): Promise<void> {
    await rm(this.live(pluginId), { force: true });
  }

  /** Every file on its way in. */
  async listIncoming(): Promise<string[]> {
    return namesIn(this.incoming);
  }

  /** Every plugin that has a folder in the store, be it empty. */
  async listStored(): Promise<string[]> {
    return namesIn(join(this.root, 'store'));
  }

  /** Every directory of every plugin in the store, finished or not. */
  async listReleases(pluginId?: string): Promise<PluginPath[]> {
    const ids = pluginId === undefined ? await this.listStored() : [pluginId];
    const found = await Promise.all(
      ids.map(async (id) => (await namesIn(this.releases(id))).map((releaseDir) => ({ pluginId: id, releaseDir }))),
    );
    return found.flat();
  }

  /** Every link in `live/`, those of a switch that was cut off among them. */
  async listLive(): Promise<PluginPath[]> {
    const names = await namesIn(join(this.root, 'live'));
    return Promise.all(names.map(async (pluginId) => ({ pluginId, releaseDir: await this.liveRelease(pluginId) })));
  }

  private live(pluginId: string): string {
    return join(this.root, 'live', pluginId);
  }
}

async function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch((error: unknown) => {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return [];
    throw error;
  });
}
