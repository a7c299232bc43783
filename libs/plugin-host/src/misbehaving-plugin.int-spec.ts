import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PluginError, startPlugin } from './index.js';
import { get, registering, usePluginKit } from './plugin-kit.fixture.js';

describe('a plugin that misbehaves', () => {
  const kit = usePluginKit();
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
    const failure = await startPlugin(kit.options(source)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PluginError);
    expect(failure).toMatchObject({ code: 'PLUGIN_START_FAILED', message: expect.stringContaining(reason) });
  });

  it('does not start when it is not ready in time', async () => {
    const started = startPlugin(
      kit.options(registering('await new Promise(() => setInterval(() => {}, 1000));'), { startTimeoutMs: 300 }),
    );
    await expect(started).rejects.toMatchObject({
      code: 'PLUGIN_START_FAILED',
      message: expect.stringContaining('300 ms'),
    });
  });

  it('does not start from an entry outside its release', async () => {
    mkdirSync(join(kit.root, 'other'));
    writeFileSync(join(kit.root, 'other', 'index.js'), registering(''));
    const manifest = { id: 'sample', version: '1.0.0', entry: './../other/index.js' };
    await expect(kit.start(registering(''), { manifest })).rejects.toMatchObject({
      message: 'The entry lies outside the release.',
    });
  });

  it('does not start without its entry, nor without its program', async () => {
    const manifest = { id: 'sample', version: '1.0.0', entry: './main.js' };
    await expect(kit.start('', { manifest })).rejects.toMatchObject({ code: 'PLUGIN_START_FAILED' });
    await expect(kit.start(registering(''), { nodePath: join(kit.root, 'no-node') })).rejects.toMatchObject({
      code: 'PLUGIN_START_FAILED',
    });
  });

  it('rejects what is pending when it crashes, says so afterwards, and leaves the host alone', async () => {
    const plugin = await kit.start(
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
    const plugin = await kit.start(registering(`medusa.routes.get('/', () => { ${body} });`), limits);
    await expect(get(plugin, '/')).rejects.toMatchObject({ code: 'PLUGIN_MEMORY_EXCEEDED' });
    await expect(plugin.exited).resolves.toMatchObject({ reason: { code: 'PLUGIN_MEMORY_EXCEEDED' } });
  });

  it('is not well while it never comes to rest', async () => {
    const plugin = await kit.start(registering(`medusa.routes.get('/', () => { for (;;); });`), {
      requestTimeoutMs: 200,
    });
    await expect(get(plugin, '/')).rejects.toMatchObject({ code: 'PLUGIN_TIMEOUT' });
    await expect(plugin.health()).resolves.toMatchObject({ ok: false });
  });

  it('says PLUGIN_TIMEOUT when no answer comes, and still runs', async () => {
    const plugin = await kit.start(
      registering(`medusa.routes.get('/slow', () => new Promise(() => {})); medusa.routes.get('/', () => ({}));`),
      { requestTimeoutMs: 300 },
    );
    await expect(get(plugin, '/slow')).rejects.toMatchObject({ code: 'PLUGIN_TIMEOUT' });
    await expect(get(plugin, '/')).resolves.toMatchObject({ status: 200 });
  });

  it('is ended by stop even when it never comes to rest', async () => {
    const plugin = await kit.start(registering(`medusa.routes.get('/', () => { for (;;); });`), {
      requestTimeoutMs: 200,
    });
    await expect(get(plugin, '/')).rejects.toMatchObject({ code: 'PLUGIN_TIMEOUT' });
    await plugin.stop();
    await expect(plugin.exited).resolves.toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  it('is ended when it writes a line on the channel that never ends', async () => {
    const plugin = await kit.start(
      `import { createWriteStream } from 'node:fs'; import { Socket } from 'node:net';
       export function register({ medusa }) { medusa.routes.get('/', () => { const s = process._getActiveHandles().find((h) => h instanceof Socket && h.fd === undefined || h instanceof Socket);
         for (const h of process._getActiveHandles()) if (h instanceof Socket) h.write(Buffer.alloc(6 * 1024 * 1024, 120)); return new Promise(() => {}); }); }`,
    );
    await expect(get(plugin, '/')).rejects.toMatchObject({ code: 'PLUGIN_CRASHED' });
    expect(kit.logged).toContainEqual(
      expect.objectContaining({ message: 'the plugin is ended: a message was larger than the channel takes' }),
    );
  });

  it('is ended when it writes something else on the channel', async () => {
    const plugin = await kit.start(
      `import { Socket } from 'node:net';
       export function register({ medusa }) { medusa.routes.get('/', () => { for (const h of process._getActiveHandles()) if (h instanceof Socket) h.write('hello\\n'); return new Promise(() => {}); }); }`,
    );
    await expect(get(plugin, '/')).rejects.toMatchObject({ code: 'PLUGIN_CRASHED' });
    expect(kit.logged).toContainEqual(
      expect.objectContaining({ message: 'the plugin is ended: a message was not JSON' }),
    );
  });

  it('gets no request larger than the channel takes, and its own large answers are refused', async () => {
    const plugin = await kit.start(
      registering(`medusa.routes.post('/', () => ({})); medusa.routes.get('/', () => ({ body: 'x'.repeat(5e6) }));`),
    );
    const large = plugin.request({ method: 'POST', path: '/', body: Buffer.alloc(4 * 1024 * 1024) });
    await expect(large).rejects.toMatchObject({ code: 'PLUGIN_MESSAGE_TOO_LARGE' });
    await expect(get(plugin, '/')).rejects.toMatchObject({ code: 'PLUGIN_MESSAGE_TOO_LARGE' });
    await expect(plugin.health()).resolves.toEqual({ ok: true });
  });

  it('gets no more than 256 requests at a time', async () => {
    const plugin = await kit.start(registering(`medusa.routes.get('/', () => new Promise(() => {}));`), {
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
    const plugin = await kit.start(registering(`medusa.routes.get('/', async () => ({ json: await ${call} }));`));
    await expect(get(plugin, '/')).rejects.toMatchObject({ code: 'PLUGIN_FAILED' });
  });
});
