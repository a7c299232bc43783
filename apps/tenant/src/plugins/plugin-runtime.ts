import { availableParallelism } from 'node:os';
import {
  PluginError,
  startPlugin,
  supervisePlugin,
  type HealthReport,
  type HookName,
  type HostAnswer,
  type HostRequest,
  type PluginSupervisor,
  type RunningPlugin,
  type StartPluginOptions,
  type SupervisorState,
  type SupervisorStatus,
} from '@hansa/plugin-host';
import type { Logger } from '@hansa/platform';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LOGGER } from '#config';
import { PluginEgress } from '#egress';
import { PluginFolders } from './plugin-folders.js';
import { pluginStorage } from './plugin-storage.js';
import { Plugin } from './plugin.entity.js';
import { PluginsError } from './plugins.errors.js';
import { PluginsService } from './plugins.service.js';
import { Turns } from './turns.js';

interface Running {
  readonly revision: number;
  readonly process: PluginSupervisor;
}

/** How soon a change made by another process is seen. */
const FOLLOW_MS = 2_000;
/** How long a list waits for a plugin to say how it is. */
const HEALTH_WAIT_MS = 1_000;

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

/** How the process of a plugin fares, as screens show it. */
export interface PluginState {
  readonly state: SupervisorState | 'disabled';
  /** Why it is down, or was last. */
  readonly reason: SupervisorStatus['reason'];
  /** Null while nothing runs that could be asked. */
  readonly health: HealthReport | null;
}

/**
 * The processes of the enabled plugins, in the process that serves HTTP. What should run is written in the database, by
 * whichever process changes it; this one follows: at start, every other second, after each change made here, and before each
 * request. Crashes are the supervisor's business.
 */
@Injectable()
export class PluginRuntime implements OnModuleDestroy {
  private readonly running = new Map<string, Running>();
  private readonly queue = new Map<string, Promise<void>>();
  /** Fifty plugins that all start at once would each take longer than a start may. */
  private readonly starts = new Turns(Math.max(2, availableParallelism()));
  /** Set in the process that serves HTTP: only there plugins run. */
  private following: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly plugins: PluginsService,
    private readonly folders: PluginFolders,
    private readonly egress: PluginEgress,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Has every enabled plugin started, and follows the database from here on. A start waits for no plugin. */
  startFollowing(): void {
    const follow = () =>
      void this.followAll().catch((err: unknown) => this.logger.error({ err }, 'plugins not followed'));
    this.following = setInterval(follow, FOLLOW_MS);
    follow();
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
    if (!plugin.probing && this.running.get(id)?.revision !== plugin.revision) await this.reconcile(id);
    const process = this.running.get(id)?.process;
    if (!process) throw new PluginsError('PLUGIN_NOT_RUNNING');
    try {
      return await process.request(request);
    } catch (error) {
      throw requestErrorFor(error);
    }
  }

  /** Starts a plugin again that waits after a crash, or has crashed too often; one that runs runs on. */
  async revive(id: string): Promise<void> {
    const process = this.running.get(id)?.process;
    if (process && ['backing_off', 'crash_looping'].includes(process.status.state)) await process.restart();
  }

  /** How a plugin fares. One that is asked how it is and does not say so within a second is not well. */
  async state({ id, enabled }: Plugin): Promise<PluginState> {
    const process = this.running.get(id)?.process;
    if (!process) return { state: enabled ? 'stopped' : 'disabled', reason: null, health: null };
    const { state, reason } = process.status;
    const health = state === 'running' ? await withinASecond(process.health()) : null;
    return { state, reason, health };
  }

