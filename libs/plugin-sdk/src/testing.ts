import type {
  HealthReport,
  HookContext,
  HookName,
  JsonValue,
  LogFields,
  PluginConfig,
  PluginStorage,
} from './plugin.js';
import { loadModule, type LoadedPlugin, type RawAnswer } from './runtime.js';

export interface TestAnswer extends RawAnswer {
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
}

export interface TestRequest {
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly body?: string | Uint8Array;
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields?: LogFields;
}

/** A plugin under test, in the test's own process. */
export interface TestPlugin extends Pick<LoadedPlugin, 'menuItems' | 'events' | 'hooks' | 'emit'> {
  readonly storage: PluginStorage;
  /** What it logged, oldest first. */
  readonly logs: readonly LogLine[];
  /** Answers 404 where no route matches. */
  request(method: string, path: string, request?: TestRequest): Promise<TestAnswer>;
  get(path: string, query?: Readonly<Record<string, string>>): Promise<TestAnswer>;
  post(path: string, json: unknown): Promise<TestAnswer>;
  health(): Promise<HealthReport>;
  callHook(name: HookName, facts?: Omit<HookContext, 'medusa' | 'config'>): Promise<void>;
}

/**
 * Loads a plugin for a unit test: `const plugin = await loadPlugin(await import('./index.js'), { currency: 'EUR' })`.
 * Storage is in memory; give the `storage` of an earlier one to see what survives a restart.
 */
export async function loadPlugin(
  module: unknown,
  config: PluginConfig = {},
  options: { readonly storage?: PluginStorage; readonly dataDir?: string; readonly version?: string } = {},
): Promise<TestPlugin> {
  const logs: LogLine[] = [];
  const log = (level: LogLine['level']) => (message: string, fields?: LogFields) => {
    logs.push({ level, message, ...(fields ? { fields } : {}) });
  };
  const storage = options.storage ?? memoryStorage();
  const plugin = await loadModule(module, {
    plugin: { id: 'plugin-under-test', version: options.version ?? '0.0.0', dataDir: options.dataDir ?? '.' },
    config,
    storage,
    logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
  });
  const request: TestPlugin['request'] = async (method, path, { query = {}, headers = {}, json, body } = {}) => {
    const content = json === undefined ? (body ?? '') : JSON.stringify(json);
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const reply = await plugin.request({ method, path, query, headers, body: bytes });
    return toTestAnswer(reply ?? { status: 404, headers: {}, body: new Uint8Array() });
  };
  return {
    menuItems: plugin.menuItems,
    events: plugin.events,
    hooks: plugin.hooks,
    storage,
    logs,
    request,
    get: (path, query = {}) => request('GET', path, { query }),
    post: (path, json) => request('POST', path, { json }),
    emit: (event, payload) => plugin.emit(event, payload),
    health: () => plugin.health(),
    callHook: (name, facts = {}) => plugin.callHook(name, facts),
  };
}

/** Storage that lasts as long as the object. Values are copied in and out, as a shop does. */
export function memoryStorage(): PluginStorage {
  const values = new Map<string, string>();
  return {
    get: async (key) => read(values.get(key)),
    set: async (key, value) => void values.set(key, JSON.stringify(value)),
    delete: async (key) => void values.delete(key),
    list: async (prefix = '') =>
      [...values]
        .filter(([key]) => key.startsWith(prefix))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, json]) => ({ key, value: JSON.parse(json) as JsonValue })),
  };
}

function read(json: string | undefined): JsonValue | undefined {
  return json === undefined ? undefined : (JSON.parse(json) as JsonValue);
}

function toTestAnswer(answer: RawAnswer): TestAnswer {
  const text = new TextDecoder().decode(answer.body);
  const isJson = answer.headers['content-type']?.startsWith('application/json');
  return { ...answer, text, json: isJson ? (JSON.parse(text) as unknown) : undefined };
}
