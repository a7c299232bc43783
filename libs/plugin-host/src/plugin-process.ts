import type { ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import type { HealthReport, HookName, JsonValue, MenuItem } from '@hansa/plugin-sdk';
import { coversEvent, readHealth } from '@hansa/plugin-sdk/runtime';
import { residentBytes, watchMemory } from './memory-watch.js';
import { Peer } from './peer.js';
import { PluginError } from './plugin-error.js';
import type { HostCalls } from './protocol.js';
import { readRequestAnswer, readStartAnswer } from './read-answer.js';
import type {
  HookFacts,
  HostAnswer,
  HostRequest,
  PluginExit,
  RunningPlugin,
  StartPluginOptions,
} from './running-plugin.js';
import type { Sandbox } from './sandbox.js';
import { serveStorage, takeLogLine } from './serve-plugin.js';

const REQUEST_TIMEOUT_MS = 15_000;
const HOOK_TIMEOUT_MS = 60_000;
/** What running work gets at a stop before the process is ended. */
const STOP_GRACE_MS = 2_000;
const HEAP_MB = 128;
/** What Node itself takes, and room for buffers. */
const BEYOND_HEAP_MB = 128;
const MIB = 1024 * 1024;
/** What V8 prints before it ends a process whose heap is full. */
const HEAP_FULL = /^FATAL ERROR: .*heap out of memory/;

/** The shop's side of one plugin process. Internal to this library; callers see `RunningPlugin`. */
export class PluginProcess implements RunningPlugin {
  readonly exited: Promise<PluginExit>;
  menuItems: readonly MenuItem[] = [];
  events: readonly string[] = [];
  private hooks: readonly string[] = [];
  private readonly peer: Peer;
  private readonly requestTimeoutMs: number;
  private ended = false;
  private stopping: Promise<void> | undefined;
  private memoryExceeded: string | undefined;

  constructor(
    private readonly child: ChildProcess,
    channel: Duplex,
    private readonly options: StartPluginOptions,
  ) {
    this.requestTimeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
    const mayStore = options.manifest.permissions?.storage ?? !options.manifest.permissions;
    this.peer = new Peer(channel, {
      serve: (op, args) => serveStorage(options.storage, mayStore, op, args),
      note: (op, args) => {
        if (op === 'log') takeLogLine(options.logger, args);
      },
      closed: (violation) => {
        if (violation) options.logger.error(`the plugin is ended: ${violation}`);
        // Without the channel the process is of no use, and one that closed it may mean to stay.
        if (!this.stopping || violation) child.kill('SIGKILL');
      },
    });
    const endWatch = this.watchMemory();
    this.exited = new Promise((resolve) => {
      // `close`, not `exit`: answers that are still in the pipe count.
      child.once('close', (code, signal) => {
        endWatch();
        this.ended = true;
        const reason = this.gone(signal ? `signal ${signal}` : `exit code ${code}`);
        this.peer.abandon(reason);
        resolve({ code, signal, reason });
      });
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** @throws {PluginError} whatever went wrong; the caller turns it into PLUGIN_START_FAILED */
  async start(sandbox: Sandbox, timeoutMs: number): Promise<void> {
    const { manifest, config } = this.options;
    const plugin = { id: manifest.id, version: manifest.version, dataDir: sandbox.dataDir };
    const answer = readStartAnswer(await this.ask('start', { entry: sandbox.entry, plugin, config }, timeoutMs));
    const missing = Object.entries(manifest.hooks ?? {}).find(([name, on]) => on && !answer.hooks.includes(name));
    if (missing)
      throw new PluginError('PLUGIN_START_FAILED', `the manifest promises ${missing[0]}(), the entry has none`);
    const menuItems = [...(manifest.menu_items ?? []), ...answer.menuItems];
    this.menuItems = menuItems.filter(({ path }, i) => menuItems.findIndex((item) => item.path === path) === i);
    this.events = answer.events;
    this.hooks = answer.hooks;
  }

  /** Takes a line of the process's error output. */
  takeErrorLine(line: string): void {
    if (HEAP_FULL.test(line)) {
      this.memoryExceeded = `Its JavaScript heap is larger than ${this.options.maxMemoryMb ?? HEAP_MB} MiB.`;
    }
    this.options.logger.warn(line);
  }

  async request({ method, path, query = {}, headers = {}, body }: HostRequest): Promise<HostAnswer> {
    const content = Buffer.from(body ?? []).toString('base64');
    return readRequestAnswer(await this.ask('request', { method, path, query, headers, body: content }));
  }

  async emit(event: string, payload: JsonValue): Promise<void> {
    const { permissions } = this.options.manifest;
    const hears = this.events.some((pattern) => coversEvent(pattern, event));
    // Privacy: what a plugin subscribes to is its own word; what the merchant agreed to is in the manifest.
    const may = !permissions || (permissions.events ?? []).some((pattern) => coversEvent(pattern, event));
    if (!hears || !may) return;
    await this.ask('emit', { event, payload });
  }

  async health(): Promise<HealthReport> {
    try {
      return readHealth(await this.ask('health', {}));
    } catch (error) {
      return { ok: false, message: error instanceof Error ? error.message : String(error) };
    }
  }

  async callHook(name: HookName, facts: HookFacts = {}): Promise<void> {
    if (!this.hooks.includes(name)) return;
    await this.ask('hook', { name, facts }, this.options.hookTimeoutMs ?? HOOK_TIMEOUT_MS);
  }

  stop(): Promise<void> {
    this.stopping ??= this.end();
    return this.stopping;
  }

  private async end(): Promise<void> {
    this.peer.note('stop', {});
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_GRACE_MS);
    await this.exited;
    clearTimeout(timer);
  }

  private async ask<Op extends keyof HostCalls>(
    op: Op,
    args: HostCalls[Op],
    timeoutMs = this.requestTimeoutMs,
  ): Promise<unknown> {
    if (this.ended || this.stopping) throw this.gone();
    return this.peer.call(op, args, timeoutMs);
  }

  /** From outside, so that a plugin that never comes to rest is seen too. */
  private watchMemory(): () => void {
    const { maxMemoryMb = HEAP_MB, maxResidentMb = maxMemoryMb + BEYOND_HEAP_MB } = this.options;
    const measure = () => residentBytes(this.pid, () => this.ask('memory', {}));
    return watchMemory(measure, maxResidentMb * MIB, (bytes) => {
      this.memoryExceeded = `It takes ${Math.round(bytes / MIB)} MiB of memory, more than ${maxResidentMb} MiB.`;
      this.options.logger.error(`the plugin is ended: ${this.memoryExceeded}`);
      this.child.kill('SIGKILL');
    });
  }

  private gone(how?: string): PluginError {
    if (this.memoryExceeded) return new PluginError('PLUGIN_MEMORY_EXCEEDED', this.memoryExceeded);
    if (this.stopping) return new PluginError('PLUGIN_STOPPED', 'The plugin is stopped.');
    const detail = how ? ` (${how})` : '';
    return new PluginError('PLUGIN_CRASHED', `The process of the plugin ended on its own${detail}.`);
  }
}
