import { existsSync } from 'node:fs';
import { memoryStorage } from '@hansa/plugin-sdk/testing';
import { startPlugin, type HostedManifest } from './index.js';
import { get, registering, usePluginKit } from './plugin-kit.fixture.js';

describe(startPlugin.name, () => {
  const kit = usePluginKit();

  describe('talking to a plugin', () => {
    it('hands a request over and the answer back, bytes and all', async () => {
      const plugin = await kit.start(
        registering(`
          medusa.routes.post('/echo/:name', (r) => ({
            status: 201, headers: { 'Content-Type': 'application/octet-stream', 'x-name': r.params.name + r.query.q + r.headers['x-a'] }, body: r.body,
          }));`),
      );
      const body = Buffer.from([0, 255, 10, 13, 128]);
      const path = '/echo/caf%C3%A9';
      const answer = await plugin.request({ method: 'POST', path, query: { q: '1' }, headers: { 'x-a': 'b' }, body });
      expect(answer.status).toBe(201);
      expect(answer.body).toEqual(body);
      expect(answer.headers).toEqual({ 'content-type': 'application/octet-stream', 'x-name': 'café1b' });
    });

    it('gives the plugin its config, its identity and its data directory', async () => {
      const plugin = await kit.start(
        registering(`medusa.routes.get('/', () => ({ json: { config, plugin: medusa.plugin } }));`),
        { config: { rate: 2, secret: 's' } },
      );
      const { config, plugin: identity } = JSON.parse((await get(plugin, '/')).body.toString());
      expect(config).toEqual({ rate: 2, secret: 's' });
      expect(identity).toMatchObject({ id: 'sample', version: '1.2.3' });
      expect(existsSync(identity.dataDir)).toBe(true);
    });

    it('says PLUGIN_NO_ROUTE where the plugin has none', async () => {
      const plugin = await kit.start(registering(''));
      await expect(get(plugin, '/nothing')).rejects.toMatchObject({ code: 'PLUGIN_NO_ROUTE' });
    });

    it('answers 400 itself when a route asks for JSON and gets none', async () => {
      const plugin = await kit.start(registering(`medusa.routes.post('/', (r) => ({ json: r.json() }));`));
      const answer = await plugin.request({ method: 'POST', path: '/', body: Buffer.from('{') });
      expect(answer.status).toBe(400);
    });

    it('says PLUGIN_FAILED with the reason when a handler throws, and goes on', async () => {
      const plugin = await kit.start(
        registering(
          `medusa.routes.get('/bad', () => { throw new Error('no stock'); }); medusa.routes.get('/', () => ({}));`,
        ),
      );
      await expect(get(plugin, '/bad')).rejects.toMatchObject({ code: 'PLUGIN_FAILED', message: 'no stock' });
      await expect(get(plugin, '/')).resolves.toMatchObject({ status: 200 });
    });

    it.each([['{ status: 99 }'], ['{ status: "200" }'], ['{ status: 700 }'], ['null'], ['"text"'], ['undefined']])(
      'refuses %s as an answer',
      async (answer) => {
        const plugin = await kit.start(registering(`medusa.routes.get('/', () => (${answer}));`));
        await expect(get(plugin, '/')).rejects.toMatchObject({ code: 'PLUGIN_FAILED' });
      },
    );

    it('drops headers that belong to the connection or the shop', async () => {
      const plugin = await kit.start(
        registering(`medusa.routes.get('/', () => ({ html: 'x', headers: {
          'Set-Cookie': 'session=stolen', 'Content-Length': '7', 'transfer-encoding': 'chunked', 'x-split': 'a\\r\\nset-cookie: b', 'x-fine': 'y', 'x-number': 7 } }));`),
      );
      expect((await get(plugin, '/')).headers).toEqual({ 'content-type': 'text/html; charset=utf-8', 'x-fine': 'y' });
    });

    it('keeps values in the storage it was given', async () => {
      const storage = memoryStorage();
      const plugin = await kit.start(
        registering(`medusa.routes.post('/', async () => ({ json: [
          await medusa.storage.get('none') === undefined, await medusa.storage.set('a/1', { n: null }), await medusa.storage.get('a/1'),
          await medusa.storage.set('b', 2), await medusa.storage.list('a/'), await medusa.storage.delete('b'), await medusa.storage.list() ] }));`),
        { storage },
      );
      const answer = await plugin.request({ method: 'POST', path: '/' });
      const entry = { key: 'a/1', value: { n: null } };
      expect(JSON.parse(answer.body.toString())).toEqual([true, null, { n: null }, null, [entry], null, [entry]]);
      await expect(storage.get('a/1')).resolves.toEqual({ n: null });
    });

    it('loses no step of a counter under concurrent requests', async () => {
      const storage = memoryStorage();
      const plugin = await kit.start(
        registering(
          `medusa.routes.post('/', async () => ({ json: await medusa.storage.update('n', (n = 0) => n + 1) }));`,
        ),
        { storage },
      );
      await Promise.all(Array.from({ length: 50 }, () => plugin.request({ method: 'POST', path: '/' })));
      await expect(storage.get('n')).resolves.toBe(50);
    });

    it('lists the menu items of the manifest and of register, one a path', async () => {
      const plugin = await kit.start(
        registering(
          `medusa.menu.add({ label: 'Twice', path: '/' }); medusa.menu.add({ label: 'More', path: '/more', icon: 'star' });`,
        ),
        { manifest: { id: 'sample', version: '1.0.0', menu_items: [{ label: 'Home', path: '/' }] } },
      );
      expect(plugin.menuItems).toEqual([
        { label: 'Home', path: '/' },
        { label: 'More', path: '/more', icon: 'star' },
      ]);
    });

    it('logs what the plugin logs and prints', async () => {
      const plugin = await kit.start(
        registering(
          `medusa.logger.warn('low', { left: 2 }); console.log('printed'); console.error('e'.repeat(20000));`,
        ),
      );
      await plugin.stop();
      expect(kit.logged).toContainEqual({ level: 'warn', message: 'low', fields: { left: 2 } });
      expect(kit.logged).toContainEqual({ level: 'info', message: 'printed', fields: undefined });
      expect(kit.logged.find(({ message }) => message.startsWith('eee'))?.message).toHaveLength(8192);
    });
  });

  describe('events', () => {
    const RECORDS = registering(
      `medusa.events.on('order.*', (payload, name) => medusa.storage.set(name, payload)); medusa.events.on('product.updated', () => { throw new Error('bad handler'); });`,
    );
    const manifest = (permissions?: HostedManifest['permissions']): HostedManifest => ({
      id: 'sample',
      version: '1.0.0',
      ...(permissions ? { permissions } : {}),
    });

    it('reach the handlers of their name and group, and are done when emit resolves', async () => {
      const storage = memoryStorage();
      const plugin = await kit.start(RECORDS, { storage });
      await plugin.emit('order.placed', { id: 1 });
      await plugin.emit('orders.placed', { id: 2 });
      await expect(storage.list()).resolves.toEqual([{ key: 'order.placed', value: { id: 1 } }]);
      expect(plugin.events).toEqual(['order.*', 'product.updated']);
    });

    it('that the manifest does not name do not reach the plugin', async () => {
      const storage = memoryStorage();
      const plugin = await kit.start(RECORDS, {
        storage,
        manifest: manifest({ events: ['order.placed'], storage: true }),
      });
      await plugin.emit('order.placed', 1);
      await plugin.emit('order.refunded', 2);
      await expect(storage.list()).resolves.toEqual([{ key: 'order.placed', value: 1 }]);
    });

    it('report a handler that throws', async () => {
      const plugin = await kit.start(RECORDS);
      await expect(plugin.emit('product.updated', null)).rejects.toMatchObject({
        code: 'PLUGIN_FAILED',
        message: 'bad handler',
      });
    });

    it('need no storage permission, but storage does', async () => {
      const plugin = await kit.start(RECORDS, { manifest: manifest({ events: ['order.*'] }) });
      await expect(plugin.emit('order.placed', 1)).rejects.toMatchObject({
        message: 'the manifest does not ask for storage',
      });
    });
  });

  describe('hooks and health', () => {
    it('run with their facts; one that is not exported is done at once', async () => {
      const storage = memoryStorage();
      const plugin = await kit.start(
        `export function register() {} export async function upgrade({ medusa, fromVersion }) { await medusa.storage.set('from', fromVersion); }`,
        { storage },
      );
      await plugin.callHook('upgrade', { fromVersion: '1.0.0' });
      await plugin.callHook('install');
      await expect(storage.get('from')).resolves.toBe('1.0.0');
    });

    it('reports what the plugin says of itself', async () => {
      const plugin = await kit.start(
        `export function register() {} export const health = () => ({ ok: false, message: 'no rates' });`,
      );
      await expect(plugin.health()).resolves.toEqual({ ok: false, message: 'no rates' });
    });

    it.each([['() => ({ ok: "yes" })'], ['() => undefined'], ['() => { throw new Error("broken"); }']])(
      'takes %s for a no',
      async (health) => {
        const plugin = await kit.start(`export function register() {} export const health = ${health};`);
        await expect(plugin.health()).resolves.toMatchObject({ ok: false });
      },
    );

    it('refuses to start a plugin without a hook its manifest promises', async () => {
      const manifest = { id: 'sample', version: '1.0.0', hooks: { install: true } };
      await expect(kit.start(registering(''), { manifest })).rejects.toMatchObject({ code: 'PLUGIN_START_FAILED' });
    });
  });
});
