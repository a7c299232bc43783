import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { fail } from '../prepare.mjs';

/** Where everything runs, from the environment. Wrong values end the program with the name of the setting. */
export function readSettings(env = process.env) {
  const port = (name, usual) => {
    const value = env[name] ? Number(env[name]) : usual;
    if (!Number.isInteger(value) || value < 1 || value > 65_535) fail(`${name} must be a port number from 1 to 65535.`);
    return value;
  };
  const ports = { hub: port('HUB_PORT', 4000), tenant: port('TENANT_PORT', 4100), stripe: port('STRIPE_PORT', 4200) };
  if (new Set(Object.values(ports)).size < 3) fail('HUB_PORT, TENANT_PORT and STRIPE_PORT must differ.');
  return {
    ports,
    dataDir: resolve(env.DATA_DIR || '.data'),
    databaseUrl: env.DATABASE_URL || undefined,
    tenantDatabaseUrl: env.TENANT_DATABASE_URL || undefined,
    hubUrl: `http://localhost:${ports.hub}`,
    tenantUrl: `http://localhost:${ports.tenant}`,
    stripeUrl: `http://localhost:${ports.stripe}`,
  };
}

/** Makes the data folder and checks that the three ports are free. */
export async function checkGround({ dataDir, ports }) {
  try {
    mkdirSync(join(dataDir, 'logs'), { recursive: true });
    writeFileSync(join(dataDir, '.writable'), '');
  } catch (error) {
    fail(`${dataDir} cannot be written (${error.code}). Set DATA_DIR to a folder that can.`);
  }
  for (const [name, port] of Object.entries(ports)) {
    if (await isRefusedByBrowsers(port))
      fail(`Browsers refuse to open port ${port}. Set ${name.toUpperCase()}_PORT to another one.`);
    if (await answers(port)) fail(`Port ${port} is in use. Set ${name.toUpperCase()}_PORT to a free one.`);
  }
}

/** The Fetch standard blocks ports of other protocols (6000 is X11); Node's fetch does as browsers do. */
async function isRefusedByBrowsers(port) {
  const refusal = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(1_000) }).catch(
    (error) => error,
  );
  return refusal?.cause?.message === 'bad port';
}

function answers(port) {
  return new Promise((done) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => (socket.destroy(), done(true)));
    socket.once('error', () => done(false));
  });
}

/** What the federation keeps between starts: passwords, keys and tokens of the demonstration, readable by its owner only. */
export class DemoState {
  constructor(dataDir) {
    this.file = join(dataDir, 'state.json');
    this.values = existsSync(this.file) ? JSON.parse(readFileSync(this.file, 'utf8')) : {};
  }

  /** The kept value of `name`; made and kept when there is none. */
  async keep(name, make) {
    if (this.values[name] === undefined) {
      this.values[name] = await make();
      writePrivate(this.file, this.values);
    }
    return this.values[name];
  }
}

/** Writes JSON that only its owner may read, in one rename: a crash leaves the old file or the new one. */
export function writePrivate(file, value) {
  writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export const newPassword = () => randomBytes(12).toString('base64url');
export const newMasterKey = () => randomBytes(32).toString('base64');
