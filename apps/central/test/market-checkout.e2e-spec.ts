import { addPrice, type Package } from '#catalog';
import { Order, Purchase } from '#checkout';
import { centralConfigForTests } from '#config';
import { MoneyCheck, StripeFees } from '#earnings';
import { License } from '#licenses';
import { MarketClients, MarketOrder, MarketProducts, type MarketClient } from '#market';
import {
  aMarketClient,
  aMarketProduct,
  asMarket,
  asMerchant,
  callMarket,
  doJobs,
  eventually,
  fixedClock,
  payOnPage,
  relayStripeEvents,
  SERVER_ORIGIN,
  startStripeSandbox,
  startTestHub,
  type FixedClock,
  type StripeSandbox,
  type TestHub,
} from '#test';
import { SweepMarket } from '../src/market/sweep-market.job.js';

const RETURN = `${SERVER_ORIGIN}/cpsess0123456789/frontend/jupiter/market/?state=a%20b#/purchase/Hansa/checkout`;

describe('paying for a cart that was filled in cPanel', () => {
  let sandbox: StripeSandbox;
  let hub: TestHub;
  let clock: FixedClock;
  let client: MarketClient;
  let products: { id: string; package: Package }[];
  let cookie: string;
  let bearer: { authorization: string };

  beforeEach(async () => {
    sandbox = await startStripeSandbox();
    const stripe = { ...centralConfigForTests().stripe, apiBase: sandbox.url };
    // Stripe's page lives by the sandbox's own clock; jobs are due by the hub's.
    clock = fixedClock(new Date(Date.now() + 600_000).toISOString());
    hub = await startTestHub({ clock, config: { stripe } });
    client = await aMarketClient(hub);
    products = [
      await aMarketProduct(hub, { marketplaceId: '@acme/first', name: 'First' }),
      await aMarketProduct(hub, { marketplaceId: '@acme/second', name: 'Second', priceMinor: 999 }),
    ];
    cookie = await asMerchant(hub);
    bearer = await asMarket(hub, client);
  });
  afterEach(async () => {
    await hub.close();
    await sandbox.close();
  });

  const db = () => hub.database.dataSource.manager;
  async function place(change: object = {}): Promise<string> {
    const items = products.map(({ id: product_id }) => ({ product_id }));
    const body = { items, url_after_checkout: RETURN, ...change };
    const { json } = await callMarket(hub, 'POST', '/orders', { body, headers: bearer });
    return json.order_id!;
  }
  const visit = (path: string, as = cookie) =>
    fetch(`${hub.url}/market/checkout/${path}`, { headers: { cookie: as }, redirect: 'manual' });
  const locationOf = async (path: string, as = cookie) => (await visit(path, as)).headers.get('location');
  const sessions = async () => (await sandbox.stripe.checkout.sessions.list()).data;
  const setPrice = (place: number, amountMinor: number) =>
    hub.database.dataSource.transaction((tx) => {
      const at = clock.now();
      const terms = {
        licenseKind: 'one_time',
        amountMinor,
        currency: 'EUR',
        billingInterval: null,
        trialDays: null,
      } as const;
      return addPrice(tx, products[place]!.package.id, terms, { validFrom: at, at });
    });

  it('leads to one page of Stripe’s, however often it is opened, and brings a license for each item', async () => {
    const id = await place();
    const pages = await Promise.all([1, 2, 3].map(() => locationOf(id)));
    expect(new Set(pages).size).toBe(1);
    expect(await locationOf(id)).toBe(pages[0]);
    expect(await sessions()).toHaveLength(1);
    expect(await payOnPage(pages[0]!)).toBe(`${hub.ground.config.hubUrl}/market/checkout/${id}/return?outcome=success`);
    await relayStripeEvents(hub, sandbox);
    const licenses = await db().find(License);
    expect(licenses.map(({ packageId }) => packageId).sort()).toEqual(
      products.map(({ package: item }) => item.id).sort(),
    );
    expect(licenses.map(({ customerEmail, instanceId }) => [customerEmail, instanceId])).toEqual([
      ['buyer@shop.example', null],
      ['buyer@shop.example', null],
    ]);
    await hub.app.get(StripeFees, { strict: false }).record(new Date(0));
    expect((await hub.app.get(MoneyCheck, { strict: false }).run()).differences).toEqual([]);
  });

  it('leads back with the order and its status before #, and changes nothing by it', async () => {
    const id = await place();
    await locationOf(id);
    const back = (status: string) => RETURN.replace('#', `&order_id=${id}&order_status=${status}#`);
    expect(await locationOf(`${id}/return?outcome=cancelled`)).toBe(back('cancelled'));
    expect(await locationOf(`${id}/return?outcome=success`)).toBe(back('success'));
    expect((await db().find(Order)).map(({ status }) => status)).toEqual(['open', 'open']);
    await db().query(`UPDATE orders SET status = 'failed'`);
    expect(await locationOf(`${id}/return?outcome=success`)).toBe(back('error'));
  });

  it('leads back at once when it is paid, and cannot be changed any more', async () => {
    const id = await place();
    await payOnPage((await locationOf(id))!);
    await relayStripeEvents(hub, sandbox);
    expect(await locationOf(id)).toContain(`order_id=${id}&order_status=success#`);
    expect(await sessions()).toHaveLength(1);
    const answer = await callMarket(hub, 'PUT', `/orders/${id}/url-after-checkout`, {
      body: { url: RETURN },
      headers: bearer,
    });
    expect([answer.status, answer.json.error?.code]).toEqual([409, 'ORDER_PAID']);
  });

  it('shows a price that has changed before anything can be paid at it', async () => {
    const id = await place();
    await setPrice(0, 5_900);
    const page = await visit(id);
    expect(page.status).toBe(200);
    const text = await page.text();
    expect(text).toContain('<del>EUR 49.00</del> EUR 59.00');
    expect(text).toContain('Pay EUR 68.99');
    expect(text).toContain(`href="/market/checkout/${id}?total=6899"`);
    expect(await sessions()).toEqual([]);
    expect(await locationOf(`${id}?total=5899`)).toBeNull();
    expect(await locationOf(`${id}?total=6899`)).toContain('/c/pay/');
    expect((await sessions()).map(({ amount_total }) => amount_total)).toEqual([6_899]);
  });

  it('closes the page of an older price before it opens another', async () => {
    const id = await place();
    const old = (await locationOf(id))!;
    await setPrice(1, 1_000);
    expect(await (await visit(id)).text()).toContain('EUR 59');
    const fresh = (await locationOf(`${id}?total=5900`))!;
    expect(fresh).not.toBe(old);
    await expect(payOnPage(old)).rejects.toThrow('410');
    await payOnPage(fresh);
    await relayStripeEvents(hub, sandbox);
    expect((await db().find(Order)).map(({ status }) => status).sort()).toEqual(['expired', 'expired', 'paid', 'paid']);
    expect(await db().count(License)).toBe(2);
  });

  it('opens no second page when the first was paid just before the price changed', async () => {
    const id = await place();
    await payOnPage((await locationOf(id))!);
    await setPrice(1, 1_000);
    expect(await locationOf(`${id}?total=5900`)).toContain('order_status=success');
    expect(await db().count(Purchase)).toBe(1);
  });

  it('opens another page when the last one has expired', async () => {
    const id = await place();
    await locationOf(id);
    const [session] = await sessions();
    await sandbox.stripe.checkout.sessions.expire(session!.id);
    await relayStripeEvents(hub, sandbox);
    expect(await locationOf(id)).toContain('/c/pay/');
    expect(await db().count(Purchase)).toBe(2);
  });

  it('opens another page when the last one is about to close', async () => {
    const id = await place();
    const old = (await locationOf(id))!;
    const soon = new Date(clock.now().getTime() + 30 * 60_000);
    await db().query('UPDATE purchases SET expires_at = $1', [soon]);
    const fresh = await locationOf(id);
    expect([fresh?.includes('/c/pay/'), fresh === old]).toEqual([true, false]);
    await expect(payOnPage(old)).rejects.toThrow('410');
  });

  it('is over when the payment has failed', async () => {
    const id = await place();
    await locationOf(id);
    await db().query(`UPDATE orders SET status = 'failed'`);
    expect((await visit(id)).status).toBe(410);
    expect(await sessions()).toHaveLength(1);
  });

  it('is refused with a product that was taken off sale', async () => {
    const id = await place();
    await hub.app.get(MarketProducts, { strict: false }).change(products[1]!.id, { enabled: false }, 'test');
    const page = await visit(id);
    expect([page.status, await page.text()]).toEqual([409, expect.stringContaining('Second')]);
    expect(await sessions()).toEqual([]);
  });

  it('is for the owner of the order alone', async () => {
    const id = await place();
    const stranger = await asMerchant(hub, 'other@shop.example');
    for (const path of [id, '999999', 'x', `${id}/return?outcome=success`]) {
      const page = await visit(path, path === id || path.includes('return') ? stranger : cookie);
      expect([page.status, page.headers.get('location')]).toEqual([404, null]);
    }
    const anonymous = await visit(id, '');
    expect(await anonymous.text()).toContain('action="/market/sign-in"');
    expect(anonymous.headers.getSetCookie()[0]).toContain('hansa-onward=');
    expect(await sessions()).toEqual([]);
  });

  it('checks the address again before it sends anybody there', async () => {
    const id = await place();
    const clients = hub.app.get(MarketClients, { strict: false });
    await clients.change(client.id, { origins: ['https://moved.example:2083'] }, 'test');
    const page = await visit(`${id}/return?outcome=success`);
    expect([page.status, page.headers.get('location')]).toEqual([200, null]);
    await clients.change(client.id, { origins: [SERVER_ORIGIN], enabled: false }, 'test');
    expect((await visit(`${id}/return?outcome=success`)).headers.get('location')).toBeNull();
    expect((await visit(id)).status).toBe(404);
  });

  it('ends on a page when the server named no address', async () => {
    const id = await place({ url_after_checkout: undefined });
    expect(await (await visit(`${id}/return?outcome=success`)).text()).toContain('Thank you');
    expect((await visit(`${id}/return?outcome=other`)).status).toBe(400);
  });

  it('says so when Stripe opens no page', async () => {
    const id = await place();
    // So small a sum is refused there.
    await setPrice(0, 1);
    await setPrice(1, 1);
    const page = await visit(`${id}?total=2`);
    expect([page.status, await page.text()]).toEqual([503, expect.stringContaining('try again later')]);
  });

  it('gives up after 30 days without a payment', async () => {
    const id = await place();
    const sweeper = hub.app.get(SweepMarket, { strict: false });
    await sweeper.sweep();
    expect((await db().findOneByOrFail(MarketOrder, { id })).canceledAt).toBeNull();
    clock.set(new Date(clock.now().getTime() + 31 * 86_400_000).toISOString());
    await sweeper.sweep();
    expect((await visit(id, await asMerchant(hub))).status).toBe(410);
    await doJobs(hub);
  });

  it('is not given up once it is paid, not even at that moment', async () => {
    const id = await place();
    await locationOf(id);
    clock.set(new Date(clock.now().getTime() + 31 * 86_400_000).toISOString());
    const sweeper = hub.app.get(SweepMarket, { strict: false });
    let sweep: Promise<void> | undefined;
    await hub.database.dataSource.transaction(async (tx) => {
      await tx.query('SELECT 1 FROM market_orders FOR UPDATE');
      sweep = sweeper.sweep();
      await eventually('it waits for the order', async () => {
        const rows: unknown[] = await db().query(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rows.length > 0;
      });
      await tx.query(`UPDATE orders SET status = 'paid', paid_at = now()`);
    });
    await sweep;
    expect((await db().findOneByOrFail(MarketOrder, { id })).canceledAt).toBeNull();
  });

  it('tells whom to ask for help, and shows the ids of the address to nobody else', async () => {
    const support = (as: string) =>
      fetch(`${hub.url}/market/support?order_id=7&order_item_id=%3Cb%3E`, { headers: { cookie: as } });
    expect(await (await support('')).text()).toContain('action="/market/sign-in"');
    const page = await (await support(cookie)).text();
    expect(page).toContain('order 7, &#60;b&#62;');
    expect(page).toContain('mailto:');
  });
});
