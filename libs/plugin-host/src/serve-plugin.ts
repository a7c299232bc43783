import type { JsonValue, LogFields, PluginLogger, PluginStorage } from '@hansa/plugin-sdk';
import { assertStorable, assertStorageKey } from '@hansa/plugin-sdk/runtime';
import { LOG_LEVELS } from './protocol.js';

const MAX_LOG_LENGTH = 8_192;

/**
 * Does what the process of a plugin asks of the shop. Keys and values are checked here again: the SDK's own check runs in a
 * process the plugin owns.
 */
export async function serveStorage(
  storage: PluginStorage,
  allowed: boolean,
  op: string,
  args: unknown,
): Promise<JsonValue | undefined> {
  if (!op.startsWith('storage.')) throw new Error(`the shop has no ${op}`);
  if (!allowed) throw new Error('the manifest does not ask for storage');
  const { key, value, prefix } = (args ?? {}) as Record<string, unknown>;
  if (op === 'storage.list') {
    const start = typeof prefix === 'string' ? prefix : '';
    if (start !== '') assertStorageKey(start);
    const entries = await storage.list(start);
    return entries.map((entry) => ({ key: entry.key, value: entry.value }));
  }
  assertStorageKey(key);
  switch (op) {
    case 'storage.get': {
      const found = await storage.get(key);
      return { found: found !== undefined, value: found ?? null };
    }
    case 'storage.set':
      assertStorable(key, value);
      await storage.set(key, value);
      return undefined;
    case 'storage.delete':
      await storage.delete(key);
      return undefined;
    default:
      throw new Error(`the shop has no ${op}`);
  }
}

/** Writes a line of the plugin's to the log of the shop; what is no line is dropped. */
export function takeLogLine(logger: PluginLogger, args: unknown): void {
  const { level, message, fields } = (args ?? {}) as Record<string, unknown>;
  const known = LOG_LEVELS.find((name) => name === level);
  if (!known || typeof message !== 'string') return;
  const isMap = typeof fields === 'object' && fields !== null && JSON.stringify(fields).length <= MAX_LOG_LENGTH;
  logger[known](message.slice(0, MAX_LOG_LENGTH), isMap ? (fields as LogFields) : undefined);
}
