import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@hansa/platform';
import { startEmbeddedPostgres } from '@hansa/platform/embedded-postgres';

const MAIN = fileURLToPath(new URL('../../apps/tenant/dist/src/main.js', import.meta.url));
const ADMIN = { email: 'admin@shop.example', password: 'a long password' };
const PATIENCE_MS = 120_000;
/** As often as a screen looks at a job: each look takes time from what is measured. */
const LOOK_MS = 500;

/** A shop on an embedded PostgreSQL, whose process can be started again; `settings` are more of its environment, a hub for one. */
export async function openShop(settings = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'hansa-shop-'));
  chmodSync(dir, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), forgetful: true });
  const port = await freePort();
  const env = {
    PATH: process.env.PATH,
    TENANT_PORT: String(port),
    DATA_DIR: join(dir, 'tenant'),
    DATABASE_URL: await postgres.database('shop'),
    MASTER_KEY: Buffer.alloc(32, 1).toString('base64'),
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    LOG_LEVEL: 'error',
    ...settings,
  };
  return new Shop(dir, postgres, env, `http://127.0.0.1:${port}`);
}

class Shop {
  constructor(dir, postgres, env, url) {
    Object.assign(this, { dir, postgres, env, url });
    // Whatever ends the program early must not leave a database behind.
    for (const signal of ['SIGINT', 'SIGTERM'])
      process.once(signal, () => void this.close().then(() => process.exit(1)));
  }

  /** Starts the process and says after how many milliseconds it answers. */
  async start() {
    const begun = performance.now();
    const child = spawn(process.execPath, [MAIN], { env: this.env, stdio: ['ignore', 'inherit', 'inherit'] });
    this.child = child;
    await this.until('the shop is ready', async () => {
      if (child.exitCode !== null) throw new Error('the shop did not start');
      return fetch(`${this.url}/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    });
    const took = performance.now() - begun;
    const { token } = await this.call('POST', '/auth/user/emailpass', JSON.stringify(ADMIN));
    this.token = token;
    return took;
  }

  /** Signs the person of a browser in: once for all of them, since the shop limits how often somebody may. */
  async signIn(person) {
    if (!this.cookies) {
      const answer = await person.request.post(`${this.url}/auth/session`, { data: ADMIN });
      if (!answer.ok()) throw new Error(`signing in answered ${answer.status()}`);
      this.cookies = await person.cookies();
    }
    await person.addCookies(this.cookies);
  }

  async stop() {
    if (this.child?.exitCode !== null) return;
    this.child.kill('SIGTERM');
    await new Promise((done) => this.child.once('exit', done));
  }

  /** Installs a package from its file; resolves with its job when that is done. */
  async install({ file, signature, key }) {
    const { job } = await this.call('POST', '/admin/plugins/upload', readFileSync(file), {
      'content-type': 'application/zip',
      'x-release-signature': signature,
      'x-publisher-key': Buffer.from(JSON.stringify(key)).toString('base64url'),
    });
    const done = await this.until(
      'the package is installed',
      async () => {
        const now = await this.call('GET', `/admin/plugins/jobs/${job.id}`);
        return now.outcome === null ? undefined : now;
      },
      LOOK_MS,
    );
    if (done.outcome !== 'done') throw new Error(`not installed: ${done.code} ${done.message}`);
    return done;
  }

  async call(method, path, body, headers = { 'content-type': 'application/json' }) {
    const authorization = this.token ? { authorization: `Bearer ${this.token}` } : {};
    const type = body === undefined ? {} : headers;
    const response = await fetch(this.url + path, { method, body, headers: { ...type, ...authorization } });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 300)}`);
    return text ? JSON.parse(text) : undefined;
  }

  /** From here on the peak counts anew; answers what is resident, in MiB. */
  forgetPeak() {
    writeFileSync(`/proc/${this.child.pid}/clear_refs`, '5');
    return this.memory('VmRSS');
  }

  /** The most that was resident since the peak was forgotten, in MiB. */
  peak() {
    return this.memory('VmHWM');
  }

  memory(name) {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)[1]) / 1_024;
  }

  async until(what, read, pauseMs = 20) {
    for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
      const value = await read();
      if (value) return value;
      await new Promise((done) => setTimeout(done, pauseMs));
    }
    throw new Error(`never happened: ${what}`);
  }

  async close() {
    await this.stop();
    await this.postgres.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
