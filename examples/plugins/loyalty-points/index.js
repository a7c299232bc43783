import { createHash, timingSafeEqual } from 'node:crypto';
import { book, pointsFor, voucherCode } from './ledger.js';
import { escape, page } from './page.js';

const ACCOUNT = 'customer/';
const DEFAULTS = { earn_rate: 1, point_value_cents: 1, minimum_redeem: 100, rounding: 'down' };

/** @param {import('@hansa/plugin-sdk').RegisterContext} context */
export async function register({ medusa, config }) {
  const { events, routes, storage } = medusa;
  const settings = { ...DEFAULTS, ...config };

  routes.get('/', async () => ({ html: showPage(await accounts(), settings) }));
  routes.get('/customers/:id', async ({ params }) => {
    const account = isId(params.id) ? await storage.get(ACCOUNT + params.id) : undefined;
    return account
      ? { json: account }
      : problem(404, 'not_found', 'CUSTOMER_UNKNOWN', 'This customer has no points yet.');
  });
  routes.post('/redeem', async (request) => {
    const { customer, points, reference } = members(request.json());
    if (!isId(customer) || !isId(reference) || !isPoints(points)) return invalid();
    if (points < settings.minimum_redeem)
      return problem(409, 'conflict', 'BELOW_MINIMUM', `At least ${settings.minimum_redeem} points can be redeemed.`);
    if (!settings.voucher_secret)
      return problem(503, 'unavailable', 'VOUCHER_SECRET_MISSING', 'Set the secret for voucher codes first.');
    const outcome = await enter(customer, 'redeem', -points, reference);
    if (outcome.refused) return problem(409, 'conflict', outcome.refused, 'The customer has fewer points.');
    const spent = outcome.account.entries.find((entry) => entry.kind === 'redeem' && entry.reference === reference);
    const value = -spent.points * settings.point_value_cents;
    return {
      status: outcome.added ? 201 : 200,
      json: {
        code: voucherCode(settings.voucher_secret, customer, reference),
        value_cents: value,
        balance: outcome.account.balance,
      },
    };
  });
  routes.post('/partner/credit', async (request) => {
    const { api_key: key, customer, points, reference } = members(request.json());
    if (!settings.partner_api_key || !isSame(key, settings.partner_api_key))
      return problem(401, 'unauthorized', 'API_KEY_REFUSED', 'This key is not valid.');
    if (!isId(customer) || !isId(reference) || !isPoints(points)) return invalid();
    const { added, account } = await enter(customer, 'partner', points, reference);
    return { status: added ? 201 : 200, json: { balance: account.balance } };
  });

  events.on('order.placed', async (order) => {
    const { id, customer_id: customer, total_cents: total } = members(order);
    if (!isId(id) || !isId(customer) || !Number.isInteger(total) || total <= 0) return;
    const points = pointsFor(total, settings);
    if (points > 0) await enter(customer, 'earn', points, id);
  });
  events.on('order.canceled', async (order) => {
    const { id, customer_id: customer } = members(order);
    if (!isId(id) || !isId(customer)) return;
    const account = await storage.get(ACCOUNT + customer);
    const earned = account?.entries.find((entry) => entry.kind === 'earn' && entry.reference === id);
    if (earned) await enter(customer, 'take_back', -earned.points, id);
  });

  /** Books an entry; entries of one customer are booked one after another, so no balance is overdrawn. */
  async function enter(customer, kind, points, reference) {
    let outcome;
    await storage.update(ACCOUNT + customer, (known) => {
      const account = known ?? { customer, balance: 0, entries: [] };
      outcome = book(account, { at: new Date().toISOString(), kind, points, reference });
      return outcome.account;
    });
    return outcome;
  }

  async function accounts() {
    return (await storage.list(ACCOUNT)).map(({ value }) => value);
  }
}

/** @param {import('@hansa/plugin-sdk').HookContext} context */
export async function install({ medusa }) {
  await medusa.storage.update('installed', (known) => known ?? { version: medusa.plugin.version });
}

/** @param {import('@hansa/plugin-sdk').HookContext} context */
export async function upgrade({ medusa }) {
  await medusa.storage.set('installed', { version: medusa.plugin.version });
}

/** @param {import('@hansa/plugin-sdk').RegisterContext} context */
export async function health({ config }) {
  return config.voucher_secret
    ? { ok: true }
    : { ok: true, message: 'Vouchers need a secret: set one in the settings.' };
}

/** Digests first: the comparison then takes the same time for keys of any length. */
function isSame(given, expected) {
  if (typeof given !== 'string') return false;
  const digest = (text) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function members(value) {
  return typeof value === 'object' && value !== null ? value : {};
}

function isId(value) {
  return typeof value === 'string' && /^[\w.:-]{1,100}$/.test(value);
}

function isPoints(value) {
  return Number.isInteger(value) && value > 0 && value <= 10_000_000;
}

function problem(status, type, code, message) {
  return { status, json: { type, message, code } };
}

function invalid() {
  return problem(
    400,
    'invalid_data',
    'REQUEST_INVALID',
    'Send customer, points (a whole number above 0) and reference.',
  );
}

function showPage(accounts, settings) {
  const best = [...accounts].sort((a, b) => b.balance - a.balance);
  const open = accounts.reduce((sum, { balance }) => sum + Math.max(balance, 0), 0);
  const worth = ((open * settings.point_value_cents) / 100).toFixed(2);
  const rows = best.slice(0, 100).map(({ customer, balance, entries }) => {
    const last = entries.at(-1);
    return `<tr><td>${escape(customer)}</td><td class="number">${balance}</td><td>${escape(last?.at.slice(0, 10))}</td></tr>`;
  });
  const body = `
<div class="grid">
  <div class="card"><span class="figure">${accounts.length}</span>customers</div>
  <div class="card"><span class="figure">${open}</span>open points</div>
  <div class="card"><span class="figure">${worth}</span>worth of open points</div>
</div>
<section class="card"><h2>Customers by balance</h2>
${rows.length === 0 ? '<p class="soft">The next order earns the first points.</p>' : `<table><thead><tr><th>Customer</th><th class="number">Points</th><th>Last entry</th></tr></thead><tbody>${rows.join('')}</tbody></table>`}
</section>
<p class="soft">${escape(settings.earn_rate)} points for each full unit of currency; ${escape(settings.minimum_redeem)} points or more become a voucher.${settings.voucher_secret ? '' : ' <strong class="bad">Set a voucher secret in the settings.</strong>'}</p>`;
  return page({
    title: 'Loyalty Points',
    lead: 'Who earned what, and what it is worth.',
    accent: ['#7a3fb0', '#cfa3ff'],
    body,
  });
}
