import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ListingRequest, readManifest } from '@hansa/contracts';
import { loadPlugin, memoryStorage } from '@hansa/plugin-sdk/testing';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';

const EXAMPLES = fileURLToPath(new URL('../../../examples/plugins', import.meta.url));
const load = async (name: string): Promise<unknown> => import(join(EXAMPLES, name, 'index.js'));
const readJson = (...path: string[]) => JSON.parse(readFileSync(join(EXAMPLES, ...path), 'utf8'));
const today = new Date().toISOString().slice(0, 10);
const daysAfterToday = (days: number) => new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10);

describe.each(readdirSync(EXAMPLES))('%s', (name) => {
  it('has a valid manifest, the same version in package.json, and a listing that fits', () => {
    const verdict = readManifest(readJson(name, 'manifest.json'));
    expect(verdict).toMatchObject({ ok: true });
    const { version, price_eur: price } = readJson(name, 'manifest.json');
    expect(readJson(name, 'package.json')).toMatchObject({ version, private: true, type: 'module' });
    const listing = plainToInstance(ListingRequest, readJson(name, 'listing.json') as object);
    expect(validateSync(listing, { whitelist: true, forbidNonWhitelisted: true })).toEqual([]);
    expect(listing.price_eur).toBe(price);
    expect(listing.license_kind === 'free').toBe(listing.price_eur === 0);
    expect(listing.billing_interval !== undefined).toBe(listing.license_kind === 'subscription');
  });

  it('exports what its manifest promises, and shows a page before anything has happened', async () => {
    const plugin = await loadPlugin(await load(name));
    const { hooks } = readJson(name, 'manifest.json');
    expect([...plugin.hooks].sort()).toEqual(Object.keys(hooks as object).sort());
    const { status, text } = await plugin.get('/');
    expect(status).toBe(200);
    expect(text).toContain('<title>');
    await expect(plugin.health()).resolves.toMatchObject({ ok: true });
  });
});

describe('seo-essentials', () => {
  const GOOD = {
    title: 'Oak dining table for six people',
    description: 'A dining table of solid oak for six people, oiled by hand and delivered in one piece.',
    handle: 'oak-dining-table',
  };

  it('gives a good text all points and a bad one reasons', async () => {
    const plugin = await loadPlugin(await load('seo-essentials'));
    expect((await plugin.post('/check', GOOD)).json).toEqual({ score: 100, findings: [] });
    const { score, findings } = (await plugin.post('/check', { title: 'TABLE', description: '' })).json as {
      score: number;
      findings: { rule: string; lost: number }[];
    };
    expect(score).toBe(100 - findings.reduce((sum, { lost }) => sum + lost, 0));
    expect(findings.map(({ rule }) => rule)).toContain('title-shouting');
  });

  it.each([['[]'], ['"text"'], ['null'], ['{"title":7}']])('refuses %s as a product', async (body) => {
    const plugin = await loadPlugin(await load('seo-essentials'));
    expect((await plugin.request('POST', '/check', { body })).status).toBe(400);
  });

  it('lists changed products weakest first, and forgets deleted ones', async () => {
    const plugin = await loadPlugin(await load('seo-essentials'));
    await plugin.emit('product.created', { id: 'prod_1', ...GOOD });
    await plugin.emit('product.updated', { id: 'prod_2', title: 'X' });
    await plugin.emit('product.updated', { id: 'prod_3', title: 'Y' });
    await plugin.emit('product.deleted', { id: 'prod_3' });
    const { items } = (await plugin.get('/report')).json as { items: { id: string }[] };
    expect(items.map(({ id }) => id)).toEqual(['prod_2', 'prod_1']);
  });

  it('shows hostile titles as text', async () => {
    const plugin = await loadPlugin(await load('seo-essentials'), { brand: '</script><script>alert(1)' });
    await plugin.emit('product.created', { id: 'p', title: '<img src=x onerror=alert(1)>' });
    const { text } = await plugin.get('/');
    expect(text).not.toContain('<img');
    expect(text).not.toContain('</script><script>');
  });

  it('takes its data along when the merchant does not keep it', async () => {
    const plugin = await loadPlugin(await load('seo-essentials'));
    await plugin.emit('product.created', { id: 'p', title: 'T' });
    await plugin.callHook('uninstall', { keepData: true });
    await expect(plugin.storage.list()).resolves.toHaveLength(1);
    await plugin.callHook('uninstall', { keepData: false });
    await expect(plugin.storage.list()).resolves.toEqual([]);
  });
});

