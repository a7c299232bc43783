import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoryStorage } from '@hansa/plugin-sdk/testing';
import { get, registering, usePluginKit } from './plugin-kit.fixture.js';

describe('the sandbox', () => {
  const kit = usePluginKit();
  const DENIED = { refused: 'ERR_ACCESS_DENIED' };

  it('lets a plugin read its own release and write to its data directory', async () => {
    await expect(kit.evaluate(`fs.readFileSync(new URL('./package.json', import.meta.url), 'utf8')`)).resolves.toEqual({
      value: '{"type":"module"}',
    });
    await kit.evaluate(`fs.writeFileSync(medusa.plugin.dataDir + '/note', 'kept')`);
    expect(readFileSync(join(kit.root, 'data', 'note'), 'utf8')).toBe('kept');
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
    await expect(kit.evaluate(expression)).resolves.toEqual(DENIED);
  });

  it.each([
    ['process.kill(process.ppid, 0)'],
    ['kill(process.ppid, 0)'],
    ['process._kill(process.ppid, 0)'],
    ['process._debugProcess(process.ppid)'],
    [`import('node:child_process').then(({ ChildProcess }) => new ChildProcess()._handle.kill(0))`],
  ])('sends no signal by %s', async (expression) => {
    await expect(kit.evaluate(expression)).resolves.toEqual({ refused: 'a plugin sends no signals' });
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
    await expect(kit.evaluate(expression)).resolves.toEqual({ refused: expect.stringContaining(reason) });
  });

  it.each([
    ['the debugger of a port', `import('node:inspector').then((inspector) => inspector.open(0))`],
    ['the debugger of itself', `import('node:inspector').then(({ Session }) => new Session().connect())`],
    ['the memory of its process', `fs.openSync('/proc/self/mem', 'r+')`],
    ['another folder by a path of bytes', `fs.readFileSync(Buffer.from(medusa.plugin.dataDir + '/../../etc/passwd'))`],
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
    await expect(kit.evaluate(expression)).resolves.toEqual({ refused: expect.stringMatching(codes) });
  });

  it('leaves no report of a crash where the plugin wants it', async () => {
    const file = `hansa-report-${process.pid}.json`;
    const plugin = await kit.start(
      registering(`medusa.routes.get('/', () => { try { Object.assign(process.report, { directory: ${JSON.stringify(kit.root)}, filename: '${file}', reportOnUncaughtException: true }); } catch {}
        setImmediate(() => { throw new Error('end'); }); return new Promise(() => {}); });`),
    );
    await expect(get(plugin, '/')).rejects.toMatchObject({ code: 'PLUGIN_CRASHED' });
    expect(existsSync(join(kit.root, file))).toBe(false);
  });

  it('shows a plugin nothing of the environment and the command line of the shop', async () => {
    process.env['HANSA_HOST_SPEC_SECRET'] = 'hidden';
    const seen = await kit.evaluate(`JSON.stringify([process.env, process.argv, process.execArgv])`, {
      config: { key: 'config-secret' },
    });
    delete process.env['HANSA_HOST_SPEC_SECRET'];
    expect(JSON.stringify(seen)).not.toContain('hidden');
    expect(JSON.stringify(seen)).not.toContain('config-secret');
  });

  it('keeps running code that is running while it stops, and answers with its result', async () => {
    const plugin = await kit.start(
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
