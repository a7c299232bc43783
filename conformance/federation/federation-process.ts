import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@hansa/platform';
import { eventually } from '@hansa/testing';
import pg from 'pg';

const START_TIMEOUT_MS = 300_000;

interface Login {
  readonly email: string;
  readonly password: string;
}

/** `$DATA_DIR/demo.json`, as `npm start` writes it for scripts. */
export interface Demo {
  readonly hub_url: string;
  readonly tenant_url: string;
  readonly stripe_url: string;
  readonly publishable_key: string;
  readonly tenant_admin: Login;
  readonly operator: Login;
  readonly stripe_secret_key: string;
  readonly stripe_webhook_secret: string;
  readonly database_url: string;
  readonly tenant_database_url: string;
}

export type ServerName = 'stripe' | 'hub' | 'tenant';

/** `npm start` in a folder and on ports of its own, driven from outside as a person or a script would. */
export class FederationProcess {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'hansa-federation-'));
  output = '';
  private launcher: ChildProcess | undefined;
  /** Ports and folder of this federation, for programs that are to find it. */
  env: NodeJS.ProcessEnv = {};

  /** Starts everything and waits until it says that it is ready. */
  async start(extraEnv: NodeJS.ProcessEnv = {}): Promise<void> {
    chmodSync(this.dataDir, 0o755);
    if (!this.env['HUB_PORT']) this.env = { ...process.env, DATA_DIR: this.dataDir, ...(await freePorts()) };
    delete this.env['HANSA_TEST_POSTGRES'];
    this.output = '';
    const launcher = spawn(process.execPath, ['tools/start.mjs'], {
      env: { ...this.env, ...extraEnv },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.launcher = launcher;
    for (const stream of [launcher.stdout, launcher.stderr])
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    await eventually(
      'everything is ready',
      async () => {
        if (launcher.exitCode !== null) throw new Error(`npm start ended: ${this.output}`);
        return this.output.includes('Ready in');
      },
      START_TIMEOUT_MS,
    );
  }

  /** Presses Ctrl-C and waits for the end. Gives back the exit code. */
  async stop(): Promise<number | null> {
    const { launcher } = this;
    if (!launcher || launcher.exitCode !== null) return launcher?.exitCode ?? null;
    const exited = new Promise<number | null>((done) => launcher.once('exit', done));
    launcher.kill('SIGINT');
    return exited;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  get demo(): Demo {
    return JSON.parse(readFileSync(join(this.dataDir, 'demo.json'), 'utf8')) as Demo;
  }

  /** Process id of a server as it runs now. */
  pidOf(server: ServerName): number {
    const pids = JSON.parse(readFileSync(join(this.dataDir, 'processes.json'), 'utf8')) as Record<ServerName, number>;
    return pids[server];
  }

  /** Ends a server without a warning, as `kill -9` does; the launcher starts it again. */
  kill(server: ServerName): void {
    process.kill(this.pidOf(server), 'SIGKILL');
  }

  /** Lets a server hang: its connections stay open and nothing answers. */
  freeze(server: ServerName): void {
    process.kill(this.pidOf(server), 'SIGSTOP');
  }

  thaw(server: ServerName): void {
    process.kill(this.pidOf(server), 'SIGCONT');
  }

  /** One query against a database of the federation. */
  async query<Row extends pg.QueryResultRow>(
    database: 'hub' | 'tenant',
    sql: string,
    values: unknown[] = [],
  ): Promise<Row[]> {
    const client = new pg.Client(database === 'hub' ? this.demo.database_url : this.demo.tenant_database_url);
    await client.connect();
    try {
      return (await client.query<Row>(sql, values)).rows;
    } finally {
      await client.end();
    }
  }

  /** Everything the servers logged so far. */
  get logs(): string {
    return ['stripe', 'hub', 'tenant']
      .map((name) => readFileSync(join(this.dataDir, 'logs', `${name}.log`), 'utf8'))
      .join('\n');
  }
}

async function freePorts(): Promise<Record<'HUB_PORT' | 'TENANT_PORT' | 'STRIPE_PORT', string>> {
  const ports = new Set<number>();
  while (ports.size < 3) ports.add(await freePort());
  const [hub, tenant, stripe] = [...ports].map(String) as [string, string, string];
  return { HUB_PORT: hub, TENANT_PORT: tenant, STRIPE_PORT: stripe };
}