describe('invoice-designer', () => {
  const ORDER = {
    customer: { name: 'Ada & Co', address: ['1 Harbour Street'] },
    lines: [
      { description: 'Table', quantity: 2, unit_price_cents: 19_999, tax_percent: 20 },
      { description: 'Book', quantity: 3, unit_price_cents: 333, tax_percent: 5 },
    ],
  };
  const year = today.slice(0, 4);

  it('numbers invoices without gaps under concurrent requests, and goes on after a restart', async () => {
    const storage = memoryStorage();
    const plugin = await loadPlugin(await load('invoice-designer'), {}, { storage });
    const answers = await Promise.all(Array.from({ length: 10 }, () => plugin.post('/invoices', ORDER)));
    const numbers = answers.map(({ json }) => (json as { number: string }).number).sort();
    expect(numbers).toEqual(Array.from({ length: 10 }, (_, i) => `INV-${year}-${String(i + 1).padStart(5, '0')}`));
    const again = await loadPlugin(await load('invoice-designer'), {}, { storage });
    expect((await again.post('/invoices', ORDER)).json).toMatchObject({ number: `INV-${year}-00011` });
  });

  it('sums to the cent, with tax rounded once a rate', async () => {
    const plugin = await loadPlugin(await load('invoice-designer'));
    // 39998 + 999 net; 20 % of 39998 = 7999.6, 5 % of 999 = 49.95
    expect((await plugin.post('/invoices', ORDER)).json).toMatchObject({ total_cents: 39_998 + 999 + 8_000 + 50 });
  });

  it('makes one invoice of an order that is told twice', async () => {
    const plugin = await loadPlugin(await load('invoice-designer'));
    await plugin.emit('order.placed', { id: 'order_1', ...ORDER });
    await plugin.emit('order.placed', { id: 'order_1', ...ORDER });
    await expect(plugin.storage.list('invoice/')).resolves.toHaveLength(1);
  });

  it('never writes over an invoice whose counter was lost', async () => {
    const storage = memoryStorage();
    const plugin = await loadPlugin(await load('invoice-designer'), {}, { storage });
    await plugin.post('/invoices', ORDER);
    await storage.delete(`sequence/${year}`);
    expect((await plugin.post('/invoices', ORDER)).json).toMatchObject({ number: `INV-${year}-00002` });
  });

  it('renders HTML and SVG with every text escaped', async () => {
    const plugin = await loadPlugin(await load('invoice-designer'), { company: '<b>Shop</b>', accent: 'red;}' });
    const { number } = (await plugin.post('/invoices', ORDER)).json as { number: string };
    const html = (await plugin.get(`/invoices/${number}`)).text;
    expect(html).toContain('Ada &amp; Co');
    expect(html).not.toContain('<b>Shop');
    expect(html).not.toContain('red;}');
    const svg = await plugin.get(`/invoices/${number}/svg`);
    expect(svg.headers['content-type']).toBe('image/svg+xml');
    expect(svg.text).toMatch(/^<svg .*Ada &amp; Co.*<\/svg>$/s);
  });

  it('names every field of an invoice that is not complete, and takes no number for it', async () => {
    const plugin = await loadPlugin(await load('invoice-designer'));
    const { status, json } = await plugin.post('/invoices', { lines: [{ quantity: 0.5, unit_price_cents: '1' }] });
    expect(status).toBe(400);
    expect((json as { details: { path: string }[] }).details.map(({ path }) => path)).toEqual([
      'customer.name',
      'lines.0.description',
      'lines.0.quantity',
      'lines.0.unit_price_cents',
    ]);
    await expect(plugin.storage.list()).resolves.toEqual([]);
    expect((await plugin.get('/invoices/INV-2000-00001')).status).toBe(404);
    expect((await plugin.get('/invoices/..%2F..')).status).toBe(404);
  });
});

describe('restock-radar', () => {
  const SETTINGS = { lead_time_days: 5, safety_days: 2, window_days: 28 };

  it('counts orders once and says when to reorder', async () => {
    const plugin = await loadPlugin(await load('restock-radar'), SETTINGS);
    await plugin.emit('product.created', { id: 'prod_1', title: 'Table', stock: 100 });
    const order = { id: 'order_1', items: [{ product_id: 'prod_1', quantity: 28 }] };
    await plugin.emit('order.placed', order);
    await plugin.emit('order.placed', order);
    const { items } = (await plugin.get('/forecast')).json as { items: { per_day: number }[] };
    expect(items).toEqual([
      expect.objectContaining({ id: 'prod_1', title: 'Table', stock: 72, urgency: expect.any(String) }),
    ]);
    expect(items[0]?.per_day).toBeGreaterThan(1); // today weighs more than the days before
  });

  it.each([
    ['is sold out', 0, {}, { urgency: 'now', reorder_by: today, runs_out_on: today }],
    ['does not sell', 10, {}, { urgency: 'fine', reorder_by: null, runs_out_on: null }],
    ['runs out within the delivery time', 5, { [today]: 28 }, { urgency: 'now', reorder_by: today }],
    ['has no known stock', null, { [today]: 1 }, { urgency: 'unknown', reorder_by: null }],
  ])('judges a product that %s', async (_what, stock, sales, expected) => {
    const { forecast } = (await import(join(EXAMPLES, 'restock-radar', 'forecast.js'))) as {
      forecast: (product: object, settings: object, today: string) => unknown;
    };
    expect(forecast({ id: 'p', title: 'P', stock, sales }, SETTINGS, today)).toMatchObject(expected);
  });

  it('forecasts the day from steady sales', async () => {
    const { forecast } = (await import(join(EXAMPLES, 'restock-radar', 'forecast.js'))) as {
      forecast: (product: object, settings: object, today: string) => unknown;
    };
    const sales = Object.fromEntries(Array.from({ length: 28 }, (_, i) => [daysAfterToday(-i), 2]));
    expect(forecast({ id: 'p', title: 'P', stock: 41, sales }, SETTINGS, today)).toMatchObject({
      per_day: 2,
      runs_out_on: daysAfterToday(20),
      reorder_by: daysAfterToday(13),
      urgency: 'fine',
    });
  });

  it('ignores events of another shape', async () => {
    const plugin = await loadPlugin(await load('restock-radar'));
    for (const payload of [
      null,
      7,
      {},
      { id: '../x', items: [] },
      { id: 'o', items: [{ product_id: 'p', quantity: 'x' }] },
    ])
      await plugin.emit('order.placed', payload as never);
    await plugin.emit('product.updated', null);
    await expect(plugin.storage.list('product/')).resolves.toEqual([]);
  });
});

