import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { marketplaceId } from './lib/catalog.mjs';
import { leanRate } from './lib/lean-load.mjs';
import { compare, compareWithRaw, load, middle, rate } from './lib/load.mjs';

const CENTRAL = fileURLToPath(new URL('../apps/central/dist/src/', import.meta.url));
const INSTANCE = 'inst_00000000000000000000000001';
const CUSTOMER = 'bench@shop.test';
const CONNECTIONS = 32;
/** As many as the hub itself may hold. */
const POOL = 20;

/** Licenses that are asked about, of those in the table: more than the caches of one page hold. */
const ASKED = 1_000;
const ROUNDS = 5;
/** Few enough that waiting for a turn is not what is measured. */
const P99_CONNECTIONS = 4;

/** The license that a question is about, as the hub must read it: a verdict cannot rest on less. */
const ONE_ROW = {
  name: 'one-row',
  text: `SELECT id, kind, package_id, seats, instance_id, issued_at, expires_at, updates_until, suspended_at, revoked_at
           FROM licenses WHERE key_lookup = $1`,
};

/**
 * `license/verify` against the prepared one-row `SELECT` of a license through a pool of the same size, without HTTP at all, the same
 * licenses in turn; and against raw `node:http` for what HTTP itself costs. With more licenses in the table also its p99 against
 * that at 1,000.
 */
export async function run({ hub, seconds, licenses }) {
  const pool = new pg.Pool({ connectionString: hub.databaseUrl, max: POOL });
  try {
    const bodies = (await issueLicenses(hub, pool)).map((key) =>
      JSON.stringify({ license_key: key, marketplace_id: marketplaceId(0), instance_id: INSTANCE }),
    );
    const target = {
      url: `${hub.url}/store/marketplace/license/verify`,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: bodies[0],
      bodies,
    };
    await rate(target, seconds, 200); // takes every seat, signs every token
    // What a running hub has from autovacuum: without it statements are planned for empty tables.
    await pool.query('VACUUM ANALYZE licenses, license_activations');
    const few = licenses > ASKED ? await p99(target, seconds) : undefined;
    if (licenses > ASKED) await fill(pool, licenses - ASKED);
    const many = few === undefined ? undefined : await p99(target, seconds);
    const { rows: asked } = await pool.query(`SELECT key_lookup FROM licenses WHERE customer_email = $1`, [CUSTOMER]);
    const selects = await compare(
      () => selectRate(pool, asked, seconds),
      () => leanRate(target, seconds, 200, CONNECTIONS),
    );
    return [
      { name: 'license verify ÷ prepared SELECT', bar: 0.5, ...selects },
      { name: 'license verify ÷ raw node:http', ...(await compareWithRaw(target, seconds)) },
      ...(many === undefined ? [] : [p99Row(few, many, licenses)]),
    ];
  } finally {
    await pool.end();
  }
}

function p99Row(few, many, licenses) {
  const name = `verify p99, ${licenses.toLocaleString('en')} ÷ ${ASKED.toLocaleString('en')}`;
  return { name, base: few, own: many, ratio: many / few, atMost: 2, unit: 'ms' };
}

/** The 99th percentile of the answer times under a light load, in milliseconds; the middle one of some rounds. */
async function p99(target, seconds) {
  const figures = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    figures.push((await load(target, seconds, 200, P99_CONNECTIONS)).p99);
  }
  return middle(figures);
}

/** Licenses of other customers, each with the seat it takes. */
async function fill(pool, count) {
  await pool.query(
    `INSERT INTO licenses (id, package_id, kind, customer_email, key_lookup, key_sealed, seats, issued_at, updates_until)
     SELECT 'lic_bench_' || n, (SELECT id FROM packages WHERE marketplace_id = $2), 'one_time', 'c' || n || '@shop.test',
            sha256(n::text::bytea), sha256(n::text::bytea) || sha256((-n)::text::bytea), 1, now(), now() + interval '1 year'
       FROM generate_series(1, $1::int) AS n`,
    [count, marketplaceId(0)],
  );
  await pool.query(
    `INSERT INTO license_activations (license_id, instance_id, environment, activated_at)
     SELECT 'lic_bench_' || n, $2, 'production', now() FROM generate_series(1, $1::int) AS n`,
    [count, INSTANCE],
  );
  await pool.query('VACUUM ANALYZE licenses, license_activations');
}

/** Prepared one-row selects a second, as many at a time as there are connections in the other measurement. */
async function selectRate(pool, asked, seconds) {
  const until = Date.now() + seconds * 1_000;
  let done = 0;
  const ask = async () => {
    while (Date.now() < until) {
      const { rowCount } = await pool.query({ ...ONE_ROW, values: [asked[done % asked.length].key_lookup] });
      if (rowCount !== 1) throw new Error('a license was not found');
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, ask));
  return done / seconds;
}

/** A registered instance and licenses for it, issued by the hub's own code. Gives back their keys. */
async function issueLicenses(hub, pool) {
  await pool.query(
    `INSERT INTO instances (id, base_url, public_jwk, key_thumbprint, platform_version, environment, mode, webhook_secret_sealed, registered_at, updated_at)
     VALUES ($1, 'http://127.0.0.1', '{}', 'none', '2.0.0', 'production', 'pull', '', now(), now())`,
    [INSTANCE],
  );
  const { NestFactory } = await import('@nestjs/core');
  const { layGround } = await import(`${CENTRAL}bootstrap.js`);
  const { AppModule } = await import(`${CENTRAL}app.module.js`);
  const { LicensesService } = await import(`${CENTRAL}licenses/index.js`);
  const ground = await layGround(hub.env, 'bench');
  const app = await NestFactory.createApplicationContext(AppModule.forRoot(ground), { logger: false });
  const [{ id: packageId }] = await ground.dataSource.query('SELECT id FROM packages WHERE marketplace_id = $1', [
    marketplaceId(0),
  ]);
  const terms = {
    packageId,
    kind: 'one_time',
    billingInterval: null,
    customerEmail: CUSTOMER,
    instanceId: INSTANCE,
    actor: 'ops',
  };
  const issued = await app.get(LicensesService).issueMany(terms, ASKED);
  await app.close();
  return issued.map(({ licenseKey }) => licenseKey);
}
