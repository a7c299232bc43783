/** What storage, routes and events carry: JSON and nothing else. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** The settings a merchant made, by the keys of the manifest's `config_schema`. */
export type PluginConfig = Readonly<Record<string, JsonValue>>;

/** A request to a route of the plugin, below `/plugins/{id}` in the shop's admin. */
export interface PluginRequest {
  readonly method: string;
  /** Starts with `/`; the part after `/plugins/{id}`. */
  readonly path: string;
  /** What `:name` segments of the route matched, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. Cookies and credentials of the shop are not among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The body as UTF-8. */
  text(): string;
  /** The body as JSON. A body that is none ends the request with 400 unless the plugin catches the error. */
  json(): JsonValue;
}

/** Exactly one of `json`, `html` and `body`, or none for an empty answer. */
export interface PluginAnswer {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly html?: string;
  /** Anything else; name its `content-type` in `headers`. */
  readonly body?: string | Uint8Array;
}

export type RouteHandler = (request: PluginRequest) => PluginAnswer | Promise<PluginAnswer>;
export type EventHandler = (payload: JsonValue, name: string) => unknown;

/**
 * Admin routes below `/plugins/{id}`. A path is literal segments and `:name` segments: `/invoices/:number`. Pages bring their styles,
 * scripts and pictures along, inline; they cannot fetch or `POST` (docs/protocol/plugin-sandbox.md §7).
 */
export interface PluginRoutes {
  /** Must change nothing: any site can lead an admin's browser to it. */
  get(path: string, handler: RouteHandler): void;
  post(path: string, handler: RouteHandler): void;
  put(path: string, handler: RouteHandler): void;
  patch(path: string, handler: RouteHandler): void;
  delete(path: string, handler: RouteHandler): void;
}

/** The plugin's own JSON values, kept by the shop across restarts and upgrades. Other plugins cannot see them. */
export interface PluginStorage {
  /** Undefined when nothing is stored under `key`. */
  get(key: string): Promise<JsonValue | undefined>;
  set(key: string, value: JsonValue): Promise<void>;
  delete(key: string): Promise<void>;
  /** The entries whose key starts with `prefix`, ordered by key. */
  list(prefix?: string): Promise<readonly StorageEntry[]>;
}

export interface StorageEntry {
  readonly key: string;
  readonly value: JsonValue;
}

/** Storage as a plugin sees it. */
export interface Storage extends PluginStorage {
  /**
   * Replaces a value by what `change` makes of it and returns the result. Updates of one key run one after another, so
   * that a counter never loses a step.
   */
  update<T extends JsonValue>(key: string, change: (value: JsonValue | undefined) => T | Promise<T>): Promise<T>;
}

export type LogFields = Readonly<Record<string, unknown>>;

/** Lines in the shop's log, marked with the plugin's id. */
export interface PluginLogger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface MenuItem {
  readonly label: string;
  /** Below `/plugins/{id}`; starts with `/`. */
  readonly path: string;
  readonly icon?: string;
}

export interface PluginIdentity {
  readonly id: string;
  readonly version: string;
  /** The one directory the plugin may write to; it survives upgrades. */
  readonly dataDir: string;
}

/** What the shop offers a plugin. Routes, events and menu items are registered while `register` runs, not later. */
export interface Medusa {
  readonly events: {
    /** Hears an event by its name (`order.placed`) or a group (`order.*`). */
    on(name: string, handler: EventHandler): void;
  };
  readonly routes: PluginRoutes;
  readonly storage: Storage;
  readonly logger: PluginLogger;
  readonly menu: { add(item: MenuItem): void };
  readonly plugin: PluginIdentity;
}

export interface RegisterContext {
  readonly medusa: Medusa;
  readonly config: PluginConfig;
}

/** What `install`, `upgrade` and `uninstall` get beside the context. */
export interface HookContext extends RegisterContext {
  /** At an upgrade: the version that ran before. */
  readonly fromVersion?: string;
  /** At an uninstall: whether the merchant keeps the plugin's data. */
  readonly keepData?: boolean;
}

export interface HealthReport {
  readonly ok: boolean;
  readonly message?: string;
}

export const HOOK_NAMES = ['install', 'upgrade', 'uninstall'] as const;
export type HookName = (typeof HOOK_NAMES)[number];

/** The exports of an entry module. Only `register` is required. */
export interface PluginModule {
  /** Runs at every start, before anything else of the plugin. */
  register(context: RegisterContext): unknown;
  /** Runs once, after the first start. */
  install?(context: HookContext): unknown;
  /** Runs once, after the first start of a newer version. Running it again must be harmless. */
  upgrade?(context: HookContext): unknown;
  /** Runs once, before the plugin goes. */
  uninstall?(context: HookContext): unknown;
  /** Says whether the plugin can do its work; a throw counts as no. */
  health?(context: RegisterContext): HealthReport | Promise<HealthReport>;
}
