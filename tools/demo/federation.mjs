import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@hansa/platform/embedded-postgres';
import pg from 'pg';
import { fail, step } from '../prepare.mjs';
import { publishExamples } from './examples.mjs';
import { Ops, Processes } from './processes.mjs';
import { checkGround, DemoState, newMasterKey, newPassword, readSettings, writePrivate } from './settings.mjs';

const OPERATOR_EMAIL = 'operator@hansa.test';
const ADMIN_EMAIL = 'admin@shop.test';
/** What the servers inherit of this process's environment besides their own settings. */
const INHERITED = [
  'PATH',
  'HOME',
  'LANG',
  'TZ',
  'NODE_OPTIONS',
  'NODE_EXTRA_CA_CERTS',
  'TMPDIR',
  'LOG_LEVEL',
  'ROLLOUT_HALT_REPORTS',
];

/** Starts database, Stripe sandbox, hub and shop, publishes the examples, connects the shop, and stays until Ctrl-C. */
export async function startFederation() {
  const started = Date.now();
  const settings = readSettings();
  await checkGround(settings);
  const state = new DemoState(settings.dataDir);

  let postgres;
  let processes;
  let stopping;
  const stop = (code) =>
    (stopping ??= (async () => {
      await processes?.stop();
      await postgres?.stop();
      process.exit(code);
    })());
  const die = (line) => {
    process.stderr.write(`\n${line}\n`);
    void stop(1);
  };
  processes = new Processes(settings.dataDir, die);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (!stopping) process.stdout.write('\nStopping …\n');
      void stop(0);
    });
  }

  try {
    let databases;
    await step('start PostgreSQL', async () => {
      if (!settings.databaseUrl)
        postgres = await startEmbeddedPostgres({ dataDir: join(settings.dataDir, 'postgres') });
      databases = await openDatabases(settings, postgres);
      return postgres ? `embedded, port ${postgres.port}` : 'DATABASE_URL';
    });
    const env = await environments(settings, state, databases);
    await step('start the Stripe sandbox', () =>
      processes.start('stripe', 'apps/stripe-sandbox/dist/src/main.js', env.stripe, `${settings.stripeUrl}/health`),
    );
    await step('make accounts and keys', () => seedHub(state, env.hub, settings.dataDir));
    await step('start the hub', () =>
      processes.start('hub', 'apps/central/dist/src/main.js', env.hub, `${settings.hubUrl}/ready`),
    );
    await step('pack, sign and publish the example plugins', () => publishExamples(settings, state, OPERATOR_EMAIL));
    const publishableKey = (await state.keep('publishableKey')).key;
    env.tenant.CARPHACOM_FEDERATION_PK = publishableKey;
    await step('start the shop and connect it', () =>
      processes.start('tenant', 'apps/tenant/dist/src/main.js', env.tenant, `${settings.tenantUrl}/ready`),
    );
    await writeDemoFile(settings, state, databases, publishableKey);
    await announce(settings, state, started);
  } catch (error) {
    if (!stopping) die(error.message ?? String(error));
  }
  // The servers are detached; this process stays to stop them. A signal sent to npm ends the shell between npm and this process,
  // which hears nothing of it, so it looks whether the shell is still there.
  const shell = process.ppid;
  setInterval(() => process.env.npm_lifecycle_event && process.ppid !== shell && void stop(0), 500);
}

async function openDatabases({ databaseUrl, tenantDatabaseUrl }, postgres) {
  if (postgres)
    return { hub: await postgres.database('hansa_central'), tenant: await postgres.database('hansa_tenant') };
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
  } catch (error) {
    fail(
      `No PostgreSQL answers at DATABASE_URL (${error.code ?? error.message}). Start it, correct the setting, or unset it.`,
    );
  }
  try {
    if (tenantDatabaseUrl) return { hub: databaseUrl, tenant: tenantDatabaseUrl };
    const url = new URL(databaseUrl);
    const name = `${decodeURIComponent(url.pathname.slice(1))}_tenant`;
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
    url.pathname = `/${encodeURIComponent(name)}`;
    return { hub: databaseUrl, tenant: url.href };
  } finally {
    await client.end();
  }
}

