import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStorage } from '@hansa/plugin-sdk/testing';
import { PluginError, startPlugin, type HostedManifest, type RunningPlugin, type StartPluginOptions } from './index.js';

/** Writes a release whose entry has `register` with the given body and starts it. */
describe(startPlugin.name, () => {
  let root: string;
  let logged: { level: string; message: string; fields?: unknown }[];
  const running: RunningPlugin[] = [];

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hansa-host-'));
    logged = [];
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((plugin) => plugin.stop()));
    rmSync(root, { recursive: true, force: true });
  });

  function options(source: string, rest: Partial<StartPluginOptions> = {}): StartPluginOptions {
    const dir = join(root, 'release');
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
    writeFileSync(join(dir, 'index.js'), source);
    const log = (level: string) => (message: string, fields?: unknown) => void logged.push({ level, message, fields });
    return {
      dir,
      manifest: { id: 'sample', version: '1.2.3' },
      config: {},
      storage: memoryStorage(),
      logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
      dataDir: join(root, 'data'),
      ...rest,
    };
  }

  async function start(source: string, rest: Partial<StartPluginOptions> = {}): Promise<RunningPlugin> {
    const plugin = await startPlugin(options(source, rest));
    running.push(plugin);
    return plugin;
  }

  const registering = (body: string) => `export async function register({ medusa, config }) { ${body} }`;
  const get = (plugin: RunningPlugin, path: string) => plugin.request({ method: 'GET', path });
  /** Runs an expression inside the plugin and answers its value or the code of what it threw. */
  const evaluating = (expression: string) => `
    import * as fs from 'node:fs';
    import * as fsp from 'node:fs/promises';
    import { createRequire } from 'node:module';
    import { kill } from 'node:process';
    export function register({ medusa }) {
      medusa.routes.get('/', async () => {
        try { return { json: { value: await (${expression}) } }; } catch (error) { return { json: { refused: error.code ?? error.message } }; }
      });
    }`;
  async function evaluate(expression: string, rest: Partial<StartPluginOptions> = {}): Promise<unknown> {
    const plugin = await start(evaluating(expression), rest);
    return JSON.parse((await get(plugin, '/')).body.toString());
  }

  describe('talking to a plugin', () => {
    it('hands a request over and the answer back, bytes and all', async () => {
      const plugin = await start(
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
      const plugin = await start(
        registering(`medusa.routes.get('/', () => ({ json: { config, plugin: medusa.plugin } }));`),
        { config: { rate: 2, secret: 's' } },
      );
      const { config, plugin: identity } = JSON.parse((await get(plugin, '/')).body.toString());
      expect(config).toEqual({ rate: 2, secret: 's' });
      expect(identity).toMatchObject({ id: 'sample', version: '1.2.3' });
      expect(existsSync(identity.dataDir)).toBe(true);
    });

    it('says PLUGIN_NO_ROUTE where the plugin has none', async () => {
      const plugin = await start(registering(''));
      await expect(get(plugin, '/nothing')).rejects.toMatchObject({ code: 'PLUGIN_NO_ROUTE' });
    });

    it('answers 400 itself when a route asks for JSON and gets none', async () => {
      const plugin = await start(registering(`medusa.routes.post('/', (r) => ({ json: r.json() }));`));
      const answer = await plugin.request({ method: 'POST', path: '/', body: Buffer.from('{') });
      expect(answer.status).toBe(400);
    });

    it('says PLUGIN_FAILED with the reason when a handler throws, and goes on', async () => {
      const plugin = await start(
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
        const plugin = await start(registering(`medusa.routes.get('/', () => (${answer}));`));
        await expect(get(plugin, '/')).rejects.toMatchObject({ code: 'PLUGIN_FAILED' });
      },
    );

    it('drops headers that belong to the connection or the shop', async () => {
      const plugin = await start(
        registering(`medusa.routes.get('/', () => ({ html: 'x', headers: {
          'Set-Cookie': 'session=stolen', 'Content-Length': '7', 'transfer-encoding': 'chunked', 'x-split': 'a\\r\\nset-cookie: b', 'x-fine': 'y', 'x-number': 7 } }));`),
      );
      expect((await get(plugin, '/')).headers).toEqual({ 'content-type': 'text/html; charset=utf-8', 'x-fine': 'y' });
    });

    it('keeps values in the storage it was given', async () => {
      const storage = memoryStorage();
      const plugin = await start(
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
      const plugin = await start(
        registering(
          `medusa.routes.post('/', async () => ({ json: await medusa.storage.update('n', (n = 0) => n + 1) }));`,
        ),
        { storage },
      );
      await Promise.all(Array.from({ length: 50 }, () => plugin.request({ method: 'POST', path: '/' })));
      await expect(storage.get('n')).resolves.toBe(50);
    });

    it('lists the menu items of the manifest and of register, one a path', async () => {
      const plugin = await start(
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
      const plugin = await start(
        registering(
          `medusa.logger.warn('low', { left: 2 }); console.log('printed'); console.error('e'.repeat(20000));`,
        ),
      );
      await plugin.stop();
      expect(logged).toContainEqual({ level: 'warn', message: 'low', fields: { left: 2 } });
      expect(logged).toContainEqual({ level: 'info', message: 'printed', fields: undefined });
      expect(logged.find(({ message }) => message.startsWith('eee'))?.message).toHaveLength(8192);
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
      const plugin = await start(RECORDS, { storage });
      await plugin.emit('order.placed', { id: 1 });
      await plugin.emit('orders.placed', { id: 2 });
      await expect(storage.list()).resolves.toEqual([{ key: 'order.placed', value: { id: 1 } }]);
      expect(plugin.events).toEqual(['order.*', 'product.updated']);
    });

    it('that the manifest does not name do not reach the plugin', async () => {
      const storage = memoryStorage();
      const plugin = await start(RECORDS, { storage, manifest: manifest({ events: ['order.placed'], storage: true }) });
      await plugin.emit('order.placed', 1);
      await plugin.emit('order.refunded', 2);
      await expect(storage.list()).resolves.toEqual([{ key: 'order.placed', value: 1 }]);
    });

    it('report a handler that throws', async () => {
      const plugin = await start(RECORDS);
      await expect(plugin.emit('product.updated', null)).rejects.toMatchObject({
        code: 'PLUGIN_FAILED',
        message: 'bad handler',
      });
    });

    it('need no storage permission, but storage does', async () => {
      const plugin = await start(RECORDS, { manifest: manifest({ events: ['order.*'] }) });
      await expect(plugin.emit('order.placed', 1)).rejects.toMatchObject({
        message: 'the manifest does not ask for storage',
      });
    });
  });

  describe('hooks and health', () => {
    it('run with their facts; one that is not exported is done at once', async () => {
      const storage = memoryStorage();
      const plugin = await start(
        `export function register() {} export async function upgrade({ medusa, fromVersion }) { await medusa.storage.set('from', fromVersion); }`,
        { storage },
      );
      await plugin.callHook('upgrade', { fromVersion: '1.0.0' });
      await plugin.callHook('install');
      await expect(storage.get('from')).resolves.toBe('1.0.0');
    });

    it('reports what the plugin says of itself', async () => {
      const plugin = await start(
        `export function register() {} export const health = () => ({ ok: false, message: 'no rates' });`,
      );
      await expect(plugin.health()).resolves.toEqual({ ok: false, message: 'no rates' });
    });

    it.each([['() => ({ ok: "yes" })'], ['() => undefined'], ['() => { throw new Error("broken"); }']])(
      'takes %s for a no',
      async (health) => {
        const plugin = await start(`export function register() {} export const health = ${health};`);
        await expect(plugin.health()).resolves.toMatchObject({ ok: false });
      },
    );

    it('refuses to start a plugin without a hook its manifest promises', async () => {
      const manifest = { id: 'sample', version: '1.0.0', hooks: { install: true } };
      await expect(start(registering(''), { manifest })).rejects.toMatchObject({ code: 'PLUGIN_START_FAILED' });
    });
  });

  describe('a plugin that misbehaves', () => {
    it.each([
      ['throws while it loads', 'throw new Error("no")', 'no'],
      ['has no register', 'export const a = 1;', 'register'],
      ['throws in register', registering('throw new Error("no rates")'), 'no rates'],
      ['exits', registering('process.exit(3)'), 'ended'],
      ['is not JavaScript', '<html>', ''],
      [
        'registers a route twice',
        registering(`medusa.routes.get('/', () => ({})); medusa.routes.get('/', () => ({}));`),
        'twice',
      ],
      ['registers a bad route', registering(`medusa.routes.get('/../x', () => ({}));`), 'route'],
      ['hears what is no event', registering(`medusa.events.on('*', () => {});`), 'event'],
    ])('does not start when it %s', async (_what, source, reason) => {
      const failure = await startPlugin(options(source)).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(PluginError);
      expect(failure).toMatchObject({ code: 'PLUGIN_START_FAILED', message: expect.stringContaining(reason) });
    });

    it('does not start when it is not ready in time', async () => {
      const started = startPlugin(
        options(registering('await new Promise(() => setInterval(() => {}, 1000));'), { startTimeoutMs: 300 }),
      );
      await expect(started).rejects.toMatchObject({
        code: 'PLUGIN_START_FAILED',
        message: expect.stringContaining('300 ms'),
      });
    });

    it('does not start from an entry outside its release', async () => {
      mkdirSync(join(root, 'other'));
      writeFileSync(join(root, 'other', 'index.js'), registering(''));
      const manifest = { id: 'sample', version: '1.0.0', entry: './../other/index.js' };
      await expect(start(registering(''), { manifest })).rejects.toMatchObject({
        message: 'The entry lies outside the release.',
      });
    });

    it('does not start without its entry, nor without its program', async () => {
      const manifest = { id: 'sample', version: '1.0.0', entry: './main.js' };
      await expect(start('', { manifest })).rejects.toMatchObject({ code: 'PLUGIN_START_FAILED' });
      await expect(start(registering(''), { nodePath: join(root, 'no-node') })).rejects.toMatchObject({
        code: 'PLUGIN_START_FAILED',
      });
    });

    it('rejects what is pending when it crashes, says so afterwards, and leaves the host alone', async () => {
      const plugin = await start(
        registering(
          `medusa.routes.get('/hang', () => new Promise(() => {})); medusa.routes.get('/crash', () => { setImmediate(() => { throw new Error('boom'); }); return new Promise(() => {}); });`,
        ),
      );
      const hanging = get(plugin, '/hang');
      await expect(get(plugin, '/crash')).rejects.toMatchObject({ code: 'PLUGIN_CRASHED' });
      await expect(hanging).rejects.toMatchObject({ code: 'PLUGIN_CRASHED' });
      await expect(plugin.exited).resolves.toMatchObject({ code: 1, signal: null });
      await expect(get(plugin, '/hang')).rejects.toMatchObject({ code: 'PLUGIN_CRASHED' });
      await expect(plugin.health()).resolves.toMatchObject({ ok: false });
    });

    it.each([
      ['its heap', `const all = []; for (;;) all.push(new Array(1e5).fill({}));`, { maxMemoryMb: 32 }],
      [
        'its process, beside the heap',
        `const all = []; const take = () => { all.push(Buffer.alloc(8e6, 1)); if (all.length < 100) setTimeout(take, 10); }; take(); return new Promise(() => {});`,
        { maxResidentMb: 200 },
      ],
      [
        'its process, at one go',
        `const all = []; for (let i = 0; i < 60; i += 1) all.push(Buffer.alloc(8e6, 1)); for (;;);`,
        { maxResidentMb: 200 },
      ],
    ])('is ended when it takes more memory than it may for %s', async (_what, body, limits) => {
      const plugin = await start(registering(`medusa.routes.get('/', () => { ${body} });`), limits);
      await expect(get(plugin, '/')).rejects.toMatchObject({ code: 'PLUGIN_MEMORY_EXCEEDED' });
      await expect(plugin.exited).resolves.toMatchObject({ reason: { code: 'PLUGIN_MEMORY_EXCEEDED' } });
    });

    it('is not well while it never comes to rest', async () => {
      const plugin = await start(registering(`medusa.routes.get('/', () => { for (;;); });`), {
        requestTimeoutMs: 200,
      });
      await expect(get(plugin, '/')).rejects.toMatchObject({ code: 'PLUGIN_TIMEOUT' });
      await expect(plugin.health()).resolves.toMatchObject({ ok: false });
    });

    it('says PLUGIN_TIMEOUT when no answer comes, and still runs', async () => {
      const plugin = await start(
        registering(`medusa.routes.get('/slow', () => new Promise(() => {})); medusa.routes.get('/', () => ({}));`),
        { requestTimeoutMs: 300 },
      );
      await expect(get(plugin, '/slow')).rejects.toMatchObject({ code: 'PLUGIN_TIMEOUT' });
      await expect(get(plugin, '/')).resolves.toMatchObject({ status: 200 });
    });

    it('is ended by stop even when it never comes to rest', async () => {
      const plugin = await start(registering(`medusa.routes.get('/', () => { for (;;); });`), {
        requestTimeoutMs: 200,
      });
      await expect(get(plugin, '/')).rejects.toMatchObject({ code: 'PLUGIN_TIMEOUT' });
      await plugin.stop();
      await expect(plugin.exited).resolves.toMatchObject({ code: null, signal: 'SIGKILL' });
    });

    it('is ended when it writes a line on the channel that never ends', async () => {
      const plugin = await start(
        `import { createWriteStream } from 'node:fs'; import { Socket } from 'node:net';
         export function register({ medusa }) { medusa.routes.get('/', () => { const s = process._getActiveHandles().find((h) => h instanceof Socket && h.fd === undefined || h instanceof Socket);
           for (const h of process._getActiveHandles()) if (h instanceof Socket) h.write(Buffer.alloc(6 * 1024 * 1024, 120)); return new Promise(() => {}); }); }`,
      );
      await expect(get(plugin, '/')).rejects.toMatchObject({ code: 'PLUGIN_CRASHED' });
      expect(logged).toContainEqual(
        expect.objectContaining({ message: 'the plugin is ended: a message was larger than the channel takes' }),
      );
    });

    it('is ended when it writes something else on the channel', async () => {
      const plugin = await start(
        `import { Socket } from 'node:net';
         export function register({ medusa }) { medusa.routes.get('/', () => { for (const h of process._getActiveHandles()) if (h instanceof Socket) h.write('hello\\n'); return new Promise(() => {}); }); }`,
      );
      await expect(get(plugin, '/')).rejects.toMatchObject({ code: 'PLUGIN_CRASHED' });
      expect(logged).toContainEqual(
        expect.objectContaining({ message: 'the plugin is ended: a message was not JSON' }),
      );
    });

    it('gets no request larger than the channel takes, and its own large answers are refused', async () => {
      const plugin = await start(
        registering(`medusa.routes.post('/', () => ({})); medusa.routes.get('/', () => ({ body: 'x'.repeat(5e6) }));`),
      );
      const large = plugin.request({ method: 'POST', path: '/', body: Buffer.alloc(4 * 1024 * 1024) });
      await expect(large).rejects.toMatchObject({ code: 'PLUGIN_MESSAGE_TOO_LARGE' });
      await expect(get(plugin, '/')).rejects.toMatchObject({ code: 'PLUGIN_MESSAGE_TOO_LARGE' });
      await expect(plugin.health()).resolves.toEqual({ ok: true });
    });

    it('gets no more than 256 requests at a time', async () => {
      const plugin = await start(registering(`medusa.routes.get('/', () => new Promise(() => {}));`), {
        requestTimeoutMs: 1_000,
      });
      const outcomes = await Promise.allSettled(Array.from({ length: 300 }, () => get(plugin, '/')));
      const codes = outcomes.map((outcome) => outcome.status === 'rejected' && (outcome.reason as PluginError).code);
      expect(codes.filter((code) => code === 'PLUGIN_BUSY')).toHaveLength(44);
    });

    it.each([
      ['a key that is none', `medusa.storage.set('../x y', 1)`],
      ['a value that is too large', `medusa.storage.set('k', 'x'.repeat(300 * 1024))`],
      ['a value that is no JSON', `medusa.storage.set('k', undefined)`],
    ])('cannot store %s', async (_what, call) => {
      const plugin = await start(registering(`medusa.routes.get('/', async () => ({ json: await ${call} }));`));
      await expect(get(plugin, '/')).rejects.toMatchObject({ code: 'PLUGIN_FAILED' });
    });
  });

  describe('the sandbox', () => {
    const DENIED = { refused: 'ERR_ACCESS_DENIED' };

    it('lets a plugin read its own release and write to its data directory', async () => {
      await expect(evaluate(`fs.readFileSync(new URL('./package.json', import.meta.url), 'utf8')`)).resolves.toEqual({
        value: '{"type":"module"}',
      });
      await evaluate(`fs.writeFileSync(medusa.plugin.dataDir + '/note', 'kept')`);
      expect(readFileSync(join(root, 'data', 'note'), 'utf8')).toBe('kept');
    });

    it.each([
      ['read a file of the machine', `fs.readFileSync('/etc/passwd', 'utf8')`],
      ['read the environment of the shop', `fs.readFileSync('/proc/' + process.ppid + '/environ', 'utf8')`],
      ['list another folder', `fsp.readdir('/tmp')`],
      ['write into its release', `fs.writeFileSync(new URL('./index.js', import.meta.url), '')`],
      [
        'read through a link it makes',
        `(fs.symlinkSync('/etc/passwd', medusa.plugin.dataDir + '/l'), fs.readFileSync(medusa.plugin.dataDir + '/l', 'utf8'))`,
      ],
      [
        'read through a relative link it makes',
        `(fs.symlinkSync('../../../../etc/passwd', medusa.plugin.dataDir + '/m'), fs.readFileSync(medusa.plugin.dataDir + '/m', 'utf8'))`,
      ],
      ['start a process', `import('node:child_process').then((cp) => cp.execFileSync('id').toString())`],
      ['start a worker', `import('node:worker_threads').then(({ Worker }) => new Worker('', { eval: true }).threadId)`],
      ['reach the internals', `typeof process.binding('spawn_sync')`],
    ])('does not let a plugin %s', async (_what, expression) => {
      await expect(evaluate(expression)).resolves.toEqual(DENIED);
    });

    it.each([
      ['process.kill(process.ppid, 0)'],
      ['kill(process.ppid, 0)'],
      ['process._kill(process.ppid, 0)'],
      ['process._debugProcess(process.ppid)'],
      [`import('node:child_process').then(({ ChildProcess }) => new ChildProcess()._handle.kill(0))`],
    ])('sends no signal by %s', async (expression) => {
      await expect(evaluate(expression)).resolves.toEqual({ refused: 'a plugin sends no signals' });
    });

    it.each([
      ['set the priority of the shop', `import('node:os').then((os) => os.setPriority(process.ppid, 0))`, 'priorities'],
      ['set a flag of V8', `import('node:v8').then((v8) => v8.setFlagsFromString('--harmony-shadow-realm'))`, 'flags'],
      ['change its folder', `process.chdir('/')`, 'stays'],
      [
        'open a database',
        `import('node:sqlite').then(({ DatabaseSync }) => new DatabaseSync(':memory:').exec("ATTACH '/tmp/hansa.db' AS other"))`,
        Number.parseInt(process.version.slice(1)) < 22 ? 'ERR_UNKNOWN_BUILTIN_MODULE' : 'databases',
      ],
      ['trace', `import('node:trace_events').then((t) => t.createTracing({ categories: ['v8'] }).enable())`, 'traces'],
    ])('does not let a plugin %s', async (_what, expression, reason) => {
      await expect(evaluate(expression)).resolves.toEqual({ refused: expect.stringContaining(reason) });
    });

    it.each([
      ['the debugger of a port', `import('node:inspector').then((inspector) => inspector.open(0))`],
      ['the debugger of itself', `import('node:inspector').then(({ Session }) => new Session().connect())`],
      ['the memory of its process', `fs.openSync('/proc/self/mem', 'r+')`],
      [
        'another folder by a path of bytes',
        `fs.readFileSync(Buffer.from(medusa.plugin.dataDir + '/../../etc/passwd'))`,
      ],
      [
        'native code by an engine',
        `import('node:crypto').then((crypto) => crypto.setEngine(medusa.plugin.dataDir + '/e.so'))`,
      ],
      ['native code by an addon', `process.dlopen({ exports: {} }, medusa.plugin.dataDir + '/a.node')`],
      [
        'the system by WebAssembly',
        `import('node:wasi').then(({ WASI }) => new WASI({ version: 'preview1', preopens: { '/': '/' } }))`,
      ],
    ])('does not let a plugin reach %s', async (_what, expression) => {
      const codes = /^ERR_(ACCESS_DENIED|CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED|DLOPEN_DISABLED)$/;
      await expect(evaluate(expression)).resolves.toEqual({ refused: expect.stringMatching(codes) });
    });

    it('leaves no report of a crash where the plugin wants it', async () => {
      const file = `hansa-report-${process.pid}.json`;
      const plugin = await start(
        registering(`medusa.routes.get('/', () => { try { Object.assign(process.report, { directory: ${JSON.stringify(root)}, filename: '${file}', reportOnUncaughtException: true }); } catch {}
          setImmediate(() => { throw new Error('end'); }); return new Promise(() => {}); });`),
      );
      await expect(get(plugin, '/')).rejects.toMatchObject({ code: 'PLUGIN_CRASHED' });
      expect(existsSync(join(root, file))).toBe(false);
    });

    it('shows a plugin nothing of the environment and the command line of the shop', async () => {
      process.env['HANSA_HOST_SPEC_SECRET'] = 'hidden';
      const seen = await evaluate(`JSON.stringify([process.env, process.argv, process.execArgv])`, {
        config: { key: 'config-secret' },
      });
      delete process.env['HANSA_HOST_SPEC_SECRET'];
      expect(JSON.stringify(seen)).not.toContain('hidden');
      expect(JSON.stringify(seen)).not.toContain('config-secret');
    });

    it('keeps running code that is running while it stops, and answers with its result', async () => {
      const plugin = await start(
        registering(
          `medusa.routes.get('/', async () => { await medusa.storage.set('began', 1); await new Promise((r) => setTimeout(r, 100)); await medusa.storage.set('done', 1); return { body: 'finished' }; });`,
        ),
        { storage: memoryStorage() },
      );
      const answer = get(plugin, '/');
      await plugin.stop();
      expect((await answer).body.toString()).toBe('finished');
      await expect(plugin.exited).resolves.toMatchObject({ code: 0, signal: null });
      await expect(get(plugin, '/')).rejects.toMatchObject({ code: 'PLUGIN_STOPPED' });
    });
  });
});
