import 'reflect-metadata';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '@hansa/platform/embedded-postgres';
import { freePort } from '@hansa/platform';
import pg from 'pg';
import { generateCatalog } from './catalog.mjs';

const CENTRAL = fileURLToPath(new URL('../../apps/central/dist/src/', import.meta.url));
const NO_LIMIT = '1000000000';

/**
 * A hub process of its own on an embedded PostgreSQL, with a generated catalog and limits that count but never refuse.
 * `settings` are more of its environment.
 */
export async function startHub(size, settings = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'hansa-bench-'));
  chmodSync(dir, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), forgetful: true });
  const processes = [];
  const stop = async () => {
    for (const child of processes) {
      child.kill('SIGTERM');
      await new Promise((done) => (child.exitCode === null ? child.once('exit', done) : done()));
    }
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  // Whatever ends the program early must not leave a database behind.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop().then(() => process.exit(1)));
  try {
    return { ...(await launch(dir, await postgres.database('bench'), size, processes, settings)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function launch(dir, databaseUrl, size, processes, settings) {
  const port = await freePort();
  const env = {
    PATH: process.env.PATH,
    HUB_PORT: String(port),
    DATA_DIR: join(dir, 'central'),
    DATABASE_URL: databaseUrl,
    MASTER_KEY: Buffer.alloc(32, 1).toString('base64'),
    RATE_LIMIT_KEY: NO_LIMIT,
    RATE_LIMIT_ANONYMOUS: NO_LIMIT,
    RATE_LIMIT_LICENSE: NO_LIMIT,
    LOG_LEVEL: 'warn',
    ...settings,
  };
  const ops = (...args) =>
    JSON.parse(execFileSync(process.execPath, [`${CENTRAL}ops.js`, ...args], { env, encoding: 'utf8' }));
  const { key } = ops('issue-publishable-key', '--name', 'bench');

  const { semverSortKey } = await import(`${CENTRAL}catalog/semver-sort-key.js`);
  const client = new pg.Client(databaseUrl);
  await client.connect();
  await generateCatalog(client, size, semverSortKey);
  await client.end();

  const child = spawn(process.execPath, [`${CENTRAL}main.js`], { env, stdio: ['ignore', 'inherit', 'inherit'] });
  processes.push(child);
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, child);
  /** Resident memory of the hub process, in MiB. */
  const memory = () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]) / 1_024;
  const server = await serverOf(databaseUrl);
  /** CPU time of the hub process and of its database so far. */
  const cpuSeconds = () => cpuOf(child.pid).own + databaseCpu(server);
  return { url, key, env, databaseUrl, memory, cpuSeconds, ops };
}

/** Process id of the server that a connection's process is a child of. */
async function serverOf(databaseUrl) {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
  const { parent } = cpuOf(rows[0].pid);
  await client.end();
  return parent;
}

/** Of the server, of its processes, and of those that have ended. */
function databaseCpu(server) {
  const { own, ended } = cpuOf(server);
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return (
    own + ended + pids.map((pid) => cpuOf(pid)).reduce((sum, cpu) => sum + (cpu?.parent === server ? cpu.own : 0), 0)
  );
}

/** Seconds of CPU time a process has used, and its children that have ended; Linux counts in hundredths. Undefined when it is gone. */
function cpuOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ').map(Number);
    return { parent: fields[1], own: (fields[11] + fields[12]) / 100, ended: (fields[13] + fields[14]) / 100 };
  } catch {
    return undefined;
  }
}

async function untilReady(url, child) {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline;) {
    if (child.exitCode !== null) throw new Error('the hub did not start');
    const ready = await fetch(`${url}/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('the hub did not get ready');
}
