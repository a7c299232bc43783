import type { HealthReport, HookName, JsonValue, MenuItem } from '@hansa/plugin-sdk';
import type { PluginErrorCode } from './plugin-error.js';
import type { HookFacts, HostAnswer, HostRequest, StartPluginOptions } from './running-plugin.js';

/** `crashed` is down until somebody restarts it, by its own wish; `crash_looping`, because it crashed too often. */
export type SupervisorState = 'starting' | 'running' | 'backing_off' | 'crash_looping' | 'crashed' | 'stopped';

export interface SupervisorStatus {
  readonly state: SupervisorState;
  /** The last crash or failed start; null once it runs, and before there was any. */
  readonly reason: { readonly code: PluginErrorCode; readonly message: string } | null;
  readonly since: Date;
  /** While backing off. */
  readonly nextAttemptAt: Date | null;
  /** What the plugin logged and printed before its last crash, oldest first, at most 50 lines. Kept for whoever asks why. */
  readonly lastLines: readonly string[];
}

/** Time, as a supervisor sees it. */
export interface SupervisorTimers {
  now(): number;
  /** Runs something later; what it returns calls that off. */
  after(ms: number, run: () => void): () => void;
}

export interface SupervisePluginOptions extends StartPluginOptions {
  /** Hears every change of state, in order. */
  readonly onChange?: (status: SupervisorStatus) => void;
  /** Whether it is started again after a crash. Default true. */
  readonly autoRestart?: boolean;
  /** Default: the system's. */
  readonly timers?: SupervisorTimers;
}

/**
 * A plugin that is kept running. Calls are those of `RunningPlugin`. They wait while it starts, and are refused with
 * PLUGIN_UNAVAILABLE and the reason while it waits for its next start or has crashed too often.
 */
export interface PluginSupervisor {
  readonly status: SupervisorStatus;
  /** Of the last run; kept while it is down, so that the shop's menu does not flicker. */
  readonly menuItems: readonly MenuItem[];
  readonly events: readonly string[];

  /** @throws {PluginError} like `RunningPlugin.request`, and PLUGIN_UNAVAILABLE */
  request(request: HostRequest): Promise<HostAnswer>;
  /** @throws {PluginError} like `RunningPlugin.emit`, and PLUGIN_UNAVAILABLE */
  emit(event: string, payload: JsonValue): Promise<void>;
  /** Never rejects; a plugin that is down is not ok. */
  health(): Promise<HealthReport>;
  /** @throws {PluginError} like `RunningPlugin.callHook`, and PLUGIN_UNAVAILABLE */
  callHook(name: HookName, facts?: HookFacts): Promise<void>;

  /** Resolves when no start is under way: `status` then says how the last one went. Never rejects. */
  settled(): Promise<void>;
  /** Ends it if it runs and starts it again at once, with its crashes forgotten. Resolves when that start is over. */
  restart(): Promise<void>;
  /** Ends it and starts it no more. Resolves when its process is gone. */
  stop(): Promise<void>;
}
