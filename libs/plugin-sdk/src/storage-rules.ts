import type { JsonValue, PluginStorage, Storage } from './plugin.js';

const KEY = /^[\w.:@/-]{1,200}$/;
/** Of one value, as JSON in UTF-8. */
export const MAX_VALUE_BYTES = 256 * 1024;

/**
 * Checks what a plugin wants to store.
 *
 * @throws {TypeError} for a key that is not 1 to 200 letters, digits and `_ . : @ / -`, and for a value that is no JSON or
 *   larger than 256 KiB
 */
export function assertStorable(key: unknown, value: unknown): asserts value is JsonValue {
  assertStorageKey(key);
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw new TypeError(`the value of ${key} is no JSON`);
  if (new TextEncoder().encode(json).length > MAX_VALUE_BYTES) {
    throw new TypeError(`the value of ${key} is larger than ${MAX_VALUE_BYTES / 1024} KiB: split it over several keys`);
  }
}

/** @throws {TypeError} */
export function assertStorageKey(key: unknown): asserts key is string {
  if (typeof key !== 'string' || !KEY.test(key)) {
    throw new TypeError('a storage key is 1 to 200 letters, digits and the characters _ . : @ / -');
  }
}

/** Adds `update` to a storage and checks every key and value on the way in. */
export function checkedStorage(inner: PluginStorage): Storage {
  const queues = new Map<string, Promise<unknown>>();
  const storage: Storage = {
    async get(key) {
      assertStorageKey(key);
      return inner.get(key);
    },
    async set(key, value) {
      assertStorable(key, value);
      await inner.set(key, value);
    },
    async delete(key) {
      assertStorageKey(key);
      await inner.delete(key);
    },
    async list(prefix = '') {
      if (prefix !== '') assertStorageKey(prefix);
      return inner.list(prefix);
    },
    async update(key, change) {
      const before = queues.get(key) ?? Promise.resolve();
      const mine = before.then(async () => {
        const next = await change(await storage.get(key));
        await storage.set(key, next);
        return next;
      });
      // The next update runs whether or not this one failed; the failure belongs to its own caller.
      const settled = mine.then(ignore, ignore);
      queues.set(key, settled);
      void settled.then(() => {
        if (queues.get(key) === settled) queues.delete(key);
      });
      return mine;
    },
  };
  return storage;
}

function ignore(): void {
  // Only the order matters to whoever waits.
}
