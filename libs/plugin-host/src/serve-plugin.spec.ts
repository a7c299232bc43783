import { memoryStorage } from '@hansa/plugin-sdk/testing';
import { serveStorage, takeLogLine } from './serve-plugin.js';

describe(serveStorage.name, () => {
  it.each<[string, string, unknown]>([
    ['a key that is none', 'storage.set', { key: '../x y', value: 1 }],
    ['no key', 'storage.get', {}],
    ['a key that is no text', 'storage.delete', { key: 7 }],
    ['a value that is too large', 'storage.set', { key: 'k', value: 'x'.repeat(300 * 1024) }],
    ['no value', 'storage.set', { key: 'k' }],
    ['a prefix that is none', 'storage.list', { prefix: '%' }],
    ['a call the shop does not know', 'storage.drop', { key: 'k' }],
    ['a call of another kind', 'eval', { key: 'k' }],
    ['nothing', 'storage.get', null],
  ])('refuses %s, whatever the process of the plugin checked', async (_what, op, args) => {
    const storage = memoryStorage();
    await expect(serveStorage(storage, true, op, args)).rejects.toThrow();
    await expect(storage.list()).resolves.toEqual([]);
  });

  it('serves nothing to a plugin that may not store', async () => {
    await expect(serveStorage(memoryStorage(), false, 'storage.get', { key: 'k' })).rejects.toThrow('does not ask');
  });

  it('tells a stored null from nothing', async () => {
    const storage = memoryStorage();
    await serveStorage(storage, true, 'storage.set', { key: 'k', value: null });
    await expect(serveStorage(storage, true, 'storage.get', { key: 'k' })).resolves.toEqual({
      found: true,
      value: null,
    });
    await expect(serveStorage(storage, true, 'storage.get', { key: 'x' })).resolves.toEqual({
      found: false,
      value: null,
    });
  });
});

describe(takeLogLine.name, () => {
  it('writes what is a line, cut to size, and drops the rest', () => {
    const lines: unknown[][] = [];
    const take = (level: string) => (message: string, fields?: object) =>
      void lines.push([level, message.length, fields]);
    const logger = { debug: take('debug'), info: take('info'), warn: take('warn'), error: take('error') };
    for (const args of [
      { level: 'info', message: 'm', fields: { a: 1 } },
      { level: 'warn', message: 'x'.repeat(10_000), fields: { a: 'x'.repeat(10_000) } },
      { level: 'fatal', message: 'm' },
      { level: 'constructor', message: 'm' },
      { level: 'info', message: 7 },
      null,
    ])
      takeLogLine(logger, args);
    expect(lines).toEqual([
      ['info', 1, { a: 1 }],
      ['warn', 8192, undefined],
    ]);
  });
});
