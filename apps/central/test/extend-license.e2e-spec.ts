import {
  aMerchant,
  anInstance,
  anInvited,
  anOrder,
  aPaidPackage,
  aShopLink,
  doJobs,
  fixedClock,
  sendStripeEvent,
  startFakeStripe,
  startTestHub,
  type FakeStripe,
  type PortalVisitor,
  type TestHub,
  type TestInstance,
} from '#test';
import { AuditEntry } from '#audit';
import { Package } from '#catalog';
import { Order } from '#checkout';
import { centralConfigForTests } from '#config';
import { License } from '#licenses';
import { sessionEvent } from './support/money.js';

const SEATS = { licenseKind: 'per_instance', priceMinor: 2_000 } as const;
const MONTHLY = { licenseKind: 'subscription', billingInterval: 'month' } as const;

describe('what a merchant pays for in the portal', () => {
  const clock = fixedClock('2030-01-01T12:00:00Z');
  let stripe: FakeStripe;
  let hub: TestHub;
  beforeAll(async () => {
    stripe = await startFakeStripe();
    const settings = { ...centralConfigForTests().stripe, secretKey: 'sk_test_secret', apiBase: stripe.url };
    hub = await startTestHub({ clock, config: { stripe: settings } });
  });
  afterAll(async () => {
    await hub.close();
    await stripe.close();
  });
  beforeEach(() => {
    stripe.calls.length = 0;
  });
  afterEach(() => hub.database.takeJobs());

  const db = () => hub.database.dataSource.manager;
  const hear = async (order: Order) => {
    const metadata = { order_id: order.id, price_id: order.priceId };
    expect((await sendStripeEvent(hub, sessionEvent(order, { metadata }))).status).toBe(200);
    await doJobs(hub);
  };
  let buyers = 0;
  async function bought(listing: Partial<Package>, more: Partial<Order> = {}) {
    const item = await aPaidPackage(hub.database, listing);
    const shop = await anInstance(hub.database);
    const customerEmail = `extender-${(buyers += 1)}@shop.example`;
    const { licenseKind, billingInterval } = item;
    const terms = { licenseKind, billingInterval } as Partial<Order>;
    const what = { packageId: item.id, instanceId: shop.id, customerEmail, ...terms, ...more };
    const order = await anOrder(hub.database, what);
    await hear(order);
    const license = await db().findOneByOrFail(License, { orderId: order.id });
    return { item, shop, order, license, path: `/portal/api/licenses/${license.id}/checkout` };
  }
  const orderBehind = async (url: string) => db().findOneByOrFail(Order, { sessionUrl: url });
  const invited = (owner: PortalVisitor, shop: TestInstance, role: 'admin' | 'member') =>
    anInvited(hub, owner, shop, role);

  it('is offered at the price of today, as far as orders add to the license', async () => {
    const { order, item } = await bought(SEATS, { quantity: 3 });
    const merchant = await aMerchant(hub, order.customerEmail);
    const offer = async () => (await merchant.call('GET', '/portal/api/licenses')).body.items[0].offer as object;
    expect(await offer()).toEqual({ renewal_minor: 6_000, seat_minor: 2_000, currency: 'EUR' });
    await db().update(Package, { id: item.id }, { priceMinor: 2_500 });
    expect(await offer()).toMatchObject({ renewal_minor: 7_500, seat_minor: 2_500 });
    await db().update(Package, { id: item.id }, { licenseKind: 'one_time' });
    expect(await offer()).toBeNull();
  });

  it('is another year of what he has, on one page however often he asks', async () => {
    const { order, license, path } = await bought({});
    const merchant = await aMerchant(hub, order.customerEmail);
    const { status, body } = await merchant.call('POST', path, {});
    expect((await merchant.call('POST', path, {})).body).toEqual(body);
    const renewal = await orderBehind(body.url);
    expect([status, renewal.amountMinor]).toEqual([201, 4_900]);
    expect(renewal).toMatchObject({ purpose: 'renewal', licenseId: license.id, instanceId: order.instanceId });
    const { id: account } = (await merchant.call('GET', '/portal/api/me')).body;
    const opened = await db().findOneByOrFail(AuditEntry, { action: 'order.opened', subject: renewal.id });
    expect(opened.actor).toBe(`merchant:${account}`);
    await hear(renewal);
    const renewed = await db().findOneByOrFail(License, { id: license.id });
    expect(renewed.updatesUntil).toEqual(new Date('2032-01-01T12:00:00Z'));
  });

  it('is seats of what is sold by instance', async () => {
    const { order, license, path } = await bought(SEATS);
    const merchant = await aMerchant(hub, order.customerEmail);
    const { body } = await merchant.call('POST', path, { seats: 2 });
    const added = await orderBehind(body.url);
    expect(added).toMatchObject({ purpose: 'seats', quantity: 2, amountMinor: 4_000, licenseId: license.id });
    await hear(added);
    expect(await db().findOneByOrFail(License, { id: license.id })).toMatchObject({ seats: 3 });
  });

  it('leads back to the portal and to the shop', async () => {
    const { order, path } = await bought({});
    const merchant = await aMerchant(hub, order.customerEmail);
    const renewal = await orderBehind((await merchant.call('POST', path, {})).body.url);
    const { success_url: paid, cancel_url: left } = Object.fromEntries(stripe.calls[0]!.form);
    const read = async (url: string) => {
      const { pathname, search } = new URL(url);
      return (await fetch(`${hub.url}${pathname}${search}`)).text();
    };
    expect([await read(paid!), paid]).toEqual([
      expect.stringContaining('is extended'),
      expect.stringContaining(renewal.id),
    ]);
    expect(await read(left!)).toContain('stays as it is');
    for (const url of [paid!, left!]) {
      expect(await read(url)).toContain('href="/merchant/licenses">Your licenses</a>');
      expect(await read(url)).toContain('Back to shop.example');
    }
    expect(await read(paid!.replace(renewal.id, order.id))).not.toContain('/merchant/licenses');
  });

  it('is paid by whoever manages the license, with his own address; members of the shop only look', async () => {
    const { shop, order, path } = await bought({});
    const owner = await aMerchant(hub, order.customerEmail);
    await owner.follow(await aShopLink(hub, shop));
    const [admin, member] = [await invited(owner, shop, 'admin'), await invited(owner, shop, 'member')];
    const { email } = (await admin.call('GET', '/portal/api/me')).body;
    const renewal = await orderBehind((await admin.call('POST', path, {})).body.url);
    expect(renewal.customerEmail).toBe(email);
    expect(await member.call('POST', path, {})).toMatchObject({ status: 403, body: { code: 'ROLE_REQUIRED' } });
    const stranger = await aMerchant(hub, (await bought({})).order.customerEmail);
    expect(await stranger.call('POST', path, {})).toMatchObject({ status: 404, body: { code: 'LICENSE_UNKNOWN' } });
  });

  it.each<[string, Partial<Package>, object, number, string]>([
    ['a subscription, which renews itself', MONTHLY, {}, 409, 'NOT_RENEWABLE'],
    ['seats of what is sold once', {}, { seats: 1 }, 400, 'SEATS_NOT_SOLD'],
    ['more than Stripe takes', { ...SEATS, priceMinor: 1_000_000 }, { seats: 1_000 }, 400, 'ORDER_TOO_LARGE'],
    ['no seat', SEATS, { seats: 0 }, 400, 'VALIDATION_FAILED'],
    ['half a seat', SEATS, { seats: 0.5 }, 400, 'VALIDATION_FAILED'],
    ['more seats than an order has', SEATS, { seats: 1_001 }, 400, 'VALIDATION_FAILED'],
    ['seats in words', SEATS, { seats: 'two' }, 400, 'VALIDATION_FAILED'],
    ['something else besides', {}, { license_id: 'lic_00000000000000000000000000' }, 400, 'VALIDATION_FAILED'],
  ])('is never %s', async (_, listing, body, status, code) => {
    const { order, path } = await bought(listing, { amountMinor: listing.priceMinor ?? 4_900 });
    const merchant = await aMerchant(hub, order.customerEmail);
    expect(await merchant.call('POST', path, body)).toMatchObject({ status, body: { code } });
    expect(stripe.calls).toEqual([]);
  });

  it('is nothing of a package that cannot be had, of no shop, or while Stripe is away', async () => {
    const { item, order, license, path } = await bought({});
    const merchant = await aMerchant(hub, order.customerEmail);
    const code = async () => (await merchant.call('POST', path, {})).body.code as string;
    stripe.failWith(500);
    expect(await code()).toBe('CHECKOUT_UNAVAILABLE');
    stripe.failWith(undefined);
    await db().update(License, { id: license.id }, { instanceId: null });
    expect(await code()).toBe('NOT_RENEWABLE');
    await db().update(License, { id: license.id }, { instanceId: order.instanceId });
    await db().update(Package, { id: item.id }, { latestReleaseId: null });
    expect(await code()).toBe('VERSION_NOT_FOUND');
  });
});
