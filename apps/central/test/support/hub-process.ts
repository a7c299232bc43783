import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A hub in a process of its own, to be killed without a warning and started again. */
export interface HubProcess {
  readonly dataDir: string;
  /** Resolves when it is ready. */
  start(): Promise<void>;
  /** As `kill -9` does; resolves when it is gone. */
  kill(): Promise<void>;
  remove(): Promise<void>;
}

export interface HubProcessOptions {
  readonly role: 'main' | 'worker';
  readonly databaseUrl: string;
  readonly env: Readonly<Record<string, string>>;
}

const READY = /hub is listening|worker is waiting for jobs/;

/** Its master key is that of the hubs the tests run themselves, so both read the same secrets. */
export function aHubProcess({ role, databaseUrl, env }: HubProcessOptions): HubProcess {
  const program = fileURLToPath(new URL(`../../dist/src/${role}.js`, import.meta.url));
  const dataDir = mkdtempSync(join(tmpdir(), 'hansa-hub-'));
  const settings = {
    PATH: process.env['PATH'],
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    LOG_LEVEL: 'info',
    ...env,
  };
  let child: ChildProcess | undefined;
  const kill = async () => {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise((done) => running.once('exit', done));
    running.kill('SIGKILL');
    await gone;
  };
  return {
    dataDir,
    kill,
    async start() {
      const started = spawn(process.execPath, [program], { env: settings, stdio: ['ignore', 'pipe', 'pipe'] });
      child = started;
      let output = '';
      await new Promise<void>((done, fail) => {
        const read = (text: Buffer) => {
          output += text.toString();
          if (READY.test(output)) done();
        };
        started.stdout.on('data', read);
        started.stderr.on('data', read);
        started.once('exit', () => fail(new Error(`the hub ended: ${output}`)));
      });
    },
    async remove() {
      await kill();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
