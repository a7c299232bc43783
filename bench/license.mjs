import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { marketplaceId } from './lib/catalog.mjs';
import { compare, compareWithRaw, rate } from './lib/load.mjs';

const CENTRAL = fileURLToPath(new URL('../apps/central/dist/src/', import.meta.url));
const INSTANCE = 'inst_00000000000000000000000001';
const CONNECTIONS = 32;
/** As many as the hub itself may hold. */
const POOL = 20;

/**
 * `license/verify` against one prepared one-row `SELECT` through a pool of the same size: without HTTP at all, and behind raw
 * `node:http` for what HTTP itself costs.
 */
export async function run({ hub, seconds }) {
  const pool = new pg.Pool({ connectionString: hub.databaseUrl, max: POOL });
  try {
    const body = JSON.stringify({
      license_key: await issueLicense(hub, pool),
      marketplace_id: marketplaceId(0),
      instance_id: INSTANCE,
    });
    const target = {
      url: `${hub.url}/store/marketplace/license/verify`,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    };
    await rate(target, 1, 200);
    const selects = await compare(
      () => selectRate(pool, seconds),
      () => rate(target, seconds, 200),
    );
    return [
      { name: 'license verify ÷ prepared SELECT', bar: 0.5, ...selects },
      { name: 'license verify ÷ raw node:http', ...(await compareWithRaw(target, seconds)) },
    ];
  } finally {
    await pool.end();
  }
}

/** Prepared one-row selects a second, as many at a time as there are connections in the other measurement. */
async function selectRate(pool, seconds) {
  const until = Date.now() + seconds * 1_000;
  let done = 0;
  const ask = async () => {
    while (Date.now() < until) {
      await pool.query({
        name: 'one-row',
        text: 'SELECT id, status, sha256 FROM releases WHERE id = $1',
        values: ['rel_0_0'],
      });
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, ask));
  return done / seconds;
}

/** A registered instance and a license for it, issued by the hub's own code. */
async function issueLicense(hub, pool) {
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
  const { licenseKey } = await ground.dataSource.transaction((tx) =>
    app.get(LicensesService).issue(tx, {
      orderId: null,
      packageId,
      kind: 'one_time',
      billingInterval: null,
      customerEmail: 'bench@shop.test',
      instanceId: INSTANCE,
      actor: 'ops',
    }),
  );
  await app.close();
  return licenseKey;
}
