import { sealInstanceId, type X25519PublicJwk } from '@hansa/trust';
import {
  aPackage,
  aPaidPackage,
  anInstance,
  aRelease,
  asShop,
  fixedClock,
  startFakeStripe,
  startTestHub,
  type FakeStripe,
  type TestHub,
  type TestInstance,
} from '#test';
import { PublisherRates } from '#accounts';
import { AuditEntry } from '#audit';
import type { Package } from '#catalog';
import { CheckoutService, Order } from '#checkout';
import { centralConfigForTests } from '#config';
import { LicensesService } from '#licenses';
import { ListingPrices } from '#releases';
import { KeyRing } from '#signing';

const NOON = '2030-01-01T12:00:00Z';

describe('checkout', () => {
  const clock = fixedClock(NOON);
  let stripe: FakeStripe;
  let hub: TestHub;
  let shopKey: Record<string, string>;
  let item: Package;
  let shop: TestInstance;

  const stripeAt = (apiBase: string) => ({ ...centralConfigForTests().stripe, secretKey: 'sk_test_secret', apiBase });

  beforeAll(async () => {
    stripe = await startFakeStripe();
    hub = await startTestHub({ clock, config: { stripe: stripeAt(stripe.url) } });
    shopKey = await asShop(hub);
  });
  afterAll(async () => {
    await hub.close();
    await stripe.close();
  });
  beforeEach(async () => {
    clock.set(NOON);
    stripe.failWith(undefined);
    stripe.calls.length = 0;
    item = await aPaidPackage(hub.database);
    shop = await anInstance(hub.database, { baseUrl: 'https://shop.example/store' });
  });

  const order = (overrides: object = {}) => ({
    marketplace_id: item.marketplaceId,
    version: '1.0.0',
    customer_email: 'merchant@shop.example',
    instance_id: shop.id,
    ...overrides,
  });
  const open = async (body: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${hub.url}/store/marketplace/checkout/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...shopKey, ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const orders = () => hub.database.dataSource.manager;

  it('sells at the rate agreed with the publisher, and an order keeps the rate it was sold at', async () => {
    const other = await aPaidPackage(hub.database);
    const rates = hub.app.get(PublisherRates, { strict: false });
    const placed = async (marketplaceId: string) => {
      const { body } = await open(order({ marketplace_id: marketplaceId }));
      return orders().findOneByOrFail(Order, { id: body['order_id'] as string });
    };
    const before = await placed(item.marketplaceId);
    await rates.set(item.publisherId, { commissionPercent: 7, validFrom: null }, 'test');
    expect([before.commissionPercent, (await placed(item.marketplaceId)).commissionPercent]).toEqual([10, 10]);
    expect((await placed(other.marketplaceId)).commissionPercent).toBe(7);
  });

  describe('opening a session', () => {
    it('answers with Stripe’s page and keeps what was bought', async () => {
      const { status, body } = await open(order());
      expect(status).toBe(201);
      expect(body).toEqual({
        url: expect.stringMatching(/^https:\/\/checkout\.stripe\.example\//),
        session_id: expect.stringMatching(/^cs_test_/),
        order_id: expect.stringMatching(/^ord_/),
        expires_at: '2030-01-02T11:00:00.000Z',
      });
      expect(await orders().findOneByOrFail(Order, { id: String(body['order_id']) })).toMatchObject({
        status: 'open',
        amountMinor: 4_900,
        currency: 'EUR',
        licenseKind: 'one_time',
        stripeSessionId: body['session_id'],
        instanceId: shop.id,
      });
      const audit = await orders().findBy(AuditEntry, { subject: String(body['order_id']) });
      expect(audit).toMatchObject([{ action: 'order.opened', actor: `instance:${shop.id}` }]);
    });

    it('asks Stripe for the listing’s price, under the order’s id, with the hub’s own return pages', async () => {
      const { body } = await open(order());
      const [call] = stripe.calls;
      expect(call).toMatchObject({ path: '/v1/checkout/sessions', idempotencyKey: body['order_id'] });
      const sent = Object.fromEntries(call!.form);
      expect(sent).toMatchObject({
        mode: 'payment',
        client_reference_id: body['order_id'],
        customer_email: 'merchant@shop.example',
        'line_items[0][quantity]': '1',
        'line_items[0][price_data][currency]': 'eur',
        'line_items[0][price_data][unit_amount]': '4900',
        'line_items[0][price_data][product_data][name]': 'Paid plugin',
        success_url: `http://localhost:4000/checkout/return?order=${String(body['order_id'])}`,
        cancel_url: `http://localhost:4000/checkout/cancelled?order=${String(body['order_id'])}`,
      });
    });

    it('sells a subscription by its interval', async () => {
      item = await aPaidPackage(hub.database, { licenseKind: 'subscription', billingInterval: 'month' });
      expect((await open(order())).status).toBe(201);
      expect(Object.fromEntries(stripe.calls[0]!.form)).toMatchObject({
        mode: 'subscription',
        'line_items[0][price_data][recurring][interval]': 'month',
      });
    });

    it('understands a sealed instance id', async () => {
      const [key] = hub.app.get(KeyRing, { strict: false }).accepted('sealing');
      const jwk = { ...key!.publicJwk, kid: key!.kid } as unknown as X25519PublicJwk;
      const audience = hub.ground.config.hubUrl;
      const instance_id = await sealInstanceId(shop.id, jwk, { audience, now: clock.now() });
      expect((await open(order({ instance_id }))).status).toBe(201);
    });
  });

  describe('refusals', () => {
    it('of an unknown package', async () => {
      expect(await open(order({ marketplace_id: '@no/thing' }))).toMatchObject({
        status: 404,
        body: { code: 'PACKAGE_NOT_FOUND' },
      });
    });

    it.each([
      ['unknown', '9.9.9', undefined, 404, 'VERSION_NOT_FOUND'],
      ['in review', '2.0.0', 'in_review', 404, 'VERSION_NOT_FOUND'],
      ['yanked', '2.0.0', 'yanked', 410, 'VERSION_YANKED'],
    ] as const)('of a version that is %s', async (_name, version, status, expected, code) => {
      if (status) await aRelease(hub.database, item, { version, status });
      expect(await open(order({ version }))).toMatchObject({ status: expected, body: { code } });
    });

    it('of a free package', async () => {
      item = await aPackage(hub.database);
      await aRelease(hub.database, item);
      expect(await open(order())).toMatchObject({ status: 400, body: { code: 'ITEM_IS_FREE' } });
    });

    it('of an instance nobody registered', async () => {
      const instance_id = 'inst_00000000000000000000000000';
      expect(await open(order({ instance_id }))).toMatchObject({ status: 404, body: { code: 'INSTANCE_UNKNOWN' } });
    });

    it('of an instance id that cannot be read', async () => {
      expect(await open(order({ instance_id: 'a.b.c.d.e' }))).toMatchObject({
        status: 400,
        body: { code: 'INSTANCE_ID_REFUSED' },
      });
    });

    it('of a second purchase of what the instance has, naming the license', async () => {
      const licenses = hub.app.get(LicensesService, { strict: false });
      const terms = {
        packageId: item.id,
        kind: 'one_time',
        billingInterval: null,
        customerEmail: 'x@y.example',
      } as const;
      const { license } = await hub.database.dataSource.transaction((tx) =>
        licenses.issue(tx, { ...terms, orderId: null, instanceId: shop.id, actor: 'test' }),
      );
      expect(await open(order())).toMatchObject({
        status: 409,
        body: { type: 'conflict', code: 'ALREADY_LICENSED', license_id: license.id },
      });
      await hub.database.dataSource.query('UPDATE licenses SET expires_at = $2 WHERE id = $1', [
        license.id,
        clock.now(),
      ]);
      expect((await open(order())).status).toBe(201);
    });

    it('when no Stripe account is configured', async () => {
      const config = { stripe: { ...stripeAt(stripe.url), secretKey: undefined } };
      const bare = await startTestHub({ clock, config });
      const response = await fetch(`${bare.url}/store/marketplace/checkout/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(await asShop(bare)) },
        body: JSON.stringify(order()),
      });
      await bare.close();
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ type: 'unavailable', code: 'CHECKOUT_UNAVAILABLE' });
    });

    it('when Stripe refuses, without its words; the order waits and the next ask opens its page', async () => {
      stripe.failWith(401);
      const refused = await open(order());
      expect(refused).toMatchObject({ status: 503, body: { code: 'CHECKOUT_UNAVAILABLE' } });
      expect(JSON.stringify(refused.body)).not.toContain('sk_test');
      const [waiting] = await orders().findBy(Order, { packageId: item.id });
      expect(waiting).toMatchObject({ status: 'open', stripeSessionId: null });
      stripe.failWith(undefined);
      expect(await open(order())).toMatchObject({ status: 201, body: { order_id: waiting!.id } });
    });
  });

  describe('asking again', () => {
    it('returns the open session, not another', async () => {
      const first = await open(order());
      const second = await open(order());
      expect(second).toEqual(first);
      expect(stripe.calls).toHaveLength(1);
    });

    it('opens one order and one page for asks that come together', async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => open(order())));
      expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
      expect(await orders().countBy(Order, { packageId: item.id })).toBe(1);
    });

    it('opens another order once the page is about to close', async () => {
      const first = await open(order());
      clock.advance(23 * 3_600 - 30 * 60);
      const second = await open(order());
      expect(second.body['order_id']).not.toBe(first.body['order_id']);
      expect(await orders().findOneByOrFail(Order, { id: String(first.body['order_id']) })).toMatchObject({
        status: 'expired',
      });
    });

    it('opens another order when the price has changed', async () => {
      const first = await open(order());
      const price = { licenseKind: 'one_time', amountMinor: 5_900, billingInterval: null, trialDays: null } as const;
      await hub.app.get(ListingPrices, { strict: false }).add(item.publisherId, item.marketplaceId, price, null);
      const second = await open(order());
      expect(second.body['order_id']).not.toBe(first.body['order_id']);
    });
  });

  describe('an Idempotency-Key', () => {
    it('gives the same answer to the same request, also after the order was paid', async () => {
      const key = { 'idempotency-key': 'once' };
      const first = await open(order(), key);
      await orders().update(Order, { packageId: item.id }, { status: 'paid', paidAt: clock.now() });
      expect(await open(order(), key)).toEqual(first);
      expect(await orders().countBy(Order, { packageId: item.id })).toBe(1);
    });

    it('is refused for another request', async () => {
      const key = { 'idempotency-key': 'once' };
      await open(order(), key);
      expect(await open(order({ customer_email: 'other@shop.example' }), key)).toMatchObject({
        status: 409,
        body: { code: 'IDEMPOTENCY_KEY_REUSED' },
      });
    });

    it('is free again after 24 hours', async () => {
      const key = { 'idempotency-key': 'once' };
      await open(order(), key);
      clock.advance(24 * 3_600 + 1);
      expect((await open(order({ customer_email: 'other@shop.example' }), key)).status).toBe(201);
    });

    it('belongs to one instance: another may use the same', async () => {
      const key = { 'idempotency-key': 'once' };
      const first = await open(order(), key);
      const other = await anInstance(hub.database);
      const second = await open(order({ instance_id: other.id }), key);
      expect(second.status).toBe(201);
      expect(second.body['order_id']).not.toBe(first.body['order_id']);
    });

    it('opens one order for retries that come together', async () => {
      const key = { 'idempotency-key': 'together' };
      const answers = await Promise.all(Array.from({ length: 6 }, () => open(order(), key)));
      expect(new Set(answers.map(({ body }) => body['order_id'])).size).toBe(1);
    });

    it('is forgotten by a job after 24 hours, and not before', async () => {
      const kept = async () =>
        (
          await hub.database.dataSource.query(
            'SELECT 1 FROM checkout_requests r JOIN orders o ON o.id = r.order_id WHERE o.package_id = $1',
            [item.id],
          )
        ).length as number;
      const forget = () => hub.app.get(CheckoutService, { strict: false }).forgetRequests();
      await open(order(), { 'idempotency-key': 'to be forgotten' });
      clock.advance(24 * 3_600);
      await forget();
      expect(await kept()).toBe(1);
      clock.advance(1);
      await forget();
      await forget();
      expect(await kept()).toBe(0);
    });

    it('is refused when nobody could send it again', async () => {
      expect(await open(order(), { 'idempotency-key': 'x'.repeat(256) })).toMatchObject({
        status: 400,
        body: { code: 'IDEMPOTENCY_KEY_MALFORMED' },
      });
    });
  });

  describe('the return pages', () => {
    const page = async (path: string) => {
      const response = await fetch(`${hub.url}${path}`);
      return { status: response.status, headers: response.headers, text: await response.text() };
    };

    it.each([
      ['return', 'success'],
      ['cancelled', 'cancelled'],
    ])('lead back to the registered shop and change nothing (%s)', async (name, outcome) => {
      const { body } = await open(order());
      const before = await orders().findOneByOrFail(Order, { id: String(body['order_id']) });
      const { status, headers, text } = await page(`/checkout/${name}?order=${String(body['order_id'])}`);
      expect(status).toBe(200);
      expect(text).toContain(`href="https://shop.example/store?order_status=${outcome}"`);
      expect(text).toContain('Paid plugin');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
      expect(await orders().findOneByOrFail(Order, { id: before.id })).toEqual(before);
    });

    it('say something sensible about an order nobody placed', async () => {
      const { status, text } = await page('/checkout/return?order=ord_00000000000000000000000000');
      expect(status).toBe(200);
      expect(text).not.toContain('<a ');
    });

    it('refuse an order id that is none', async () => {
      expect((await page('/checkout/return?order=%3Cscript%3E')).status).toBe(400);
    });
  });
});
