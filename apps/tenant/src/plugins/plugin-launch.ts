import {
  startPlugin,
  type HookName,
  type PluginLogger,
  type RunningPlugin,
  type StartPluginOptions,
} from '@hansa/plugin-host';
import type { Logger } from '@hansa/platform';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LOGGER, TenantConfig } from '#config';
import { PluginEgress } from '#egress';
import type { HideSecrets } from './hide-secrets.js';
import { PluginFolders } from './plugin-folders.js';
import { pluginStorage } from './plugin-storage.js';
import type { Plugin } from './plugin.entity.js';
import { PluginsService } from './plugins.service.js';

/** Why a probed release is no good. */
export interface ProbeFailure {
  readonly code: 'PLUGIN_START_FAILED' | 'PLUGIN_HOOK_FAILED' | 'PLUGIN_UNHEALTHY';
  readonly message: string;
}

export interface ProbeOptions {
  /** What ran before, for the `upgrade` hook. */
  readonly fromVersion?: string;
  readonly onStarted?: () => void;
}

/** What a process of a plugin is started with, and the processes that only do one thing: prove a release, say goodbye. */
@Injectable()
export class PluginLaunch {
  constructor(
    private readonly dataSource: DataSource,
    private readonly config: TenantConfig,
    private readonly plugins: PluginsService,
    private readonly folders: PluginFolders,
    private readonly egress: PluginEgress,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Its own files, settings, values and data; its network through the ledger; its words into the log, without its secrets. */
  optionsFor(plugin: Plugin, releaseDir: string): StartPluginOptions {
    const { id, manifest } = plugin;
    return {
      dir: this.folders.release(id, releaseDir),
      manifest,
      config: this.plugins.configToRun(plugin),
      storage: pluginStorage(this.dataSource.manager, id),
      dataDir: this.folders.data(id),
      network: this.egress.networkOf(id),
      ...this.config.plugins,
      logger: loggerOf(this.logger.child({ plugin: id }), this.plugins.hiderFor(plugin)),
    };
  }

  /** Starts a release beside whatever runs, has it do its hook and say how it is, and stops it. Null when all is well. */
  async probe(
    plugin: Plugin,
    releaseDir: string,
    hook: HookName | null,
    { fromVersion, onStarted }: ProbeOptions = {},
  ): Promise<ProbeFailure | null> {
    const hide = this.plugins.hiderFor(plugin);
    let process: RunningPlugin;
    try {
      process = await startPlugin(this.optionsFor(plugin, releaseDir));
    } catch (error) {
      return { code: 'PLUGIN_START_FAILED', message: hide(messageOf(error)) };
    }
    try {
      onStarted?.();
      if (hook) await process.callHook(hook, fromVersion === undefined ? {} : { fromVersion });
      const report = await process.health();
      const message = hide(report.message ?? 'The plugin says it is not well.');
      return report.ok ? null : { code: 'PLUGIN_UNHEALTHY', message };
    } catch (error) {
      return { code: 'PLUGIN_HOOK_FAILED', message: hide(messageOf(error)) };
    } finally {
      await process.stop();
    }
  }

  /** Gives a plugin that goes the chance to tidy up. It cannot hold up its own removal. */
  async sayGoodbye(plugin: Plugin, keepData: boolean): Promise<void> {
    try {
      const process = await startPlugin(this.optionsFor(plugin, plugin.releaseDir));
      await process.callHook('uninstall', { keepData }).finally(() => process.stop());
    } catch (error) {
      const hide = this.plugins.hiderFor(plugin);
      this.logger.warn({ plugin: plugin.id, error: hide(messageOf(error)) }, 'uninstall hook failed');
    }
  }
}

function loggerOf(log: Logger, hide: HideSecrets): PluginLogger {
  return {
    debug: (message, fields) => log.debug({ fields: hide(fields) }, hide(message)),
    info: (message, fields) => log.info({ fields: hide(fields) }, hide(message)),
    warn: (message, fields) => log.warn({ fields: hide(fields) }, hide(message)),
    error: (message, fields) => log.error({ fields: hide(fields) }, hide(message)),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 500) : 'unknown';
}
