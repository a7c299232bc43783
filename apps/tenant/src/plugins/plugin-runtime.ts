import { availableParallelism } from 'node:os';
import {
  PluginError,
  supervisePlugin,
  type HealthReport,
  type HostAnswer,
  type HostRequest,
  type MenuItem,
  type PluginSupervisor,
  type SupervisorState,
  type SupervisorStatus,
} from '@hansa/plugin-host';
import type { Logger } from '@hansa/platform';
import type { JsonValue } from '@hansa/plugin-sdk';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LOGGER } from '#config';
import type { HideSecrets } from './hide-secrets.js';
import { PluginLaunch } from './plugin-launch.js';
import { Plugin } from './plugin.entity.js';
import { PluginsError } from './plugins.errors.js';
import { PluginsService } from './plugins.service.js';
import { Turns } from './turns.js';

interface Running {
  readonly revision: number;
  readonly releaseDir: string;
  readonly process: PluginSupervisor;
  readonly hide: HideSecrets;
}

/** What a plugin hears that is not restarted for new settings (`auto_restart: false`); the payload is all of them. */
export const CONFIG_CHANGED = 'plugin.config_changed';

/** How soon a change made by another process is seen. */
const FOLLOW_MS = 2_000;
const DOWN: readonly SupervisorState[] = ['backing_off', 'crash_looping', 'crashed'];
/** How long a list waits for a plugin to say how it is. */
const HEALTH_WAIT_MS = 1_000;

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
    private readonly launch: PluginLaunch,
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

  /** Tells every plugin that runs, listens to it and may, of an event. None of them is waited for. */
  tellAll(event: string, data: JsonValue): void {
    for (const [id, { process }] of this.running) {
      if (process.status.state === 'running') void this.emit(id, process, event, data);
    }
  }

  /** Starts a plugin again that is down after a crash, with the settings of now; one that runs runs on. */
  async revive(id: string): Promise<void> {
    const current = this.running.get(id);
    if (!current || !DOWN.includes(current.process.status.state)) return;
    this.running.delete(id);
    await current.process.stop();
    await this.reconcile(id);
  }

  /** What the plugin adds to the shop's menu: what its manifest says, and what it registered when it last started. */
  menuItems({ id, manifest }: Plugin): readonly MenuItem[] {
    const registered = this.running.get(id)?.process.menuItems ?? [];
    return registered.length > 0 ? registered : (manifest.menu_items ?? []);
  }

  /** How a plugin fares. One that is asked how it is and does not say so within a second is not well. */
  async state({ id, enabled }: Plugin): Promise<PluginState> {
    const current = this.running.get(id);
    if (!current) return { state: enabled ? 'stopped' : 'disabled', reason: null, health: null };
    const { process, hide } = current;
    const { state, reason } = process.status;
    const health = state === 'running' ? await withinASecond(process.health()) : null;
    return { state, reason: hide(reason), health: hide(health) };
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
    if (plugin?.enabled && current?.process.status.state === 'running' && wantsToBeTold(plugin, current)) {
      return this.tellSettings(plugin, current);
    }
    if (current) {
      this.running.delete(id);
      await current.process.stop();
    }
    if (plugin?.enabled) await this.starts.take(() => this.start(plugin));
  }

  private async start(plugin: Plugin): Promise<void> {
    if (this.stopped) return;
    const { id, revision, releaseDir, manifest } = plugin;
    const hide = this.plugins.hiderFor(plugin);
    const process = supervisePlugin({
      ...this.launch.optionsFor(plugin, releaseDir),
      autoRestart: manifest.auto_restart ?? true,
      onChange: ({ state, reason }) => this.tell(plugin, state, hide(reason)),
    });
    this.running.set(id, { revision, releaseDir, process, hide });
    await process.settled();
  }

  private async tellSettings(plugin: Plugin, current: Running): Promise<void> {
    const { id, revision } = plugin;
    this.running.set(id, { ...current, revision, hide: this.plugins.hiderFor(plugin) });
    await this.emit(id, current.process, CONFIG_CHANGED, this.plugins.configToRun(plugin));
  }

  private async emit(plugin: string, process: PluginSupervisor, event: string, data: JsonValue): Promise<void> {
    await process.emit(event, data).catch((error: unknown) => {
      const code = error instanceof PluginError ? error.code : 'UNEXPECTED';
      this.logger.warn({ plugin, event, code }, 'plugin did not hear an event');
    });
  }

  private tell(plugin: Plugin, state: SupervisorState, reason: SupervisorStatus['reason']): void {
    if (!DOWN.includes(state)) return;
    this.logger.error({ plugin: plugin.id, state, code: reason?.code, error: reason?.message }, 'plugin is down');
    this.plugins
      .reportDown(plugin, state !== 'backing_off', reason?.message ?? '')
      .catch((err: unknown) => this.logger.error({ err, plugin: plugin.id }, 'admins not told'));
  }
}

/** Only new settings, and a plugin that does not want to be restarted for them. */
function wantsToBeTold({ manifest, releaseDir }: Plugin, current: Running): boolean {
  return manifest.auto_restart === false && current.releaseDir === releaseDir;
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