describe('loyalty-points', () => {
  const CONFIG = { earn_rate: 2, voucher_secret: 'a secret of sixteen', partner_api_key: 'partner-key-0123456' };
  const placed = { id: 'order_1', customer_id: 'cus_1', total_cents: 10_050 };
  const start = async () => loadPlugin(await load('loyalty-points'), CONFIG);

  it('books an order once, and takes its points back when it is canceled', async () => {
    const plugin = await start();
    await plugin.emit('order.placed', placed);
    await plugin.emit('order.placed', placed);
    expect((await plugin.get('/customers/cus_1')).json).toMatchObject({ balance: 201 });
    await plugin.emit('order.canceled', placed);
    await plugin.emit('order.canceled', placed);
    expect((await plugin.get('/customers/cus_1')).json).toMatchObject({ balance: 0 });
  });

  it('gives one voucher for one reference, and never more points than there are', async () => {
    const plugin = await start();
    await plugin.emit('order.placed', placed);
    const redeem = { customer: 'cus_1', points: 150, reference: 'cart_1' };
    const [first, second] = await Promise.all([plugin.post('/redeem', redeem), plugin.post('/redeem', redeem)]);
    expect([first.status, second.status].sort()).toEqual([200, 201]);
    expect(first.json).toEqual(second.json);
    expect(first.json).toMatchObject({ value_cents: 150, balance: 51 });
    expect(await plugin.post('/redeem', { ...redeem, reference: 'cart_2' })).toMatchObject({ status: 409 });
  });

  it('makes other codes with another secret', async () => {
    const codes = [];
    for (const secret of ['a secret of sixteen', 'another secret of it']) {
      const plugin = await loadPlugin(await load('loyalty-points'), { ...CONFIG, voucher_secret: secret });
      await plugin.emit('order.placed', placed);
      codes.push(
        ((await plugin.post('/redeem', { customer: 'cus_1', points: 100, reference: 'r' })).json as { code: string })
          .code,
      );
    }
    expect(new Set(codes).size).toBe(2);
  });

  it('takes credits from partners with the key only', async () => {
    const plugin = await start();
    const credit = { customer: 'cus_2', points: 40, reference: 'p1' };
    for (const key of [undefined, '', 'partner-key-0123457', 7]) {
      expect((await plugin.post('/partner/credit', { ...credit, api_key: key })).status).toBe(401);
    }
    expect((await plugin.post('/partner/credit', { ...credit, api_key: CONFIG.partner_api_key })).json).toEqual({
      balance: 40,
    });
    const without = await loadPlugin(await load('loyalty-points'));
    expect((await without.post('/partner/credit', { ...credit, api_key: '' })).status).toBe(401);
  });

  it('keeps a balance explained when an account grows long', async () => {
    const { book } = (await import(join(EXAMPLES, 'loyalty-points', 'ledger.js'))) as {
      book: (account: Account, entry: object) => { account: Account };
    };
    interface Account {
      balance: number;
      entries: { points: number }[];
    }
    let account: Account = { balance: 0, entries: [] };
    for (let i = 0; i < 300; i++)
      account = book(account, { at: today, kind: 'earn', points: i, reference: `o${i}` }).account;
    expect(account.entries).toHaveLength(200);
    expect(account.entries.reduce((sum, { points }) => sum + points, 0)).toBe(account.balance);
  });

  it('ships migrations in pairs that name no schema', () => {
    const files = readdirSync(join(EXAMPLES, 'loyalty-points', 'migrations')).sort();
    const steps = [...new Set(files.map((file) => file.replace(/\.(up|down)\.sql$/, '')))];
    expect(files).toEqual(steps.flatMap((step) => [`${step}.down.sql`, `${step}.up.sql`]));
    for (const file of files) {
      const sql = readFileSync(join(EXAMPLES, 'loyalty-points', 'migrations', file), 'utf8');
      expect(sql).not.toMatch(/\bschema\s+\w|\b(public|pg_catalog)\.|search_path/i);
    }
  });
});

it('every example shares one look', () => {
  const digests = readdirSync(EXAMPLES).map((name) =>
    createHash('sha256')
      .update(readFileSync(join(EXAMPLES, name, 'page.js')))
      .digest('hex'),
  );
  expect(new Set(digests).size).toBe(1);
});
