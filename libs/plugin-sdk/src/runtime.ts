import { coversEvent, isEventPattern } from './event-name.js';
import {
  HOOK_NAMES,
  type EventHandler,
  type HealthReport,
  type HookContext,
  type HookName,
  type JsonValue,
  type Medusa,
  type MenuItem,
  type PluginAnswer,
  type PluginConfig,
  type PluginIdentity,
  type PluginLogger,
  type PluginModule,
  type PluginRequest,
  type PluginStorage,
  type RegisterContext,
} from './plugin.js';
import { RouteTable } from './route-table.js';
import { checkedStorage } from './storage-rules.js';

export { coversEvent, isEventPattern } from './event-name.js';
export { assertStorable, assertStorageKey, MAX_VALUE_BYTES } from './storage-rules.js';

/** What a plugin runs in: one per process in a shop, one per test at its author's desk. */
export interface RuntimeOptions {
  readonly plugin: PluginIdentity;
  readonly config: PluginConfig;
  readonly storage: PluginStorage;
  readonly logger: PluginLogger;
}

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A plugin whose `register` has run. */
export interface LoadedPlugin {
  readonly menuItems: readonly MenuItem[];
  /** Event names and groups it hears. */
  readonly events: readonly string[];
  /** The optional exports it has. */
  readonly hooks: readonly (HookName | 'health')[];
  /** Undefined when no route matches. */
  request(request: RawRequest): Promise<RawAnswer | undefined>;
  /** Runs every handler of the event, one after another, and throws the first error after all have run. */
  emit(event: string, payload: JsonValue): Promise<void>;
  health(): Promise<HealthReport>;
  callHook(name: HookName, facts: Omit<HookContext, keyof RegisterContext>): Promise<void>;
}

/** The body of a request was not what the plugin asked for; answered with 400. */
class UnreadableBody extends Error {}

/**
 * Runs `register` and answers with what the plugin made of it.
 *
 * @throws {TypeError} when the module has no `register` or registers something that cannot work; otherwise what it throws
 */
export async function loadModule(module: unknown, options: RuntimeOptions): Promise<LoadedPlugin> {
  assertModule(module);
  const routes = new RouteTable();
  const handlers: { pattern: string; handler: EventHandler }[] = [];
  const menuItems: MenuItem[] = [];
  let open = true;
  const whileOpen = (what: string, work: () => void) => {
    if (!open) throw new TypeError(`${what} is registered while register() runs, not later`);
    work();
  };
  const route = (method: string): Medusa['routes']['get'] => {
    return (path, handler) => whileOpen('a route', () => routes.add(method, path, handler));
  };
  const medusa: Medusa = {
    events: {
      on: (pattern, handler) => whileOpen('an event handler', () => handlers.push(readHandler(pattern, handler))),
    },
    routes: {
      get: route('GET'),
      post: route('POST'),
      put: route('PUT'),
      patch: route('PATCH'),
      delete: route('DELETE'),
    },
    storage: checkedStorage(options.storage),
    logger: options.logger,
    menu: { add: (item) => whileOpen('a menu item', () => menuItems.push(readMenuItem(item))) },
    plugin: Object.freeze({ ...options.plugin }),
  };
  const context: RegisterContext = { medusa, config: options.config };
  await module.register(context);
  open = false;

  return {
    menuItems,
    events: [...new Set(handlers.map(({ pattern }) => pattern))],
    hooks: [...HOOK_NAMES, 'health' as const].filter((name) => typeof module[name] === 'function'),
    request: (request) => answer(routes, request),
    async emit(event, payload) {
      const errors: unknown[] = [];
      for (const { pattern, handler } of handlers) {
        if (!coversEvent(pattern, event)) continue;
        try {
          await handler(payload, event);
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw errors[0];
    },
    async health() {
      return module.health ? readHealth(await module.health(context)) : { ok: true };
    },
    async callHook(name, facts) {
      await module[name]?.({ ...context, ...facts });
    },
  };
}

function assertModule(module: unknown): asserts module is PluginModule {
  if (typeof module !== 'object' || module === null || !('register' in module)) {
    throw new TypeError('the entry module exports no register()');
  }
  if (typeof module.register !== 'function') throw new TypeError('register is exported and is no function');
}

function readHandler(pattern: unknown, handler: unknown): { pattern: string; handler: EventHandler } {
  if (!isEventPattern(pattern)) throw new TypeError(`${String(pattern)} is no event: write order.placed or order.*`);
  if (typeof handler !== 'function') throw new TypeError(`the handler of ${pattern} is no function`);
  return { pattern, handler: handler as EventHandler };
}

function readMenuItem({ label, path, icon }: MenuItem): MenuItem {
  if (typeof label !== 'string' || label === '' || label.length > 60) {
    throw new TypeError('a menu item has a label of 1 to 60 characters');
  }
  if (!/^\/[\w\-./]{0,200}$/.test(path)) throw new TypeError(`${path} is no path of a menu item: it starts with /`);
  return { label, path, ...(typeof icon === 'string' ? { icon: icon.slice(0, 60) } : {}) };
}

/** Anything but a plain yes is a no. */
export function readHealth(report: unknown): HealthReport {
  const { ok, message } = (typeof report === 'object' && report !== null ? report : {}) as Partial<HealthReport>;
  return { ok: ok === true, ...(typeof message === 'string' ? { message: message.slice(0, 500) } : {}) };
}

async function answer(routes: RouteTable, raw: RawRequest): Promise<RawAnswer | undefined> {
  const match = routes.match(raw.method, raw.path);
  if (!match) return undefined;
  const text = () => new TextDecoder().decode(raw.body);
  const request: PluginRequest = { ...raw, params: match.params, text, json: () => parse(text()) };
  try {
    const reply = toRaw(await match.handler(request));
    return raw.method === 'HEAD' ? { ...reply, body: new Uint8Array() } : reply;
  } catch (error) {
    if (!(error instanceof UnreadableBody)) throw error;
    const problem = { type: 'invalid_data', message: error.message, code: 'MALFORMED_REQUEST' };
    return toRaw({ status: 400, json: problem });
  }
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw new UnreadableBody('The body is not JSON.');
  }
}

function toRaw(answer: PluginAnswer): RawAnswer {
  if (typeof answer !== 'object') throw new TypeError('a route answers with { status, json | html | body }');
  const { type, body } = content(answer);
  const headers: Record<string, string> = type ? { 'content-type': type } : {};
  for (const [name, value] of Object.entries(answer.headers ?? {})) headers[name.toLowerCase()] = value;
  return { status: answer.status ?? 200, headers, body };
}

function content({ json, html, body }: PluginAnswer): { type?: string; body: Uint8Array } {
  const encode = (text: string) => new TextEncoder().encode(text);
  if (html !== undefined) return { type: 'text/html; charset=utf-8', body: encode(html) };
  if (json !== undefined) return { type: 'application/json; charset=utf-8', body: encode(JSON.stringify(json)) };
  if (typeof body === 'string') return { type: 'text/plain; charset=utf-8', body: encode(body) };
  return { body: body ?? new Uint8Array() };
}
