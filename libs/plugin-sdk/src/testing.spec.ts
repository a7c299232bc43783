import { loadPlugin, memoryStorage } from './testing.js';
import type { PluginModule, RegisterContext } from './index.js';

const plugin = (register: (context: RegisterContext) => unknown, rest: Partial<PluginModule> = {}): PluginModule => ({
  register,
  ...rest,
});

describe(loadPlugin.name, () => {
  it('calls routes, with the one that is more literal first', async () => {
    const tested = await loadPlugin(
      plugin(({ medusa: { routes } }) => {
        routes.get('/items/:id', ({ params }) => ({ json: params }));
        routes.get('/items/new', () => ({ html: '<p>new' }));
        routes.delete('/items/:id', () => ({ status: 204 }));
      }),
    );
    expect((await tested.get('/items/a%20b')).json).toEqual({ id: 'a b' });
    expect((await tested.get('/items/new')).text).toBe('<p>new');
    expect((await tested.request('DELETE', '/items/1')).status).toBe(204);
    expect((await tested.request('HEAD', '/items/new')).text).toBe('');
    for (const path of ['/items', '/items/1/2', '/items/%ff']) expect((await tested.get(path)).status).toBe(404);
  });

  it.each([['items'], ['/items/*'], ['/../items'], ['/a/./b'], ['/:'], ['/a b']])(
    'refuses %s as a route',
    async (path) => {
      await expect(loadPlugin(plugin(({ medusa }) => medusa.routes.get(path, () => ({}))))).rejects.toThrow(TypeError);
    },
  );

  it('refuses what is registered after register', async () => {
    let late: (() => void) | undefined;
    await loadPlugin(
      plugin(({ medusa }) => {
        late = () => medusa.routes.get('/late', () => ({}));
      }),
    );
    expect(() => late?.()).toThrow('while register() runs');
  });

  it('emits events to names and groups, and throws the first error after all handlers have run', async () => {
    const heard: string[] = [];
    const tested = await loadPlugin(
      plugin(({ medusa: { events } }) => {
        events.on('order.placed', () => {
          throw new Error('first');
        });
        events.on('order.*', (_payload, name) => heard.push(name));
      }),
    );
    await expect(tested.emit('order.placed', {})).rejects.toThrow('first');
    await tested.emit('orders.placed', {});
    expect(heard).toEqual(['order.placed']);
    expect(tested.events).toEqual(['order.placed', 'order.*']);
  });

  it.each([['*'], ['order'], ['Order.placed'], ['order.'], ['']])('refuses %j as an event', async (name) => {
    await expect(loadPlugin(plugin(({ medusa }) => medusa.events.on(name, () => undefined)))).rejects.toThrow('event');
  });

  it('runs updates of one key one after another, also after one has failed', async () => {
    const tested = await loadPlugin(
      plugin(({ medusa: { routes, storage } }) => {
        routes.post('/add', async (request) => {
          const next = await storage.update('n', async (n) => {
            await Promise.resolve();
            if (request.json() === 'fail') throw new Error('no');
            return ((n as number | undefined) ?? 0) + 1;
          });
          return { json: next };
        });
      }),
    );
    const outcomes = await Promise.allSettled([1, 'fail', 1, 1].map((json) => tested.post('/add', json)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    await expect(tested.storage.get('n')).resolves.toBe(3);
  });

  it('copies values in and out of storage', async () => {
    const storage = memoryStorage();
    const value = { list: [1] };
    await storage.set('a', value);
    value.list.push(2);
    await expect(storage.get('a')).resolves.toEqual({ list: [1] });
  });

  it('hands config, identity and facts to hooks, and keeps the logs', async () => {
    const tested = await loadPlugin(
      plugin(({ medusa, config }) => medusa.logger.info('started', { rate: config['rate'] }), {
        upgrade: ({ medusa, fromVersion }) => medusa.storage.set('from', fromVersion ?? ''),
        health: () => ({ ok: false, message: 'no' }),
      }),
      { rate: 3 },
      { version: '2.0.0' },
    );
    await tested.callHook('upgrade', { fromVersion: '1.0.0' });
    await tested.callHook('uninstall');
    await expect(tested.storage.get('from')).resolves.toBe('1.0.0');
    await expect(tested.health()).resolves.toEqual({ ok: false, message: 'no' });
    expect(tested.logs).toEqual([{ level: 'info', message: 'started', fields: { rate: 3 } }]);
    expect(tested.hooks).toEqual(['upgrade', 'health']);
  });

  it.each([[undefined], [{}], [{ register: 1 }]])('refuses %j as a module', async (module) => {
    await expect(loadPlugin(module)).rejects.toThrow(TypeError);
  });
});
