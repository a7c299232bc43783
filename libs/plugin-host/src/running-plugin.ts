import type {
  HealthReport,
  HookName,
  JsonValue,
  MenuItem,
  PluginConfig,
  PluginLogger,
  PluginStorage,
} from '@hansa/plugin-sdk';
import type { PluginNetwork } from './network-broker.js';
import type { PluginError } from './plugin-error.js';

/** The members of a manifest the host acts on; a whole `Manifest` fits. */
export interface HostedManifest {
  readonly id: string;
  readonly version: string;
  /** Default `./index.js`. */
  readonly entry?: string;
  /** A hook that is declared here must be exported. */
  readonly hooks?: { readonly [name in HookName | 'health']?: boolean };
  readonly menu_items?: readonly MenuItem[];
  /**
   * Without this member the plugin hears every event and may store values; with it, only what it lists. The network is
   * closed either way, but for the hosts in `net` (`host`, `host:port`, `*.suffix`).
   */
  readonly permissions?: {
    readonly net?: readonly string[];
    readonly events?: readonly string[];
    readonly storage?: boolean;
  };
}

export interface StartPluginOptions {
  /** The unpacked release. The plugin reads it and cannot write to it. */
  readonly dir: string;
  readonly manifest: HostedManifest;
  readonly config: PluginConfig;
  /** The plugin's own values; the caller keeps those of different plugins apart. */
  readonly storage: PluginStorage;
  /** Gets the plugin's log lines and what it prints. */
  readonly logger: PluginLogger;
  /** The one directory the plugin may write to; made when missing. */
  readonly dataDir: string;
  /** Default 10,000. */
  readonly startTimeoutMs?: number;
  /** Of one request, event or health probe. Default 15,000. */
  readonly requestTimeoutMs?: number;
  /** Of one hook. Default 60,000. */
  readonly hookTimeoutMs?: number;
  /** JavaScript heap. Default 128. */
  readonly maxMemoryMb?: number;
  /** Memory of the whole process, with Node itself and buffers. Default: the heap's limit and 128 more. */
  readonly maxResidentMb?: number;
  /** How its connections to declared hosts leave. Default: the system's resolver and sockets. */
  readonly network?: PluginNetwork;
  /** Node program of the same major version as this one. Default: this one. */
  readonly nodePath?: string;
}

export interface HostRequest {
  readonly method: string;
  /** Starts with `/`; the part after `/plugins/{id}`, without the query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Hand over only what the plugin may see: no cookies, no credentials of the shop. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface HostAnswer {
  readonly status: number;
  /** Names in lower case. Hop-by-hop headers, cookies and lengths a plugin sets are left out. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** How a plugin's process ended. */
export interface PluginExit {
  /** PLUGIN_STOPPED, PLUGIN_CRASHED or PLUGIN_MEMORY_EXCEEDED. */
  readonly reason: PluginError;
  readonly code: number | null;
  readonly signal: string | null;
}

/** Facts for a hook: the version before an upgrade, whether data is kept at an uninstall. */
export interface HookFacts {
  readonly fromVersion?: string;
  readonly keepData?: boolean;
}

/** A plugin in a process of its own. Its crash rejects what is pending and resolves `exited`; it never throws elsewhere. */
export interface RunningPlugin {
  readonly pid: number;
  /** The manifest's, then those it registered; one a path. */
  readonly menuItems: readonly MenuItem[];
  /** Event names and groups (`order.*`) it hears. */
  readonly events: readonly string[];

  /**
   * Asks a route of the plugin.
   *
   * @throws {PluginError} PLUGIN_NO_ROUTE, PLUGIN_TIMEOUT, PLUGIN_FAILED, PLUGIN_CRASHED, PLUGIN_MEMORY_EXCEEDED,
   *   PLUGIN_STOPPED, PLUGIN_BUSY or PLUGIN_MESSAGE_TOO_LARGE
   */
  request(request: HostRequest): Promise<HostAnswer>;

  /**
   * Hands an event to the plugin and waits until its handlers are done. An event it does not hear, or may not hear, is no
   * error and costs nothing.
   *
   * @throws {PluginError} like `request`, without PLUGIN_NO_ROUTE
   */
  emit(event: string, payload: JsonValue): Promise<void>;

  /** Says whether the plugin can do its work. Never rejects: a dead or silent plugin is not ok. */
  health(): Promise<HealthReport>;

  /**
   * Runs a hook; one the plugin does not export is done at once.
   *
   * @throws {PluginError} like `emit`
   */
  callHook(name: HookName, facts?: HookFacts): Promise<void>;

  /** Lets running work finish for a moment, then ends the process. Asking again waits for the same end. */
  stop(): Promise<void>;

  /** Resolves when the process is gone, for whatever reason. */
  readonly exited: Promise<PluginExit>;
}