async function environments({ ports, dataDir, hubUrl, tenantUrl, stripeUrl }, state, databases) {
  const inherited = Object.fromEntries(
    INHERITED.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  const stripeKey = await state.keep('stripeSecretKey', () => `sk_test_${randomBytes(18).toString('hex')}`);
  const stripeWebhookSecret = await state.keep(
    'stripeWebhookSecret',
    () => `whsec_${randomBytes(24).toString('base64')}`,
  );
  return {
    stripe: {
      ...inherited,
      STRIPE_PORT: String(ports.stripe),
      DATA_DIR: join(dataDir, 'stripe'),
      STRIPE_SECRET_KEY: stripeKey,
      STRIPE_WEBHOOK_URL: `${hubUrl}/webhooks/stripe`,
      STRIPE_WEBHOOK_SECRET: stripeWebhookSecret,
    },
    hub: {
      ...inherited,
      HUB_PORT: String(ports.hub),
      HUB_URL: hubUrl,
      DATA_DIR: join(dataDir, 'central'),
      DATABASE_URL: databases.hub,
      MASTER_KEY: await state.keep('hubMasterKey', newMasterKey),
      ALLOW_PRIVATE_INSTANCES: 'true',
      STRIPE_API_BASE: stripeUrl,
      CERTIFICATE_ISSUER: 'development',
      STRIPE_SECRET_KEY: stripeKey,
      STRIPE_WEBHOOK_SECRET: stripeWebhookSecret,
    },
    tenant: {
      ...inherited,
      TENANT_PORT: String(ports.tenant),
      BASE_URL: tenantUrl,
      DATA_DIR: join(dataDir, 'tenant'),
      DATABASE_URL: databases.tenant,
      MASTER_KEY: await state.keep('tenantMasterKey', newMasterKey),
      CARPHACOM_FEDERATION_URL: hubUrl,
      ADMIN_EMAIL,
      ADMIN_PASSWORD: await state.keep('adminPassword', newPassword),
    },
  };
}

/** The operator, the publisher of the examples and the shop's publishable key, made once by the hub's own `ops`. */
async function seedHub(state, hubEnv, dataDir) {
  const ops = new Ops({ ...hubEnv, OPERATOR_PASSWORD: await state.keep('operatorPassword', newPassword) });
  try {
    await state.keep('operator', () => ops.run('create-operator', '--email', OPERATOR_EMAIL));
    await state.keep('publisher', () =>
      ops.run('create-publisher', '--name', 'Hansa Labs', '--namespace', '@hansa-labs'),
    );
    await state.keep('publishableKey', () => ops.run('issue-publishable-key', '--name', 'demo shop'));
    await holdCeremony(state, ops, join(dataDir, 'root-keys'));
  } finally {
    ops.end();
  }
}

/** The root of the release metadata: three keys, two of which sign. In earnest each lies with another person, off this machine. */
async function holdCeremony(state, ops, folder) {
  const keys = ['first', 'second', 'third'].map((name) => join(folder, `${name}.json`));
  const draft = join(folder, 'draft.json');
  await state.keep('rootKeys', () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return ops.run('tuf-create-key', ...keys);
  });
  await state.keep('root', async () => {
    await ops.run('tuf-draft', '--threshold', '2', '--out', draft, ...keys.map((key) => `${key}.pub`));
    await ops.run('tuf-sign', draft, keys[0], keys[1]);
    return ops.run('tuf-publish', draft);
  });
}

async function writeDemoFile({ dataDir, hubUrl, tenantUrl, stripeUrl }, state, databases, publishableKey) {
  writePrivate(join(dataDir, 'demo.json'), {
    hub_url: hubUrl,
    tenant_url: tenantUrl,
    stripe_url: stripeUrl,
    publishable_key: publishableKey,
    tenant_admin: { email: ADMIN_EMAIL, password: await state.keep('adminPassword') },
    operator: { email: OPERATOR_EMAIL, password: await state.keep('operatorPassword') },
    stripe_secret_key: await state.keep('stripeSecretKey'),
    stripe_webhook_secret: await state.keep('stripeWebhookSecret'),
    database_url: databases.hub,
    tenant_database_url: databases.tenant,
  });
}

async function announce({ dataDir, hubUrl, tenantUrl, stripeUrl }, state, started) {
  process.stdout.write(`
Ready in ${((Date.now() - started) / 1_000).toFixed(1)} s.

  Hub             ${hubUrl}         API: ${hubUrl}/docs
  Shop            ${tenantUrl}         API: ${tenantUrl}/docs
  Stripe sandbox  ${stripeUrl}

  Shop admin      ${ADMIN_EMAIL}  ${await state.keep('adminPassword')}
  Hub operator    ${OPERATOR_EMAIL}  ${await state.keep('operatorPassword')}
  Everything else scripts need is in ${join(dataDir, 'demo.json')}; logs are in ${join(dataDir, 'logs')}.

Try next, in another terminal:
  npm run demo                 buys a paid plugin the way a merchant does and shows it running
  npm run demo -- lifecycle    a subscription: bought, renewed under a test clock, refunded, the plugin off

The marketplace tab of the shop: ${tenantUrl}/marketplace
Ctrl-C stops everything.
`);
}
