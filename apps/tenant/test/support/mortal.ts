import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@hansa/platform';
import { createTestDatabase, eventually, type TestDatabase } from '@hansa/testing';
import type { FaultPoint } from '#installer';
import type { FakeHub } from './fake-hub.js';
import { SCHEMA } from './schema.js';
import type { WayOut } from './watch-ways-out.js';
import { ADMIN, requester, type Reply } from './tenant.js';

/** A real tenant process that can be killed and started again on the same database and folder. Run from the build. */
export class MortalTenant {
  /** Every way out the process took or tried, when it is watched. */
  readonly waysOut: WayOut[] = [];
  private child: ChildProcess | undefined;
  private token = '';

  private constructor(
    readonly database: TestDatabase,
    readonly dataDir: string,
    private readonly port: number,
    private readonly hub: FakeHub,
    private readonly onlyTo: readonly string[] | undefined,
  ) {}

  /** With `onlyTo` (`host:port`) it reaches these, its hub and its database, and nothing else. */
  static async start(hub: FakeHub, onlyTo?: readonly string[]): Promise<MortalTenant> {
    const port = await freePort();
    const dataDir = await mkdtemp(join(tmpdir(), 'mortal-'));
    const database = await createTestDatabase(SCHEMA);
    const reached = onlyTo && [...onlyTo, new URL(hub.url).host, new URL(database.url).host];
    const tenant = new MortalTenant(database, dataDir, port, hub, reached);
    await tenant.restart();
    const { body } = await tenant.call('POST', '/auth/user/emailpass', ADMIN);
    tenant.token = body.token;
    return tenant;
  }

  /** Starts the process again; with a doom it dies as soon as its work reaches that point. */
  async restart(...doom: [] | [point: FaultPoint, marketplaceId: string]): Promise<void> {
    // The source tree is what Jest runs; a process of its own runs the build.
    const entry = fileURLToPath(new URL('../../dist/test/support/mortal-tenant.js', import.meta.url));
    const [point, marketplaceId] = doom;
    const child = fork(entry, point ? [JSON.stringify({ point, marketplaceId })] : [], {
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: {
        PATH: process.env['PATH'],
        TENANT_PORT: String(this.port),
        DATABASE_URL: this.database.url,
        DATA_DIR: this.dataDir,
        MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
        CARPHACOM_FEDERATION_URL: this.hub.url,
        CARPHACOM_FEDERATION_PK: 'pk_test',
        ADMIN_EMAIL: ADMIN.email,
        ADMIN_PASSWORD: ADMIN.password,
        ...(this.onlyTo ? { ONLY_TO: this.onlyTo.join() } : {}),
        LOG_LEVEL: process.env['TENANT_TEST_LOG'] ?? 'silent',
      },
    });
    this.child = child;
    child.on('message', (said) => typeof said === 'object' && this.waysOut.push(said as WayOut));
    if (!point) await this.told(child, 'serving');
  }

  /** Has the process die the next time its work on a package reaches `point`. */
  async doomAt(point: FaultPoint, marketplaceId: string): Promise<void> {
    const child = this.child!;
    child.send({ point, marketplaceId });
    await this.told(child, 'armed');
  }

  /** Resolves when the process has been killed. */
  async death(): Promise<void> {
    const child = this.child!;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
  }

  async kill(): Promise<void> {
    this.child?.kill('SIGKILL');
    await this.death();
  }

  async admin(method: string, path: string, body?: unknown): Promise<Reply> {
    return this.call(method, path, body, { authorization: `Bearer ${this.token}` });
  }

  /** Sends a request to a process that may die over it. */
  async ask(method: string, path: string, body?: unknown): Promise<void> {
    await this.admin(method, path, body).catch(() => undefined);
  }

  async query(sql: string, values: unknown[] = []): Promise<Record<string, string>[]> {
    return this.database.dataSource.query(sql, values);
  }

  /** Waits until no job is open. */
  async settled(): Promise<void> {
    const none = () => this.query('SELECT 1 FROM install_jobs WHERE finished_at IS NULL').then((rows) => !rows.length);
    await eventually('every job ends', none, 60_000);
  }

  /** What lies below `plugins/`: packages on their way, releases of each plugin, what the links point to. */
  async files(): Promise<{ incoming: string[]; store: Record<string, string[]>; live: Record<string, string> }> {
    const root = join(this.dataDir, 'plugins');
    // Arrays of this realm: those of `node:fs` are of another one inside Jest, and deeply equal to none of these.
    const names = async (...path: string[]) => Array.from(await readdir(join(root, ...path)).catch(() => []));
    const store = await Promise.all((await names('store')).map(async (id) => [id, (await names('store', id)).sort()]));
    const live = await Promise.all(
      (await names('live')).map(async (id) => [id, basename(await readlink(join(root, 'live', id)))]),
    );
    return { incoming: await names('incoming'), store: Object.fromEntries(store), live: Object.fromEntries(live) };
  }

  /** Releases that processes run from at this moment, this tenant's or left over from a killed one. */
  running(id: string): string[] {
    const folder = join(this.dataDir, 'plugins', 'store', id);
    const commands = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          return [readFileSync(`/proc/${pid}/cmdline`, 'utf8')];
        } catch {
          return []; // gone since
        }
      });
    return commands.flatMap((command) => {
      const at = command.indexOf(`--allow-fs-read=${folder}/`);
      return at === -1 ? [] : [basename(command.slice(at).split('\0')[0]!)];
    });
  }

  async stop(): Promise<void> {
    const child = this.child;
    if (child?.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await this.database.drop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private async call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply> {
    return requester(`http://127.0.0.1:${this.port}`)(method, path, body, headers);
  }

  private async told(child: ChildProcess, word: string): Promise<void> {
    const ended = once(child, 'exit').then(() => {
      throw new Error(`the tenant ended before it was ${word}`);
    });
    ended.catch(() => undefined);
    for (let heard: unknown; heard !== word;)
      [heard] = (await Promise.race([once(child, 'message'), ended])) as unknown[];
  }
}
