import 'reflect-metadata';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '@hansa/platform/embedded-postgres';
import { migrate } from '@hansa/platform';
import { NestFactory } from '@nestjs/core';

const CENTRAL = fileURLToPath(new URL('../apps/central/dist/src/', import.meta.url));
const SIZES = [1_000, 10_000, 100_000];
const RELEASES = 30;

/** What a release costs in the signed metadata: its row, its bin, a snapshot and the timestamp, in a catalog of each size. */
export async function run() {
  const dir = mkdtempSync(join(tmpdir(), 'hansa-bench-'));
  chmodSync(dir, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), forgetful: true });
  try {
    const measured = await measure(dir, await postgres.database('bench'));
    const [least, ...larger] = measured;
    return larger.flatMap(({ size, ms, kib }) => [
      row(`a release among ${size}, against ${least.size}`, least.ms, ms, 'ms', 5),
      row('  metadata written for it', least.kib, kib, 'KiB', 5),
    ]);
  } finally {
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

function row(name, base, own, unit, atMost) {
  return { name, base, own, ratio: own / base, atMost, unit };
}

async function measure(dir, databaseUrl) {
  const { layGround } = await import(`${CENTRAL}bootstrap.js`);
  const { AppModule } = await import(`${CENTRAL}app.module.js`);
  const { CeremonyService, MetadataSigner, newOfflineKey, settleTarget, signDraft } = await import(
    `${CENTRAL}tuf/index.js`
  );
  const env = { DATABASE_URL: databaseUrl, DATA_DIR: join(dir, 'central'), LOG_LEVEL: 'warn' };
  const { dataSource, ...ground } = await layGround(env, 'bench');
  await migrate(dataSource);
  const app = await NestFactory.createApplicationContext(AppModule.forRoot({ ...ground, dataSource }), {
    logger: false,
  });
  const signer = app.get(MetadataSigner, { strict: false });
  const ceremony = app.get(CeremonyService, { strict: false });
  const key = newOfflineKey();
  const draft = await ceremony.draft([key.publicKey], 1);
  signDraft(draft, key);
  await ceremony.publish(draft, 'bench');

  const results = [];
  for (const size of SIZES) {
    await fill(dataSource, size);
    await signer.signChanges();
    const before = await bytesOf(dataSource);
    const times = [];
    for (let n = 0; n < RELEASES; n += 1) {
      const file = {
        marketplaceId: `@bench/of-${size}`,
        version: `1.0.${n}`,
        sizeBytes: 1_000,
        sha256: 'a'.repeat(64),
      };
      const started = performance.now();
      await dataSource.transaction((tx) => settleTarget(tx, file, true));
      await signer.signChanges();
      times.push(performance.now() - started);
    }
    const kib = ((await bytesOf(dataSource)) - before) / RELEASES / 1_024;
    results.push({ size, ms: times.sort((a, b) => a - b)[RELEASES / 2], kib });
  }
  await app.close();
  return results;
}

/** A catalog of `size` releases, every bin to be signed again. */
async function fill(dataSource, size) {
  await dataSource.query(
    `INSERT INTO tuf_targets (path, bin, size_bytes, sha256)
       SELECT path, get_byte(sha256(convert_to(path, 'UTF8')), 0), 1000, encode(sha256(convert_to(path, 'UTF8')), 'hex')
         FROM (SELECT '@vendor-' || n % 500 || '/package-' || n / 10 || '/1.' || n || '.0.zip' AS path FROM generate_series(1, $1::int) n) made
     ON CONFLICT DO NOTHING`,
    [size],
  );
  await dataSource.query('UPDATE tuf_bins SET dirty = true');
}

async function bytesOf(dataSource) {
  const [{ bytes }] = await dataSource.query(
    `SELECT sum(length(body)) AS bytes FROM tuf_files WHERE role <> 'timestamp'`,
  );
  return Number(bytes);
}
