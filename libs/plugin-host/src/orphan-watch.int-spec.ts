import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithThisProcess } from './orphan-watch.js';

describe(endWithThisProcess.name, () => {
  let root: string;
  const started: ChildProcess[] = [];
  const orphans: number[] = [];

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hansa-orphan-'));
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    for (const pid of orphans.splice(0)) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
    rmSync(root, { recursive: true, force: true });
  });

  /** Starts a shop that runs two plugins, both in an endless loop once they run, and tells their process numbers. */
  async function aHost(): Promise<{ host: ChildProcess; plugins: number[] }> {
    writeFileSync(join(root, 'package.json'), '{"type":"module"}');
    writeFileSync(
      join(root, 'index.js'),
      'export function register() { setTimeout(() => { console.log("looping"); setImmediate(() => { for (;;); }); }, 10); }',
    );
    const file = join(root, 'host.mjs');
    writeFileSync(
      file,
      `import { startPlugin } from ${JSON.stringify(built('index.js'))};
       const ignore = () => {};
       for (const id of ['one', 'two']) {
         const plugin = await startPlugin({ dir: ${JSON.stringify(root)}, dataDir: ${JSON.stringify(root)} + '/' + id, manifest: { id, version: '1.0.0' }, config: {}, storage: {},
           logger: { debug: ignore, info: (line) => console.log(line, plugin.pid), warn: ignore, error: ignore } });
       }`,
    );
    const host = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
    started.push(host);
    const plugins: number[] = [];
    for await (const line of createInterface(host.stdout)) {
      plugins.push(Number(line.split(' ')[1]));
      if (plugins.length === 2) break;
    }
    orphans.push(...plugins);
    return { host, plugins };
  }

  async function gone(pid: number): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (isRunning(pid)) {
      if (Date.now() > deadline) throw new Error(`process ${pid} outlives its shop`);
      await sleep(20);
    }
  }

  it('ends plugins in an endless loop when their shop is killed, and leaves no watchdog behind', async () => {
    const { host, plugins } = await aHost();
    const watchdogs = watchdogsOf(host.pid!);
    expect([plugins.every(isRunning), watchdogs.length]).toEqual([true, 1]);
    host.kill('SIGKILL');
    await Promise.all([...plugins, ...watchdogs].map(gone));
  });

  it('does so when the first watchdog was killed before', async () => {
    const { host, plugins } = await aHost();
    const [first] = watchdogsOf(host.pid!);
    if (first === undefined) throw new Error('nobody watches'); // 0 would be everybody
    process.kill(first, 'SIGKILL');
    await gone(first);
    while (watchdogsOf(host.pid!).length === 0) await sleep(20);
    host.kill('SIGKILL');
    await Promise.all(plugins.map(gone));
  });

  it('leaves a process alone that it was called off for', async () => {
    const file = join(root, 'host.mjs');
    writeFileSync(
      file,
      `import { spawn } from 'node:child_process';
       import { endWithThisProcess } from ${JSON.stringify(built('orphan-watch.js'))};
       const children = [0, 1, 2].map(() => spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' }));
       const callOffs = children.map(({ pid }) => endWithThisProcess(pid));
       callOffs[1](); callOffs[1]();
       console.log(children.map(({ pid }) => pid).join(' '));`,
    );
    const host = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
    started.push(host);
    const [line] = (await once(createInterface(host.stdout), 'line')) as [string];
    const [first, calledOff, last] = line.split(' ').map(Number) as [number, number, number];
    orphans.push(first, calledOff, last);
    host.kill('SIGKILL');
    await Promise.all([gone(first), gone(last)]);
    expect(isRunning(calledOff)).toBe(true);
  });
});

function built(file: string): string {
  return new URL(`../dist/src/${file}`, import.meta.url).href;
}

interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
  readonly command: string;
}

function processes(): ProcessLine[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,comm='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => {
    const [pid, parent, state = '', command = ''] = line.trim().split(/\s+/);
    return { pid: Number(pid), parent: Number(parent), state, command };
  });
}

/** A process that nobody has waited for yet has ended all the same. */
function isRunning(pid: number): boolean {
  return processes().some((line) => line.pid === pid && !line.state.startsWith('Z'));
}

function watchdogsOf(host: number): number[] {
  const ours = processes().filter(
    ({ parent, command, state }) => parent === host && command.endsWith('sh') && !state.startsWith('Z'),
  );
  return ours.map(({ pid }) => pid);
}
