import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStorage } from '@hansa/plugin-sdk/testing';
import { supervisePlugin, type PluginSupervisor, type SupervisorStatus, type SupervisorTimers } from './index.js';

/** Time that passes when it is told to. */
class ManualTimers implements SupervisorTimers {
  time = Date.UTC(2026, 0, 1);
  due: { at: number; run: () => void }[] = [];

  now(): number {
    return this.time;
  }

  after(ms: number, run: () => void): () => void {
    const entry = { at: this.time + ms, run };
    this.due.push(entry);
    return () => {
      this.due = this.due.filter((other) => other !== entry);
    };
  }

  pass(ms: number): void {
    this.time += ms;
    const ripe = this.due.filter(({ at }) => at <= this.time);
    this.due = this.due.filter(({ at }) => at > this.time);
    for (const { run } of ripe) run();
  }
}

const WORKS = `export function register({ medusa }) {
  console.log('started ' + process.pid);
  medusa.menu.add({ label: 'Home', path: '/' });
  medusa.routes.get('/', () => ({ body: String(process.pid) }));
  medusa.routes.get('/crash', () => { console.error('about to crash'); setImmediate(() => process.exit(7)); return new Promise(() => {}); });
}`;
const FAILS = `export function register() { throw new Error('no rates'); }`;

describe(supervisePlugin.name, () => {
  let root: string;
  let timers: ManualTimers;
  let changes: SupervisorStatus[];
  let heard: () => void;
  let supervisor: PluginSupervisor;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hansa-supervisor-'));
    timers = new ManualTimers();
    changes = [];
    heard = () => undefined;
  });
  afterEach(async () => {
    await supervisor.stop();
    rmSync(root, { recursive: true, force: true });
  });

  function write(source: string): void {
    mkdirSync(join(root, 'release'), { recursive: true });
    writeFileSync(join(root, 'release', 'package.json'), '{"type":"module"}');
    writeFileSync(join(root, 'release', 'index.js'), source);
  }

  async function supervise(source: string, rest: { autoRestart?: boolean } = {}): Promise<void> {
    write(source);
    const ignore = () => undefined;
    supervisor = supervisePlugin({
      dir: join(root, 'release'),
      manifest: { id: 'sample', version: '1.0.0' },
      config: {},
      storage: memoryStorage(),
      logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
      dataDir: join(root, 'data'),
      timers,
      ...rest,
      onChange(status) {
        changes.push(status);
        heard();
      },
    });
    await supervisor.settled();
  }

  const get = async (path: string) => (await supervisor.request({ method: 'GET', path })).body.toString();
  const states = () => changes.map(({ state }) => state);
  const reached = async (state: string) => {
    while (supervisor.status.state !== state) await new Promise<void>((done) => (heard = done));
  };
  async function crash(): Promise<void> {
    await expect(get('/crash')).rejects.toMatchObject({ code: 'PLUGIN_CRASHED' });
    while (supervisor.status.state === 'running') await new Promise<void>((done) => (heard = done));
  }

  it('runs a plugin, and requests made while it starts wait for it', async () => {
    const running = supervise(WORKS);
    expect(supervisor.status.state).toBe('starting');
    expect(Number(await get('/'))).toBeGreaterThan(0);
    await running;
    expect(states()).toEqual(['starting', 'running']);
    await expect(supervisor.health()).resolves.toEqual({ ok: true });
  });

  it('leaves it alone after its first crash when it is not to be started again, until somebody asks', async () => {
    await supervise(WORKS, { autoRestart: false });
    const pid = await get('/');
    await crash();
    expect(supervisor.status).toMatchObject({ state: 'crashed', nextAttemptAt: null });
    expect(timers.due).toEqual([]);
    await supervisor.restart();
    expect(await get('/')).not.toBe(pid);
  });

  it('starts it again after a crash, when the time has come, and says why it was away', async () => {
    await supervise(WORKS);
    const pid = await get('/');
    await crash();
    const message = 'The process of the plugin ended on its own (exit code 7).';
    expect(supervisor.status).toEqual({
      state: 'backing_off',
      reason: { code: 'PLUGIN_CRASHED', message },
      since: new Date(timers.time),
      nextAttemptAt: new Date(timers.time + 1_000),
      lastLines: [`started ${pid}`, 'about to crash'],
    });
    expect(supervisor.menuItems).toHaveLength(1);
    for (const call of [get('/'), supervisor.emit('order.placed', 1), supervisor.callHook('install')]) {
      await expect(call).rejects.toMatchObject({
        code: 'PLUGIN_UNAVAILABLE',
        message: expect.stringContaining(message),
      });
    }
    await expect(supervisor.health()).resolves.toMatchObject({ ok: false, message: expect.stringContaining(message) });
    timers.pass(999);
    expect(supervisor.status.state).toBe('backing_off');
    timers.pass(1);
    expect(await get('/')).not.toBe(pid);
    expect(supervisor.status).toMatchObject({ state: 'running', reason: null, nextAttemptAt: null });
  });

  it('gives up at the fifth crash within ten minutes, until it is asked to restart', async () => {
    await supervise(FAILS);
    for (const delay of [1_000, 2_000, 4_000, 8_000]) {
      expect(supervisor.status.nextAttemptAt).toEqual(new Date(timers.time + delay));
      timers.pass(delay);
      await supervisor.settled();
    }
    expect(supervisor.status).toMatchObject({
      state: 'crash_looping',
      reason: { code: 'PLUGIN_START_FAILED', message: expect.stringContaining('no rates') },
      nextAttemptAt: null,
    });
    expect(timers.due).toEqual([]);
    await expect(get('/')).rejects.toMatchObject({
      code: 'PLUGIN_UNAVAILABLE',
      message: expect.stringContaining('too often'),
    });

    await supervisor.restart();
    expect(supervisor.status.nextAttemptAt).toEqual(new Date(timers.time + 1_000));
    write(WORKS);
    await supervisor.restart();
    expect(supervisor.status.state).toBe('running');
    expect(timers.due).toEqual([]);
  });

  it('restarts a running plugin in a process of its own', async () => {
    await supervise(WORKS);
    const pid = await get('/');
    const restarted = Promise.all([supervisor.restart(), supervisor.restart()]);
    expect(await get('/')).not.toBe(pid);
    await restarted;
    expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
    expect(states().filter((state) => state === 'backing_off')).toEqual([]);
  });

  it('stops for good: running, starting or waiting for its next start', async () => {
    await supervise(WORKS);
    await supervisor.stop();
    await expect(get('/')).rejects.toMatchObject({ code: 'PLUGIN_STOPPED' });

    const restarting = supervisor.restart();
    await reached('starting');
    await Promise.all([restarting, supervisor.stop()]);
    expect(supervisor.status.state).toBe('stopped');

    write(FAILS);
    await supervisor.restart();
    expect(supervisor.status.state).toBe('backing_off');
    await supervisor.stop();
    timers.pass(60_000);
    await supervisor.settled();
    expect([supervisor.status.state, timers.due]).toEqual(['stopped', []]);
  });

  it('ends a process that comes up after it was stopped', async () => {
    const running = supervise(WORKS);
    await supervisor.stop();
    await running;
    expect(states()).toEqual(['starting', 'stopped']);
    await expect(get('/')).rejects.toMatchObject({ code: 'PLUGIN_STOPPED' });
  });
});
