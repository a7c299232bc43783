import type { HealthReport, HookName, JsonValue, MenuItem, PluginLogger } from '@hansa/plugin-sdk';
import { PluginError } from './plugin-error.js';
import type {
  PluginSupervisor,
  SupervisePluginOptions,
  SupervisorState,
  SupervisorStatus,
  SupervisorTimers,
} from './plugin-supervisor.js';
import { afterCrash, NO_CRASHES } from './restart-policy.js';
import type { HookFacts, HostAnswer, HostRequest, RunningPlugin } from './running-plugin.js';
import { startPlugin } from './start-plugin.js';

const KEPT_LINES = 50;

const SYSTEM_TIMERS: SupervisorTimers = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Starts a plugin and starts it again when it crashes, later each time: after 1 s, 2 s, 4 s and so on, at most 60 s. At the
 * fifth crash within ten minutes it is left alone (`crash_looping`) until somebody asks for a restart; without `autoRestart` at the
 * first (`crashed`).
 */
export function supervisePlugin(options: SupervisePluginOptions): PluginSupervisor {
  const supervisor = new Supervisor(options);
  supervisor.launch();
  return supervisor;
}

class Supervisor implements PluginSupervisor {
  status: SupervisorStatus;
  menuItems: readonly MenuItem[] = [];
  events: readonly string[] = [];
  private readonly timers: SupervisorTimers;
  private plugin: RunningPlugin | undefined;
  private attempt = Promise.resolve();
  private queue = Promise.resolve();
  /** Counts starts and ends: news of a process of an earlier turn is no news. */
  private turn = 0;
  private history = NO_CRASHES;
  private callOff: () => void = () => undefined;
  private lines: string[] = [];

  constructor(private readonly options: SupervisePluginOptions) {
    this.timers = options.timers ?? SYSTEM_TIMERS;
    const since = new Date(this.timers.now());
    this.status = { state: 'stopped', reason: null, since, nextAttemptAt: null, lastLines: [] };
  }

  launch(): void {
    this.turn += 1;
    if (this.status.state !== 'starting') this.change('starting');
    this.attempt = this.start(this.turn);
  }

  async request(request: HostRequest): Promise<HostAnswer> {
    return (await this.running()).request(request);
  }

  async emit(event: string, payload: JsonValue): Promise<void> {
    await (await this.running()).emit(event, payload);
  }

  async health(): Promise<HealthReport> {
    try {
      return await (await this.running()).health();
    } catch (error) {
      return { ok: false, message: error instanceof Error ? error.message : String(error) };
    }
  }

  async callHook(name: HookName, facts: HookFacts = {}): Promise<void> {
    await (await this.running()).callHook(name, facts);
  }

  async settled(): Promise<void> {
    await this.queue;
    await this.attempt;
  }

  restart(): Promise<void> {
    return this.inOrder(async () => {
      this.change('starting');
      await this.halt();
      this.history = NO_CRASHES;
      this.launch();
      await this.attempt;
    });
  }

  stop(): Promise<void> {
    return this.inOrder(async () => {
      if (this.status.state !== 'stopped') this.change('stopped');
      await this.halt();
    });
  }

  /** Restarts and stops one after another: two at once could leave two processes. */
  private inOrder(work: () => Promise<void>): Promise<void> {
    const turn = this.queue.then(work);
    this.queue = turn.catch(() => undefined); // it is the caller's
    return turn;
  }

  private async start(turn: number): Promise<void> {
    const startedAt = this.timers.now();
    this.lines = [];
    try {
      const plugin = await startPlugin({ ...this.options, logger: this.keepingLines(this.lines) });
      if (turn !== this.turn) return await plugin.stop();
      this.plugin = plugin;
      this.menuItems = plugin.menuItems;
      this.events = plugin.events;
      this.change('running', { reason: null });
      void plugin.exited.then(({ reason }) => this.crashed(turn, startedAt, reason));
    } catch (error) {
      if (!(error instanceof PluginError)) throw error;
      this.crashed(turn, startedAt, error);
    }
  }

  private crashed(turn: number, startedAt: number, { code, message }: PluginError): void {
    if (turn !== this.turn) return;
    this.plugin = undefined;
    const now = this.timers.now();
    const { history, delayMs } = afterCrash(this.history, startedAt, now);
    this.history = history;
    const facts = { reason: { code, message }, lastLines: [...this.lines] };
    if (this.options.autoRestart === false) return this.change('crashed', facts);
    if (delayMs === null) return this.change('crash_looping', facts);
    this.callOff = this.timers.after(delayMs, () => this.launch());
    this.change('backing_off', { ...facts, nextAttemptAt: new Date(now + delayMs) });
  }

  private async halt(): Promise<void> {
    this.turn += 1;
    this.callOff();
    const { plugin } = this;
    this.plugin = undefined;
    await this.attempt; // a start that is under way ends its own process
    await plugin?.stop();
  }

  private async running(): Promise<RunningPlugin> {
    await this.queue; // what is asked for after a restart reaches the process after it
    if (this.status.state === 'starting') await this.attempt;
    if (this.plugin) return this.plugin;
    const { state, reason, nextAttemptAt } = this.status;
    if (state === 'stopped') throw new PluginError('PLUGIN_STOPPED', 'The plugin is stopped.');
    const left = state === 'crashed' ? 'it is left alone' : 'it has crashed too often';
    const next = nextAttemptAt ? `it starts again at ${nextAttemptAt.toISOString()}` : left;
    throw new PluginError('PLUGIN_UNAVAILABLE', `The plugin is not running, ${next}: ${reason?.message ?? state}`);
  }

  private change(state: SupervisorState, facts: Partial<SupervisorStatus> = {}): void {
    const since = new Date(this.timers.now());
    this.status = { ...this.status, nextAttemptAt: null, ...facts, state, since };
    this.options.onChange?.(this.status);
  }

  /** A logger that also keeps the last lines of one run. */
  private keepingLines(lines: string[]): PluginLogger {
    const { logger } = this.options;
    const keep =
      (level: keyof PluginLogger): PluginLogger['info'] =>
      (message, fields) => {
        lines.push(message);
        if (lines.length > KEPT_LINES) lines.shift();
        logger[level](message, fields);
      };
    return { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') };
  }
}