  /** Starts a release beside whatever runs, has it do its hook and say how it is, and stops it. Null when all is well. */
  async probe(
    plugin: Plugin,
    releaseDir: string,
    hook: HookName | null,
    { fromVersion, onStarted }: ProbeOptions = {},
  ): Promise<ProbeFailure | null> {
    let process: RunningPlugin;
    try {
      process = await startPlugin(this.optionsFor(plugin, releaseDir));
    } catch (error) {
      return { code: 'PLUGIN_START_FAILED', message: messageOf(error) };
    }
    try {
      onStarted?.();
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
      const process = await startPlugin(this.optionsFor(plugin, plugin.releaseDir));
      await process.callHook('uninstall', { keepData }).finally(() => process.stop());
    } catch (error) {
      this.logger.warn({ plugin: plugin.id, error: messageOf(error) }, 'uninstall hook failed');
    }
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.following);
    // First the processes: a start that is under way ends early.
    await this.stopAll();
    await Promise.all(this.queue.values());
    await this.stopAll();
  }

  private async stopAll(): Promise<void> {
    await Promise.all([...this.running.values()].map(({ process }) => process.stop()));
  }

  private async followAll(): Promise<void> {
    const select = { id: true, revision: true, enabled: true, probing: true } as const;
    const rows = await this.dataSource.manager.find(Plugin, { select });
    const wanted = new Map(rows.filter(({ enabled }) => enabled).map((row) => [row.id, row]));
    const changed = [...new Set([...wanted.keys(), ...this.running.keys()])].filter((id) => {
      const row = wanted.get(id);
      return !row?.probing && this.running.get(id)?.revision !== row?.revision;
    });
    await Promise.all(changed.map((id) => this.reconcile(id)));
  }

  private async follow(id: string): Promise<void> {
    const plugin = await this.dataSource.manager.findOneBy(Plugin, { id });
    const current = this.running.get(id);
    // A release that has yet to prove itself takes over from nothing: what ran before it runs on.
    if (plugin?.enabled && (plugin.probing || current?.revision === plugin.revision)) return;
    if (current) {
      this.running.delete(id);
      await current.process.stop();
    }
    if (plugin?.enabled) await this.starts.take(() => this.launch(plugin));
  }

  private async launch(plugin: Plugin): Promise<void> {
    if (this.stopped) return;
    const { id, revision, releaseDir } = plugin;
    const process = supervisePlugin({
      ...this.optionsFor(plugin, releaseDir),
      onChange: (status) => this.tell(plugin, status),
    });
    this.running.set(id, { revision, process });
    await process.settled();
  }

  private tell(plugin: Plugin, { state, reason }: SupervisorStatus): void {
    if (state !== 'backing_off' && state !== 'crash_looping') return;
    this.logger.error({ plugin: plugin.id, state, code: reason?.code, error: reason?.message }, 'plugin is down');
    this.plugins
      .reportDown(plugin, state === 'crash_looping', reason?.message ?? '')
      .catch((err: unknown) => this.logger.error({ err, plugin: plugin.id }, 'admins not told'));
  }

  private optionsFor(plugin: Plugin, releaseDir: string): StartPluginOptions {
    const { id, manifest } = plugin;
    const log = this.logger.child({ plugin: id });
    return {
      dir: this.folders.release(id, releaseDir),
      manifest,
      config: this.plugins.configToRun(plugin),
      storage: pluginStorage(this.dataSource.manager, id),
      dataDir: this.folders.data(id),
      network: this.egress.networkOf(id),
      logger: {
        debug: (message, fields) => log.debug({ fields }, message),
        info: (message, fields) => log.info({ fields }, message),
        warn: (message, fields) => log.warn({ fields }, message),
        error: (message, fields) => log.error({ fields }, message),
      },
    };
  }
}

async function withinASecond(health: Promise<HealthReport>): Promise<HealthReport> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<HealthReport>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, message: 'It did not say within a second.' }), HEALTH_WAIT_MS);
  });
  return Promise.race([health, late]).finally(() => clearTimeout(timer));
}

function requestErrorFor(cause: unknown): unknown {
  if (!(cause instanceof PluginError)) return cause;
  if (cause.code === 'PLUGIN_NO_ROUTE') return new PluginsError('PLUGIN_ROUTE_NOT_FOUND');
  if (cause.code === 'PLUGIN_UNAVAILABLE' || cause.code === 'PLUGIN_STOPPED') {
    return new PluginsError('PLUGIN_NOT_RUNNING', undefined, { cause });
  }
  return new PluginsError('PLUGIN_ANSWER_FAILED', undefined, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 500) : 'unknown';
}
