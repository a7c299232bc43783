import { get } from 'node:http';
import pg from 'pg';
import { compareWithRaw } from './lib/load.mjs';

const SERVERS = 50;
const ITEMS = 1_000;
/** The shortest interval cPanel keeps: every five minutes in the first hour. */
const INTERVAL_SECONDS = 300;
const MOST_PERCENT = 2;
/** Rounds over all items: the first warms up. */
const ROUNDS = 3;

/**
 * What polling costs: 50 cPanel servers ask for 1,000 certificates that are being validated, each every five minutes over a
 * connection of its own. The CPU time of the hub and its database for a poll, less what they use idling, at that rate, in percent of
 * one core. And the product list, answered from memory.
 */
export async function run({ hub, seconds }) {
  const clients = await fillMarket(hub.databaseUrl);
  await pollAll(hub.url, clients);
  const idle = await cpuOf(hub, () => new Promise((done) => setTimeout(done, seconds * 1_000)));
  const idleRate = idle.cpu / idle.wall;
  const busy = await cpuOf(hub, async () => {
    for (let round = 1; round < ROUNDS; round += 1) await pollAll(hub.url, clients);
  });
  const eachPoll = (busy.cpu - idleRate * busy.wall) / (ITEMS * (ROUNDS - 1));
  const percent = eachPoll * (ITEMS / INTERVAL_SECONDS) * 100;
  const target = { url: `${hub.url}/api/market/v1/products?client_id=${clients[0].id}` };
  const unit = '%';
  return [
    {
      name: '1,000 items polled by 50 servers',
      base: idleRate * 100,
      own: percent,
      ratio: percent,
      atMost: MOST_PERCENT,
      unit,
    },
    { name: 'market products ÷ raw node:http', bar: 0.5, ...(await compareWithRaw(target, seconds)) },
  ];
}

/** CPU time of hub and database, and wall time, while `work` went on, in seconds. */
async function cpuOf(hub, work) {
  const [before, begun] = [hub.cpuSeconds(), performance.now()];
  await work();
  return { cpu: hub.cpuSeconds() - before, wall: (performance.now() - begun) / 1_000 };
}

/** Every server asks for every item of its own, by turns. */
async function pollAll(url, clients) {
  for (let item = 0; item < ITEMS / SERVERS; item += 1) {
    for (const { id, items } of clients) {
      const { status, body } = await ask(`${url}/api/market/v1/order-items/${items[item]}/certificate?client_id=${id}`);
      if (status !== 200 || JSON.parse(body).certificate_pem !== null) throw new Error(`polling answered ${status}`);
    }
  }
}

/** One request on a connection of its own. */
function ask(url) {
  return new Promise((done, fail) => {
    get(url, { agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => (body += text));
      response.on('end', () => done({ status: response.statusCode, body }));
    }).on('error', fail);
  });
}

/** 50 servers with 20 orders of one certificate each, paid for and being validated. */
async function fillMarket(databaseUrl) {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const each = ITEMS / SERVERS;
  const account = '00000000-0000-4000-8000-000000000001';
  await client.query(
    `INSERT INTO merchant_accounts (id, store, email, email_generated, created_at) VALUES ($1, 'bench', 'a@b.test', false, now())`,
    [account],
  );
  const [{ id: packageId }] = (await client.query('SELECT id FROM packages LIMIT 1')).rows;
  const [{ id: product }] = (
    await client.query(
      `INSERT INTO market_products (package_id, kind, created_at) VALUES ($1, 'certificate', now()) RETURNING id`,
      [packageId],
    )
  ).rows;
  const clients = Array.from({ length: SERVERS }, (_, server) => ({
    id: `mcl_${String(server).padStart(26, '0')}`,
    items: Array.from({ length: each }, (_, item) => `oi_${(server * each + item).toString(16).padStart(32, '0')}`),
  }));
  for (const { id, items } of clients) {
    await client.query(
      `INSERT INTO market_clients (id, name, origins, created_at) VALUES ($1, 'Server', '{https://s.test:2083}', now())`,
      [id],
    );
    const [order] = (
      await client.query(
        `INSERT INTO market_orders (client_id, account_id, customer_email, quoted_minor, created_at)
         VALUES ($1, $2, 'a@b.test', 1250, now()) RETURNING id`,
        [id, account],
      )
    ).rows;
    for (const [position, item] of items.entries()) {
      await client.query(
        `INSERT INTO market_order_items (id, market_order_id, position, product_id, names, quoted_minor) VALUES ($1, $2, $3, $4, 1, 1250)`,
        [item, order.id, position, product],
      );
      await client.query(
        `INSERT INTO certificate_orders (id, csr_pem, state, created_at, paid_at, due_at) VALUES ($1, '', 'awaiting_validation', now(), now(), now() + interval '6 days')`,
        [item],
      );
      await client.query(`INSERT INTO certificate_names (order_id, name) VALUES ($1, 'a.test')`, [item]);
    }
  }
  await client.query(`UPDATE catalog_revision SET revision = revision + 1`);
  await client.query(`SELECT pg_notify('catalog', '')`);
  await client.end();
  return clients;
}
