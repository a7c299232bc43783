import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@hansa/platform/embedded-postgres';

/** One server for the whole run, in a directory of its own; both database projects of Jest share it. */
export default async function startPostgres() {
  if (globalThis.hansaPostgres) return;
  globalThis.hansaPostgresDir = mkdtempSync(join('/tmp', 'hansa-test-'));
  const { chmodSync } = await import('node:fs');
  chmodSync(globalThis.hansaPostgresDir, 0o755);
  globalThis.hansaPostgres = await startEmbeddedPostgres({
    dataDir: join(globalThis.hansaPostgresDir, 'pg'),
    forgetful: true,
  });
  process.env.HANSA_TEST_POSTGRES = await globalThis.hansaPostgres.database('postgres');
}
