import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@hansa/platform/embedded-postgres';

const PREFIX = 'hansa-test-';

/** One server for the whole run, in a directory of its own; both database projects of Jest share it. */
export default async function startPostgres() {
  if (globalThis.hansaPostgres) return;
  sweepKilledRuns();
  const dir = mkdtempSync(join(tmpdir(), PREFIX));
  chmodSync(dir, 0o755);
  writeFileSync(join(dir, 'run.pid'), String(process.pid));
  globalThis.hansaPostgresDir = dir;
  globalThis.hansaPostgres = await startEmbeddedPostgres({ dataDir: join(dir, 'pg'), forgetful: true });
  process.env.HANSA_TEST_POSTGRES = await globalThis.hansaPostgres.database('postgres');
}

/** A run that was killed could not stop its server; the next run does. */
function sweepKilledRuns() {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const dir = join(tmpdir(), name);
    const run = join(dir, 'run.pid');
    if (!existsSync(run) || isAlive(Number(readFileSync(run, 'utf8')))) continue;
    const pidFile = join(dir, 'pg', 'postmaster.pid');
    const server = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8').split('\n')[0]) : undefined;
    if (server && isAlive(server)) process.kill(server, 'SIGQUIT');
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
