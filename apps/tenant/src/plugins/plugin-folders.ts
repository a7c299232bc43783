import { mkdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { TenantConfig } from '#config';
import { Injectable } from '@nestjs/common';

/** Where plugins lie: releases side by side in `store/`, the one that runs behind a link in `live/`, their files in `data/`. */
@Injectable()
export class PluginFolders {
  private readonly root: string;

  constructor(config: TenantConfig) {
    this.root = join(config.dataDir, 'plugins');
  }

  /** Packages on their way in, one file a job. */
  get incoming(): string {
    return join(this.root, 'incoming');
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

  private live(pluginId: string): string {
    return join(this.root, 'live', pluginId);
  }
}
