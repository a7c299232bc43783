/** `npm run demo`: buys a paid plugin from a running `npm start` the way a merchant does, and shows it running. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from './prepare.mjs';
import { readSettings } from './demo/settings.mjs';

const CARD = {
  card_number: '4242424242424242',
  card_expiry: '12 / 34',
  card_cvc: '123',
  cardholder_name: 'Ada Merchant',
};
const CUSTOMER = 'merchant@shop.test';
const PATIENCE_MS = 60_000;

const { dataDir } = readSettings();
const demo = readDemoFile(join(dataDir, 'demo.json'));
const started = Date.now();
let last = started;

/** Prints what happened and how long it took since the step before. */
function tell(what) {
  const now = Date.now();
  process.stdout.write(`  ${String(now - last).padStart(6)} ms  ${what}\n`);
  last = now;
}

try {
  await buy();
} catch (error) {
  fail(
    error.cause?.code === 'ECONNREFUSED'
      ? 'Nothing answers. Is `npm start` running with the same ports and DATA_DIR?'
      : error.message,
  );
}

async function buy() {
  process.stdout.write('A merchant buys a plugin\n');
  const { token } = await shop('POST', '/auth/user/emailpass', demo.tenant_admin);
  tell(`signed in to the shop as ${demo.tenant_admin.email}`);

  const { products } = await shop('GET', '/admin/marketplace/feed?price=paid&per_page=100', undefined, token);
  const { items: installed } = await shop('GET', '/admin/plugins', undefined, token);
  const owned = new Set(installed.map((plugin) => plugin.marketplace_id));
  const wanted = products
    .filter(({ license_kind: kind }) => kind === 'one_time')
    .find(({ marketplace_id: id }) => !owned.has(id));
  if (!wanted)
    return showInstalled(
      products.find(({ marketplace_id: id }) => owned.has(id)),
      token,
    );
  tell(`found ${wanted.name} ${wanted.version} for EUR ${wanted.price_eur} among ${products.length} paid plugins`);

  const refused = await fetch(
    `${demo.tenant_url}/admin/plugins/install`,
    request('POST', { marketplace_id: wanted.marketplace_id }, token),
  );
  tell(`asked to install it: ${refused.status} ${(await refused.json()).code}`);

  const order = { marketplace_id: wanted.marketplace_id, version: wanted.version, customer_email: CUSTOMER };
  const session = await shop('POST', '/admin/marketplace/checkout', order, token);
  tell(`checkout session ${session.session_id}`);

  await payOnHostedPage(session.url);
  tell('paid with card 4242 4242 4242 4242 on the hosted page');

  const plugin = await until('the plugin runs', async () => {
    const { items } = await shop('GET', '/admin/plugins', undefined, token);
    return items.find((item) => item.marketplace_id === wanted.marketplace_id && item.state === 'running');
  });
  tell(`${plugin.name} ${plugin.version} is installed: Stripe event → license → signed webhook → verified → running`);
  await showInstalled(wanted, token);
  process.stdout.write(`Done in ${((Date.now() - started) / 1_000).toFixed(1)} s.\n`);
}

async function showInstalled(product, token) {
  const { id } = product.manifest;
  const response = await fetch(`${demo.tenant_url}/plugins/${id}/`, request('GET', undefined, token));
  const page = await response.text();
  if (!response.ok) throw new Error(`the plugin answered ${response.status}: ${page}`);
  tell(
    `GET /plugins/${id}/ answers ${response.status}, ${page.length} characters: “${/<title>(.*?)<\/title>/s.exec(page)?.[1] ?? page.slice(0, 60)}”`,
  );
}

/** Fills in the sandbox's plain HTML form, as a browser would. */
async function payOnHostedPage(url) {
  const page = await fetch(url);
  const html = await page.text();
  const form = new URLSearchParams();
  for (const [input] of html.matchAll(/<input\b[^>]*>/g)) {
    const name = /\bname="([^"]*)"/.exec(input)?.[1];
    const unchecked = /type="radio"/.test(input) && !/\bchecked\b/.test(input);
    if (name && !unchecked) form.append(name, /\bvalue="([^"]*)"/.exec(input)?.[1] ?? '');
  }
  for (const [name, value] of Object.entries(CARD)) form.set(name, value);
  if (!form.get('email')) form.set('email', CUSTOMER);
  const action = new URL(/<form[^>]*\baction="([^"]*)"/.exec(html)?.[1] ?? '', page.url);
  const paid = await fetch(action, { method: 'POST', body: form, redirect: 'manual' });
  if (paid.status !== 303)
    throw new Error(`the hosted page answered ${paid.status}: ${(await paid.text()).slice(0, 300)}`);
}

async function shop(method, path, body, token) {
  const response = await fetch(`${demo.tenant_url}${path}`, request(method, body, token));
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

function request(method, body, token) {
  const headers = {
    ...(body ? { 'content-type': 'application/json' } : {}),
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  };
  return { method, headers, body: body ? JSON.stringify(body) : undefined };
}

async function until(what, read) {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
    const value = await read();
    if (value) return value;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${what}: not within ${PATIENCE_MS / 1_000} s`);
}

function readDemoFile(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return fail(`${file} is not there. Run npm start first, with the same DATA_DIR.`);
  }
}
