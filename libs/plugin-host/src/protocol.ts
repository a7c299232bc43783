import type { HookContext, HookName, JsonValue, MenuItem, PluginConfig } from '@hansa/plugin-sdk';

/** What the host asks the runner for, by operation. */
export interface HostCalls {
  readonly start: {
    readonly entry: string;
    readonly plugin: { readonly id: string; readonly version: string; readonly dataDir: string };
    readonly config: PluginConfig;
  };
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
    readonly headers: Readonly<Record<string, string>>;
    /** Base64. */
    readonly body: string;
  };
  readonly emit: { readonly event: string; readonly payload: JsonValue };
  readonly hook: { readonly name: HookName; readonly facts: Pick<HookContext, 'fromVersion' | 'keepData'> };
  readonly health: object;
  /** Resident bytes, for systems that do not say. */
  readonly memory: object;
}

/** What the runner answers to `start`. */
export interface StartAnswer {
  readonly menuItems: readonly MenuItem[];
  readonly events: readonly string[];
  readonly hooks: readonly string[];
}

/** What the runner answers to `request`; `body` is base64. */
export interface RequestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** Of one storage call of the plugin. */
export const STORAGE_TIMEOUT_MS = 15_000;

/** Environment variable that tells the runner of the broker, as JSON; gone before the plugin loads. */
export const NETWORK_VARIABLE = 'HANSA_PLUGIN_NETWORK';
