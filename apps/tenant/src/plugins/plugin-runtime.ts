import {
  PluginError,
  startPlugin,
  type HookName,
  type HostAnswer,
  type HostRequest,
  type RunningPlugin,
} from '@hansa/plugin-host';
import { Clock, type Logger } from '@hansa/platform';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LOGGER } from '#config';
import { PluginFolders } from './plugin-folders.js';
import { pluginStorage } from './plugin-storage.js';
import { Plugin } from './plugin.entity.js';
import { PluginsError } from './plugins.errors.js';
import { PluginsService } from './plugins.service.js';

interface Running {
  readonly revision: number;
  readonly process: RunningPlugin;
}

/** After a failed start the plugin is left alone this long, so that a broken one does not eat the machine. */
const RETRY_AFTER_MS = 5_000;
/** How soon a change made by another process is seen. */
const FOLLOW_MS = 2_000;

/** Why a probed release is no good. */
export interface ProbeFailure {
  readonly code: 'PLUGIN_START_FAILED' | 'PLUGIN_HOOK_FAILED' | 'PLUGIN_UNHEALTHY';
  readonly message: string;
}

/**
 * The processes of the enabled plugins, in the process that serves HTTP. What should run is written in the database, by
 * whichever process changes it; this one follows: at start, every other second, after each change made here, and before each
 * request.
 */
@Injectable()
export class PluginRuntime implements OnModuleDestroy {
  private readonly running = new Map<string, Running>();
  private readonly failed = new Map<string, { readonly revision: number; readonly until: number }>();
  private readonly queue = new Map<string, Promise<void>>();
  /** Set in the process that serves HTTP: only there plugins run. */
  private following: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly plugins: PluginsService,
    private readonly folders: PluginFolders,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Starts every enabled plugin and follows the database from here on. One that fails does not keep the others from starting. */
  async startFollowing(): Promise<void> {
    this.following = setInterval(
      () => void this.followAll().catch((err: unknown) => this.logger.error({ err }, 'plugins not followed')),
      FOLLOW_MS,
    );
    await this.followAll();
  }

  /** Makes the process of a plugin what the database says: started, restarted with other settings, or stopped. */
  async reconcile(id: string): Promise<void> {
    if (!this.following) return;
    const before = this.queue.get(id) ?? Promise.resolve();
    const turn = before.then(() => this.follow(id));
    const settled = turn.catch(() => undefined);
    this.queue.set(id, settled);
    await turn;
  }

  /**
   * Hands a request to a plugin.
   *
   * @throws {PluginsError} PLUGIN_NOT_FOUND, PLUGIN_DISABLED, PLUGIN_NOT_RUNNING, PLUGIN_ROUTE_NOT_FOUND or PLUGIN_ANSWER_FAILED
   */
  async request(id: string, request: HostRequest): Promise<HostAnswer> {
    const plugin = await this.plugins.find(id);
    if (!plugin.enabled) throw new PluginsError('PLUGIN_DISABLED');
    if (this.running.get(id)?.revision !== plugin.revision) await this.reconcile(id);
    const process = this.running.get(id)?.process;
    if (!process) throw new PluginsError('PLUGIN_NOT_RUNNING');
    try {
      return await process.request(request);
    } catch (error) {
      throw requestErrorFor(error);
    }
  }

  /** Starts a release beside whatever runs, has it do its hook and say how it is, and stops it. Null when all is well. */
  async probe(
    plugin: Plugin,
    releaseDir: string,
    hook: HookName | null,
    fromVersion?: string,
  ): Promise<ProbeFailure | null> {
    let process: RunningPlugin;
    try {
      process = await this.start(plugin, releaseDir);
    } catch (error) {
      return { code: 'PLUGIN_START_FAILED', message: messageOf(error) };
    }
    try {
      if (hook) await process.callHook(hook, fromVersion === undefined ? {} : { fromVersion });
      const report = await process.health();
      return report.ok
        ? null
        : { code: 'PLUGIN_UNHEALTHY', message: report.message ?? 'The plugin says it is not well.' };
    } catch (error) {
      return { code: 'PLUGIN_HOOK_FAILED', message: messageOf(error) };
    } finally {
      await process.stop();
    }
  }

  /** Gives a plugin that goes the chance to tidy up. It cannot hold up its own removal. */
  async sayGoodbye(plugin: Plugin, keepData: boolean): Promise<void> {
    try {
      const process = await this.start(plugin, plugin.releaseDir);
      await process.callHook('uninstall', { keepData }).finally(() => process.stop());
    } catch (error) {
      this.logger.warn({ plugin: plugin.id, error: messageOf(error) }, 'uninstall hook failed');
    }
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.following);
    await Promise.all(this.queue.values());
    await Promise.all([...this.running.values()].map(({ process }) => process.stop()));
  }

  private async followAll(): Promise<void> {
    const rows = await this.dataSource.manager.find(Plugin, { select: { id: true, revision: true, enabled: true } });
    const wanted = new Map(rows.filter(({ enabled }) => enabled).map(({ id, revision }) => [id, revision]));
    const changed = [...new Set([...wanted.keys(), ...this.running.keys()])].filter(
      (id) => this.running.get(id)?.revision !== wanted.get(id),
    );
    await Promise.all(changed.map((id) => this.reconcile(id)));
  }

  private async follow(id: string): Promise<void> {
    const plugin = await this.dataSource.manager.findOneBy(Plugin, { id });
    const current = this.running.get(id);
    if (current && current.revision === plugin?.revision && plugin.enabled) return;
    if (current) {
      this.running.delete(id);
      await current.process.stop();
    }
    if (plugin?.enabled && !this.stopped && !this.isResting(plugin)) await this.launch(plugin);
  }

  private async launch(plugin: Plugin): Promise<void> {
    const { id, revision } = plugin;
    try {
      const process = await this.start(plugin, (await this.folders.liveRelease(id)) ?? plugin.releaseDir);
      this.running.set(id, { revision, process });
      this.failed.delete(id);
      void process.exited.then(() => {
        if (this.running.get(id)?.process === process) this.running.delete(id);
      });
    } catch (error) {
      if (!(error instanceof PluginError)) throw error;
      this.logger.error({ plugin: id, error: error.message }, 'plugin does not start');
      this.failed.set(id, { revision, until: this.clock.now().getTime() + RETRY_AFTER_MS });
      await this.plugins.reportStartFailure(plugin);
    }
  }

  private isResting({ id, revision }: Plugin): boolean {
    const failure = this.failed.get(id);
    return failure?.revision === revision && this.clock.now().getTime() < failure.until;
  }

  private async start(plugin: Plugin, releaseDir: string): Promise<RunningPlugin> {
    const { id, manifest } = plugin;
    const log = this.logger.child({ plugin: id });
    return startPlugin({
      dir: this.folders.release(id, releaseDir),
      manifest,
      config: this.plugins.configToRun(plugin),
      storage: pluginStorage(this.dataSource.manager, id),
      dataDir: this.folders.data(id),
      logger: {
        debug: (message, fields) => log.debug({ fields }, message),
        info: (message, fields) => log.info({ fields }, message),
        warn: (message, fields) => log.warn({ fields }, message),
        error: (message, fields) => log.error({ fields }, message),
      },
    });
  }
}

function requestErrorFor(cause: unknown): unknown {
  if (!(cause instanceof PluginError)) return cause;
  if (cause.code === 'PLUGIN_NO_ROUTE') return new PluginsError('PLUGIN_ROUTE_NOT_FOUND');
  return new PluginsError('PLUGIN_ANSWER_FAILED', undefined, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 500) : 'unknown';
}
