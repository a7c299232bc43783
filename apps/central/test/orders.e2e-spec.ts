import {
  aPaidPackage,
  anInstance,
  asPublisher,
  asShop,
  doJobs,
  fixedClock,
  sendStripeEvent,
  startFakeStripe,
  startTestHub,
  type FakeStripe,
  type TestHub,
} from '#test';
import type { Package } from '#catalog';
import { Order } from '#checkout';
import { centralConfigForTests } from '#config';
import { License, LicenseActivation } from '#licenses';
import { OutboxEvent } from '#outbox';
import { invoiceEvent, refundEvent, secondsAfterNoon, sessionEvent } from './support/money.js';

const NOON = '2030-01-01T12:00:00Z';
const day = (days: number) => new Date(secondsAfterNoon(days) * 1_000);
const BY_INSTANCE = { licenseKind: 'per_instance', priceMinor: 2_000 } as const;
const TRIAL = { licenseKind: 'subscription', billingInterval: 'month', trialDays: 14 } as const;

describe('what orders add to', () => {
  const clock = fixedClock(NOON);
  let stripe: FakeStripe;
  let hub: TestHub;
  let shopKey: Record<string, string>;
  let instanceId: string;

  beforeAll(async () => {
    stripe = await startFakeStripe();
    const settings = { ...centralConfigForTests().stripe, secretKey: 'sk_test_secret', apiBase: stripe.url };
    hub = await startTestHub({ clock, config: { stripe: settings } });
    shopKey = await asShop(hub);
  });
  afterAll(async () => {
    await hub.close();
    await stripe.close();
  });
  beforeEach(async () => {
    clock.set(NOON);
    stripe.calls.length = 0;
    instanceId = (await anInstance(hub.database)).id;
  });
  afterEach(() => hub.database.takeJobs());

  const db = () => hub.database.dataSource.manager;
  const ask = async (item: Package, more: object = {}) => {
    const response = await fetch(`${hub.url}/store/marketplace/checkout/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...shopKey },
      body: JSON.stringify({
        marketplace_id: item.marketplaceId,
        version: '1.0.0',
        customer_email: 'merchant@shop.example',
        instance_id: instanceId,
        ...more,
      }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const place = async (item: Package, more: object = {}): Promise<Order> => {
    const { status, body } = await ask(item, more);
    expect(status).toBe(201);
    return db().findOneByOrFail(Order, { id: body['order_id'] as string });
  };
  const metadataOf = ({ id, priceId }: Order) => ({ metadata: { order_id: id, price_id: priceId } });
  const say = async (...events: string[]) => {
    for (const event of events) {
      expect((await sendStripeEvent(hub, event)).status).toBe(200);
      await doJobs(hub);
    }
  };
  const pay = async (item: Package, more: object = {}, change: object = {}): Promise<Order> => {
    const order = await place(item, more);
    await say(sessionEvent(order, { ...metadataOf(order), ...change }));
    return db().findOneByOrFail(Order, { id: order.id });
  };
  const licensesOf = ({ id: packageId }: Package) =>
    db().find(License, { where: { packageId }, order: { issuedAt: 'ASC', id: 'ASC' } });
  const toldOf = async (): Promise<string[]> => (await db().find(OutboxEvent)).map(({ type }) => type);

  describe('a renewal', () => {
    it('adds a year to the license it names, and never makes another', async () => {
      const item = await aPaidPackage(hub.database);
      await pay(item);
      const [license] = await licensesOf(item);
      clock.set(day(100).toISOString());
      const renewal = await pay(item, { license_id: license!.id });
      expect(renewal).toMatchObject({ purpose: 'renewal', licenseId: license!.id, status: 'paid', amountMinor: 4_900 });
      const renewed = await licensesOf(item);
      expect(renewed).toMatchObject([{ id: license!.id, updatesUntil: new Date('2032-01-01T12:00:00Z') }]);
      await say(refundEvent(renewal, 0, 4_900));
      expect(await licensesOf(item)).toMatchObject([{ updatesUntil: license!.updatesUntil, revokedAt: null }]);
    });

    it('is opened once for a license, beside a purchase nobody has paid', async () => {
      const item = await aPaidPackage(hub.database);
      await pay(item);
      const license_id = (await licensesOf(item))[0]!.id;
      const one = await place(item, { license_id });
      expect((await place(item, { license_id })).id).toBe(one.id);
      expect((await place(item, { another: true })).id).not.toBe(one.id);
    });

    it.each<[string, (item: Package) => Promise<object>, number, string]>([
      ['of no license', async () => ({ license_id: 'lic_00000000000000000000000000' }), 404, 'LICENSE_NOT_HELD'],
      ['of a nonsense id', async () => ({ license_id: 'x' }), 400, 'VALIDATION_FAILED'],
      [
        'of another package’s license',
        async () => {
          const other = await aPaidPackage(hub.database);
          await pay(other);
          return { license_id: (await licensesOf(other))[0]!.id };
        },
        404,
        'LICENSE_NOT_HELD',
      ],
      [
        'of a license that was taken back',
        async (item) => {
          const order = await pay(item);
          await say(refundEvent(order, 0, 4_900));
          return { license_id: (await licensesOf(item))[0]!.id };
        },
        409,
        'NOT_RENEWABLE',
      ],
    ])('is refused %s', async (_, body, status, code) => {
      const item = await aPaidPackage(hub.database);
      expect(await ask(item, await body(item))).toMatchObject({ status, body: { code } });
    });

    it('is refused to somebody else', async () => {
      const item = await aPaidPackage(hub.database);
      await pay(item);
      const [{ id: license_id } = { id: '' }] = await licensesOf(item);
      const stranger = { instance_id: (await anInstance(hub.database)).id, customer_email: 'else@shop.example' };
      expect(await ask(item, { license_id, ...stranger })).toMatchObject({ body: { code: 'LICENSE_NOT_HELD' } });
    });
  });

  it('makes one license of two purchases that were open at the same time, for the years of both', async () => {
    const item = await aPaidPackage(hub.database);
    const one = await place(item);
    await db().update(Order, { id: one.id }, { itemName: 'as it was called then', version: '1.0.0-old' });
    const two = await place(item);
    expect(two.id).not.toBe(one.id);
    await Promise.all([one, two].map((order) => say(sessionEvent(order, metadataOf(order)))));
    const [license, ...more] = await licensesOf(item);
    expect([license!.updatesUntil, more]).toEqual([new Date('2032-01-01T12:00:00Z'), []]);
    expect((await toldOf()).filter((type) => type === 'license.issued').length).toBeGreaterThanOrEqual(2);
    await say(refundEvent(one, 0, 4_900));
    expect(await licensesOf(item)).toMatchObject([{ revokedAt: null, updatesUntil: new Date('2031-01-01T12:00:00Z') }]);
    await say(refundEvent(two, 0, 4_900));
    expect(await licensesOf(item)).toMatchObject([{ revokedReason: 'refunded' }]);
  });

  it('makes a second license when one is asked for', async () => {
    const item = await aPaidPackage(hub.database);
    await pay(item);
    expect(await ask(item)).toMatchObject({ status: 409, body: { code: 'ALREADY_LICENSED' } });
    await pay(item, { another: true });
    expect(await licensesOf(item)).toHaveLength(2);
  });

  it('gives back a license that was refunded when it is bought again', async () => {
    const item = await aPaidPackage(hub.database);
    await say(refundEvent(await pay(item), 0, 4_900));
    await pay(item);
    expect(await licensesOf(item)).toMatchObject([{ revokedAt: null, suspendedAt: null }]);
  });

  it('leaves a license an operator took back as it is, and makes another', async () => {
    const item = await aPaidPackage(hub.database);
    await pay(item);
    const [taken] = await licensesOf(item);
    const hold = { hold: 'revoked', heldAt: day(0), holdReason: 'fraud', revokedAt: day(0), revokedReason: 'fraud' };
    await db().update(License, { id: taken!.id }, hold as Partial<License>);
    await pay(item);
    const licenses = await licensesOf(item);
    expect(licenses.map(({ revokedReason }) => revokedReason).sort()).toEqual(['fraud', null]);
  });

  describe('what is sold by instance', () => {
    it('costs its price for each, and seats are added later', async () => {
      const item = await aPaidPackage(hub.database, BY_INSTANCE);
      const order = await pay(item, { seats: 3 });
      expect(order).toMatchObject({ quantity: 3, amountMinor: 6_000 });
      expect(Object.fromEntries(stripe.calls[0]!.form)).toMatchObject({
        'line_items[0][quantity]': '3',
        'line_items[0][price_data][unit_amount]': '2000',
      });
      const [license] = await licensesOf(item);
      expect(license).toMatchObject({ kind: 'per_instance', seats: 3 });
      clock.set(day(100).toISOString());
      const added = await pay(item, { license_id: license!.id, seats: 2 });
      expect(added).toMatchObject({ purpose: 'seats', amountMinor: 4_000 });
      expect(await licensesOf(item)).toMatchObject([{ seats: 5, updatesUntil: license!.updatesUntil }]);
      expect(await place(item, { license_id: license!.id })).toMatchObject({ purpose: 'renewal', amountMinor: 10_000 });
    });

    it('takes the seats of whoever came last when their payment goes back', async () => {
      const item = await aPaidPackage(hub.database, BY_INSTANCE);
      await pay(item, { seats: 1 });
      const [license] = await licensesOf(item);
      const added = await pay(item, { license_id: license!.id, seats: 1 });
      const [gone, last, copy] = [1, 2, 3].map(() => anInstance(hub.database));
      const took = async (id: string, environment = 'production', releasedAt: Date | null = null) => {
        const activation = { licenseId: license!.id, instanceId: id, environment, activatedAt: day(0), releasedAt };
        await db().insert(LicenseActivation, activation as LicenseActivation);
        return id;
      };
      // Who left before frees no seat again, and a staging shop has none.
      await took((await gone!).id, 'production', day(0));
      await took(instanceId);
      await took((await last!).id);
      const staging = await took((await copy!).id, 'staging');
      await say(refundEvent(added, 0, 2_000));
      const live = await db().findBy(LicenseActivation, { licenseId: license!.id });
      expect(
        live
          .filter(({ releasedAt }) => releasedAt === null)
          .map((it) => it.instanceId)
          .sort(),
      ).toEqual([instanceId, staging].sort());
      expect(await licensesOf(item)).toMatchObject([{ seats: 1 }]);
    });

    it.each<[string, object, object, string]>([
      ['seats of what is sold once', {}, { seats: 2 }, 'SEATS_NOT_SOLD'],
      ['more than Stripe takes', { ...BY_INSTANCE, priceMinor: 1_000_000 }, { seats: 1_000 }, 'ORDER_TOO_LARGE'],
      ['no seat at all', BY_INSTANCE, { seats: 0 }, 'VALIDATION_FAILED'],
      ['half a seat', BY_INSTANCE, { seats: 0.5 }, 'VALIDATION_FAILED'],
      ['more seats than an order has', BY_INSTANCE, { seats: 1_001 }, 'VALIDATION_FAILED'],
    ])('refuses %s', async (_, listing, body, code) => {
      const item = await aPaidPackage(hub.database, listing);
      expect(await ask(item, body)).toMatchObject({ status: 400, body: { code } });
    });
  });

  describe('a trial', () => {
    const begins = { amount_total: 0, payment_status: 'no_payment_required' };

    it('asks Stripe for its days, and gives a license of that term for nothing', async () => {
      const item = await aPaidPackage(hub.database, TRIAL);
      const order = await pay(item, {}, begins);
      expect(Object.fromEntries(stripe.calls[0]!.form)).toMatchObject({
        'subscription_data[trial_period_days]': '14',
        'subscription_data[trial_settings][end_behavior][missing_payment_method]': 'cancel',
      });
      expect(await licensesOf(item)).toMatchObject([{ orderId: order.id, expiresAt: day(14) }]);
      expect(
        await hub.database.dataSource.query('SELECT 1 FROM ledger_postings WHERE order_id = $1', [order.id]),
      ).toEqual([]);
    });

    it('goes on with what is paid when it ends, and ends when nothing is', async () => {
      const item = await aPaidPackage(hub.database, TRIAL);
      const order = await pay(item, {}, begins);
      const parent = (id: Order) => ({
        subscription_details: { ...metadataOf(id), subscription: `sub_${id.id}` },
      });
      await say(
        invoiceEvent(order, 0, 'invoice.paid', {
          parent: parent(order),
          amount_paid: 0,
          lines: { data: [{ period: { end: secondsAfterNoon(14) } }] },
        }),
      );
      expect(await licensesOf(item)).toMatchObject([{ expiresAt: day(14) }]);
      await say(invoiceEvent(order, 1, 'invoice.payment_failed', { parent: parent(order) }));
      expect(await licensesOf(item)).toMatchObject([{ expiresAt: day(14) }]);
      await say(invoiceEvent(order, 1, 'invoice.paid', { parent: parent(order) }));
      expect(await licensesOf(item)).toMatchObject([{ expiresAt: day(60) }]);
    });

    it('is for those who never had the package', async () => {
      const item = await aPaidPackage(hub.database, TRIAL);
      await pay(item, {}, begins);
      const elsewhere = { instance_id: (await anInstance(hub.database)).id };
      expect(await place(item, elsewhere)).toMatchObject({ trialDays: null });
      const shouted = { ...elsewhere, customer_email: 'MERCHANT@shop.example' };
      expect(await place(item, shouted)).toMatchObject({ trialDays: null });
      expect(await place(item, { customer_email: 'other@shop.example', another: true })).toMatchObject({
        trialDays: null,
      });
      const other = { ...elsewhere, customer_email: 'other@shop.example' };
      expect(await place(item, other)).toMatchObject({ trialDays: 14 });
      expect(await place(await aPaidPackage(hub.database, TRIAL))).toMatchObject({ trialDays: 14 });
    });

    it('is begun on one page: not from several shops or with several addresses, also at the same moment', async () => {
      const item = await aPaidPackage(hub.database, TRIAL);
      const shops = await Promise.all([1, 2, 3, 4, 5].map(() => anInstance(hub.database)));
      const orders = await Promise.all(shops.map(({ id }) => place(item, { instance_id: id })));
      expect(orders.map(({ trialDays }) => trialDays).filter((days) => days !== null)).toEqual([14]);
      const tried = orders.find(({ trialDays }) => trialDays !== null)!;
      const own = { instance_id: tried.instanceId };
      expect((await place(item, own)).id).toBe(tried.id);
      expect(await place(item, { ...own, customer_email: 'other@shop.example' })).toMatchObject({ trialDays: null });
      clock.advance(86_400);
      const later = { instance_id: (await anInstance(hub.database)).id };
      expect(await place(item, later)).toMatchObject({ trialDays: 14 });
    });

    it('is not believed where none was sold', async () => {
      const item = await aPaidPackage(hub.database, { ...TRIAL, trialDays: null });
      await pay(item, {}, begins);
      expect(await licensesOf(item)).toEqual([]);
    });
  });

  describe('a listing’s price', () => {
    const as = async (item: Package, method: string, body?: object, path = 'prices') => {
      const response = await fetch(`${hub.url}/publisher/packages/${item.marketplaceId}/${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...(await asPublisher(hub, item.publisherId)) },
        ...(body && { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: (await response.json()) as Record<string, never> };
    };

    it('is followed by another from its time on; what was ordered before keeps its own', async () => {
      const item = await aPaidPackage(hub.database);
      const before = await place(item);
      const next = { license_kind: 'one_time', price_eur: 59, valid_from: day(2).toISOString() };
      expect(await as(item, 'POST', next)).toMatchObject({ status: 201, body: { price_eur: 59 } });
      expect((await place(item)).id).toBe(before.id);
      clock.set(day(2).toISOString());
      const after = await place(item);
      expect([before.amountMinor, after.amountMinor]).toEqual([4_900, 5_900]);
      expect(after.priceId).not.toBe(before.priceId);
      const { items } = (await as(item, 'GET')).body as unknown as { items: { price_eur: number }[] };
      expect(items.map(({ price_eur }) => price_eur)).toEqual([59, 49]);
      await say(sessionEvent(before, metadataOf(before)));
      expect(await licensesOf(item)).toMatchObject([{ orderId: before.id }]);
    });

    it('is never changed, not even by hand', async () => {
      const item = await aPaidPackage(hub.database);
      for (const sql of ['UPDATE listing_prices SET amount_minor = 1', 'DELETE FROM listing_prices']) {
        const asked = hub.database.dataSource.query(`${sql} WHERE package_id = $1`, [item.id]);
        await expect(asked).rejects.toThrow('a price is never changed');
      }
    });

    it.each<[string, object, string]>([
      [
        'from the past',
        { license_kind: 'one_time', price_eur: 1, valid_from: '2029-12-31T00:00:00Z' },
        'PRICE_IN_THE_PAST',
      ],
      ['of a fraction of a cent', { license_kind: 'one_time', price_eur: 1.001 }, 'VALIDATION_FAILED'],
      ['below nothing', { license_kind: 'one_time', price_eur: -1 }, 'VALIDATION_FAILED'],
      ['of nothing for what is not free', { license_kind: 'one_time', price_eur: 0 }, 'PRICE_KIND_MISMATCH'],
      ['without an interval', { license_kind: 'subscription', price_eur: 1 }, 'BILLING_INTERVAL_MISMATCH'],
      [
        'with a trial of what is sold once',
        { license_kind: 'one_time', price_eur: 1, trial_days: 3 },
        'TRIAL_MISMATCH',
      ],
    ])('is refused %s', async (_, body, code) => {
      const item = await aPaidPackage(hub.database);
      expect(await as(item, 'POST', body)).toMatchObject({ status: 400, body: { code } });
      expect(((await as(item, 'GET')).body as unknown as { count: number }).count).toBe(1);
    });
  });
});
