/**
 * Receives the webhooks of a shop and opens, or closes, Composer packages on the hub. README.md lists the settings.
 *
 * The shop is answered 200 only when the hub has done its part, so that whatever goes wrong is sent again by the shop.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { ADAPTERS } from './adapters.mjs';
import { Hub } from './hub.mjs';

const MAX_BODY = 1024 * 1024;
const YEAR = 365 * 24 * 3_600;

const {
  HUB_URL,
  HUB_TOKEN,
  SHOP = 'plain',
  SHOP_SECRET,
  PRODUCTS = 'products.json',
  MAIL_DIR = '.',
  PORT = '8090',
} = process.env;
for (const [name, value] of Object.entries({ HUB_URL, HUB_TOKEN, SHOP_SECRET })) {
  if (!value) fail(`Set ${name}.`);
}
const adapter = ADAPTERS[SHOP] ?? fail(`SHOP is one of ${Object.keys(ADAPTERS).join(', ')}.`);
const hub = new Hub({ url: HUB_URL, token: HUB_TOKEN });
const products = JSON.parse(readFileSync(PRODUCTS, 'utf8'));

const server = createServer((request, response) => {
  receive(request)
    .then(({ status, body }) => answer(response, status, body))
    .catch((error) => {
      process.stderr.write(`${error.message}\n`);
      answer(response, 502, { error: 'try again' });
    });
});
server.listen(Number(PORT), '127.0.0.1', () => process.stdout.write(`listening on ${server.address().port}\n`));

async function receive(request) {
  if (request.method !== 'POST') return { status: 405, body: { error: 'POST only' } };
  const body = await readBody(request);
  if (!body) return { status: 413, body: { error: 'too large' } };
  if (!adapter.prove(request.headers, body, SHOP_SECRET)) return { status: 401, body: { error: 'signature' } };
  let event;
  try {
    event = adapter.read(request.headers, body.toString());
  } catch {
    return { status: 400, body: { error: 'payload' } };
  }
  if (event?.kind === 'paid') await open(event);
  if (event?.kind === 'ended') await hub.close(event.orderId);
  return { status: 200, body: adapter.accepted };
}

async function open({ orderId, orderedAt, customerId, email, skus }) {
  const prefixes = [...new Set(skus.flatMap((sku) => products[sku] ?? []))];
  if (prefixes.length === 0) return; // nothing of this order is installed with Composer
  const { token } = await hub.open({
    orderId,
    customerId,
    email,
    prefixes,
    expiresAt: orderedAt + YEAR,
    requestsAnHour: 1_000,
  });
  if (token) tell(orderId, email, token);
}

/** Replace this by your mailer. The same order writes the same file. */
function tell(orderId, email, token) {
  const { host } = new URL(HUB_URL);
  const lines = [
    `To: ${email}`,
    'Subject: Your extensions',
    '',
    `composer config --auth http-basic.${host} token ${token}`,
    '',
  ];
  writeFileSync(join(MAIL_DIR, `order-${orderId.replace(/[^\w-]/g, '_')}.txt`), lines.join('\n'), { mode: 0o600 });
}

async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function answer(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}
