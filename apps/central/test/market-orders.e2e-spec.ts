import type { Package } from '#catalog';
import { centralConfigForTests } from '#config';
import { MarketClients, MarketOrder, MarketProducts, type MarketClient } from '#market';
import {
  aCertificateProduct,
  aMarketClient,
  aMarketProduct,
  asMarket,
  callMarket,
  eventually,
  fixedClock,
  SERVER_ORIGIN,
  startTestHub,
  WIZARD,
  type TestHub,
} from '#test';
import { aCsr } from './support/certificates.js';

const RETURN = `${SERVER_ORIGIN}/cpsess0123456789/frontend/jupiter/market/?a=1#/done`;

describe('what cPanel shows and orders', () => {
  const clock = fixedClock('2030-01-01T12:00:00Z');
  let hub: TestHub;
  let client: MarketClient;
  let license: { id: string; package: Package };
  let other: { id: string; package: Package };
  let certificate: { id: string };
  let bearer: { authorization: string };

  beforeAll(async () => {
    const certificates = { ...centralConfigForTests().certificates, issuer: 'development' as const };
    hub = await startTestHub({ clock, config: { certificates } });
    client = await aMarketClient(hub);
    license = await aMarketProduct(hub, { marketplaceId: '@acme/first', name: 'First' });
    other = await aMarketProduct(hub, { marketplaceId: '@acme/second', name: 'Second', priceMinor: 999 });
    certificate = await aCertificateProduct(hub);
    bearer = await asMarket(hub, client);
  });
  afterAll(() => hub.close());

  const db = () => hub.database.dataSource.manager;
  const products = () => hub.app.get(MarketProducts, { strict: false });
  const list = (id = client.id, headers = {}) => callMarket(hub, 'GET', `/products?client_id=${id}`, { headers });
  const validate = (item: object) =>
    callMarket(hub, 'POST', `/items/validate?client_id=${client.id}`, { body: { item } });
  const order = (body: object, headers: Record<string, string> = bearer) =>
    callMarket(hub, 'POST', '/orders', { body, headers });
  const ids = async () => (await list()).json.products!.map(({ product_id }) => product_id);

  describe('the product list', () => {
    it('has prices in major units, and what cPanel wants to know of certificates', async () => {
      const { json } = await list();
      expect(json.products).toMatchObject([
        {
          product_id: license.id,
          display_name: 'First',
          product: '@acme/first',
          product_group: 'plugin',
          billing_type: 'one-time',
          price: 49,
          price_unit: 'EUR',
        },
        { product_id: other.id, price: 9.99 },
        {
          product_id: certificate.id,
          product_group: 'ssl_certificate',
          price: null,
          x_ssl_per_domain_pricing: true,
          x_price_per_domain: 12.5,
          x_supports_dns_dcv: false,
          x_payment_trigger: 'issuance',
          x_certificate_term: [90, 'day'],
        },
      ]);
      expect(json.products!.map((product) => typeof product['product_id'])).toEqual(['string', 'string', 'string']);
    });

    it('comes from memory with a tag, and says when nothing has changed', async () => {
      const first = await list();
      const again = await list(client.id, { 'if-none-match': first.headers.get('etag')! });
      expect([again.status, again.headers.get('etag')]).toEqual([304, first.headers.get('etag')]);
    });

    it('forgets a product that is taken off sale, and shows a price that has changed', async () => {
      await products().change(other.id, { enabled: false }, 'test');
      await eventually('it is gone', async () => (await ids()).join() === [license.id, certificate.id].join());
      await products().change(other.id, { enabled: true }, 'test');
      await products().change(certificate.id, { priceMinor: 1_300 }, 'test');
      const price = async () => (await list()).json.products?.[2]?.['x_price_per_domain'];
      await eventually('the price is there', async () => (await price()) === 13);
      await products().change(certificate.id, { priceMinor: 1_250 }, 'test');
      await eventually('it is as before', async () => (await price()) === 12.5);
    });

    it('is not for a server that is unknown or disabled, also not from memory', async () => {
      const late = await aMarketClient(hub);
      expect((await list(late.id)).status).toBe(200);
      await hub.app.get(MarketClients, { strict: false }).change(late.id, { enabled: false }, 'test');
      for (const id of [late.id, 'mcl_00000000000000000000000000']) {
        await eventually('it is refused', async () => (await list(id)).json.error?.code === 'CLIENT_REFUSED');
        expect((await list(id)).status).toBe(403);
      }
      expect(await list('x')).toMatchObject({ status: 422, json: { error: { data: { field: 'client_id' } } } });
    });
  });

  describe('an item', () => {
    it('is good as it can be bought now', async () => {
      expect((await validate({ product_id: license.id, remote_price: 49 })).status).toBe(204);
      const csr = await aCsr('a.example', 'b.example');
      expect((await validate({ product_id: certificate.id, csr, remote_price: 25 })).status).toBe(204);
    });

    it.each([
      ['an unknown product', () => ({ product_id: '999999' }), 404, 'PRODUCT_NOT_FOUND', 'item.product_id'],
      [
        'a changed price',
        () => ({ product_id: license.id, remote_price: 48.99 }),
        409,
        'PRICE_CHANGED',
        'item.remote_price',
      ],
      ['a certificate without a request', () => ({ product_id: certificate.id }), 422, 'CSR_REQUIRED', 'item.csr'],
      ['a license with a request', () => ({ product_id: license.id, csr: 'x' }), 422, 'CSR_UNWANTED', 'item.csr'],
      ['no request at all', () => ({ product_id: certificate.id, csr: 'x' }), 422, 'CSR_UNREADABLE', 'item.csr'],
      ['no product', () => ({}), 422, 'VALIDATION_FAILED', 'item.product_id'],
      ['a product that is no number', () => ({ product_id: '1;--' }), 422, 'VALIDATION_FAILED', 'item.product_id'],
      ['another field', () => ({ product_id: license.id, price: 1 }), 422, 'VALIDATION_FAILED', 'item.price'],
    ] as const)('is refused with %s', async (_name, item, status, code, field) => {
      const answer = await validate(item());
      expect([answer.status, answer.json.error?.code, answer.json.error?.data['field']]).toEqual([status, code, field]);
    });

    it('is refused with the right price beside the wrong one', async () => {
      const { json } = await validate({ product_id: license.id, remote_price: 50 });
      expect(json.error?.data).toMatchObject({ item_price: 49, price_unit: 'EUR' });
    });

    it('is refused when a name of its request is a wildcard', async () => {
      const { json } = await validate({ product_id: certificate.id, csr: await aCsr('*.a.example') });
      expect(json.error?.code).toBe('CSR_NAME_REFUSED');
    });
  });

  describe('an order', () => {
    it('has its items in the order of the request', async () => {
      const items = [other.id, license.id, other.id].map((product_id) => ({ product_id }));
      const { status, json } = await order({ items, url_after_checkout: RETURN });
      expect(status).toBe(201);
      expect(json.order_id).toMatch(/^[1-9]\d*$/);
      const itemIds = json.order_items!.map(({ order_item_id }) => order_item_id);
      expect(new Set(itemIds).size).toBe(3);
      const rows: { id: string; product_id: string }[] = await db().query(
        'SELECT id, product_id FROM market_order_items WHERE market_order_id = $1',
        [json.order_id],
      );
      const productOf = new Map(rows.map(({ id, product_id }) => [id, product_id]));
      expect(itemIds.map((id) => productOf.get(id))).toEqual([other.id, license.id, other.id]);
      expect(itemIds.every((id) => /^oi_[0-9a-f]{32}$/.test(id))).toBe(true);
    });

    it('comes twice with the same key and is placed once, also at the same moment', async () => {
      const headers = { ...bearer, 'idempotency-key': 'retry-1' };
      const body = { items: [{ product_id: license.id }] };
      const answers = await Promise.all([1, 2, 3].map(() => order(body, headers)));
      expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
      expect(new Set(answers.map(({ json }) => JSON.stringify(json))).size).toBe(1);
      const another = await order({ items: [{ product_id: other.id }] }, headers);
      expect([another.status, another.json.error?.code]).toEqual([409, 'IDEMPOTENCY_KEY_REUSED']);
      const elsewhere = await asMarket(hub, client, 'other@shop.example');
      expect((await order(body, { ...elsewhere, 'idempotency-key': 'retry-1' })).json.order_id).not.toBe(
        answers[0]!.json.order_id,
      );
      clock.set('2030-01-02T12:00:01Z');
      const later = await asMarket(hub, client);
      expect((await order(body, { ...later, 'idempotency-key': 'retry-1' })).json.order_id).not.toBe(
        answers[0]!.json.order_id,
      );
      clock.set('2030-01-01T12:00:00Z');
    });

    it.each([
      ['nothing in it', () => ({ items: [] }), 422, 'VALIDATION_FAILED'],
      [
        'too much in it',
        () => ({ items: Array.from({ length: 21 }, () => ({ product_id: license.id })) }),
        422,
        'VALIDATION_FAILED',
      ],
      [
        'an unknown product',
        () => ({ items: [{ product_id: license.id }, { product_id: '999999' }] }),
        404,
        'PRODUCT_NOT_FOUND',
      ],
      ['a changed price', () => ({ items: [{ product_id: license.id, remote_price: 1 }] }), 409, 'PRICE_CHANGED'],
      [
        'an address elsewhere',
        () => ({ items: [{ product_id: license.id }], url_after_checkout: 'https://evil.example:2083/cpsess1/' }),
        422,
        'URL_REFUSED',
      ],
      ['a part of nothing', () => ({ items: [null] }), 422, 'VALIDATION_FAILED'],
    ] as const)('is refused with %s, and nothing is kept', async (_name, body, status, code) => {
      const before = await db().count(MarketOrder);
      const answer = await order(body());
      expect([answer.status, answer.json.error?.code]).toEqual([status, code]);
      expect(await db().count(MarketOrder)).toBe(before);
    });

    it('names the item at fault', async () => {
      const { json } = await order({ items: [{ product_id: license.id }, { product_id: '999999' }] });
      expect(json.error?.data['field']).toBe('items.1.product_id');
    });

    it('may have licenses and certificates in one cart', async () => {
      const csr = await aCsr('a.example', 'b.example');
      const certified = { product_id: certificate.id, csr };
      const { status, json } = await order({ items: [{ product_id: license.id }, certified, certified] });
      expect([status, json.order_items?.length]).toEqual([201, 3]);
      const { quotedMinor } = await db().findOneByOrFail(MarketOrder, { id: json.order_id! });
      expect(quotedMinor).toBe(4_900 + 2 * 2_500);
    });

    it('has one subscription alone, and one currency', async () => {
      const monthly = await aMarketProduct(hub, {
        marketplaceId: '@acme/monthly',
        licenseKind: 'subscription',
        billingInterval: 'month',
      });
      const dollars = await aMarketProduct(hub, { marketplaceId: '@acme/dollars', currency: 'USD' });
      const together = async (...wanted: string[]) =>
        (await order({ items: wanted.map((product_id) => ({ product_id })) })).json.error?.code;
      expect(await together(monthly.id)).toBeUndefined();
      expect(await together(monthly.id, monthly.id)).toBe('ITEMS_NOT_TOGETHER');
      expect(await together(monthly.id, license.id)).toBe('ITEMS_NOT_TOGETHER');
      expect(await together(dollars.id, license.id)).toBe('ITEMS_NOT_TOGETHER');
      for (const { id } of [monthly, dollars]) await products().change(id, { enabled: false }, 'test');
    });

    it('takes no product that was taken off sale', async () => {
      await products().change(other.id, { enabled: false }, 'test');
      expect((await order({ items: [{ product_id: other.id }] })).json.error?.code).toBe('PRODUCT_NOT_FOUND');
      await products().change(other.id, { enabled: true }, 'test');
    });

    it('needs a token', async () => {
      const { status, json } = await order({ items: [{ product_id: license.id }] }, {});
      expect([status, json.error?.code]).toEqual([401, 'CREDENTIALS_REQUIRED']);
    });
  });

  describe('the address after checkout', () => {
    const put = (id: string, url: string, headers = bearer) =>
      callMarket(hub, 'PUT', `/orders/${id}/url-after-checkout`, { body: { url }, headers });
    const placed = async () => (await order({ items: [{ product_id: license.id }] })).json.order_id!;
    const stored = async (id: string) => (await db().findOneByOrFail(MarketOrder, { id })).urlAfterCheckout;

    it('can be set and replaced', async () => {
      const id = await placed();
      expect((await put(id, RETURN)).status).toBe(204);
      expect((await put(id, WIZARD)).status).toBe(204);
      expect(await stored(id)).toBe(WIZARD);
    });

    it.each([
      'https://evil.example:2083/cpsess1/x',
      `${SERVER_ORIGIN}/x`,
      'http://server.example:2083/cpsess1/x',
      `${SERVER_ORIGIN}@evil.example/cpsess1/x`,
      `${RETURN}\n`,
      'javascript:alert(1)',
    ])('is refused as %j', async (url) => {
      const id = await placed();
      const answer = await put(id, url);
      expect([answer.status, answer.json.error?.code]).toEqual([422, 'URL_REFUSED']);
      expect(await stored(id)).toBeNull();
    });

    it('is OrderNotFound for somebody else, another server, and an order that does not exist', async () => {
      const id = await placed();
      const stranger = await asMarket(hub, client, 'other@shop.example');
      const elsewhere = await asMarket(hub, await aMarketClient(hub));
      const answers = [
        await put(id, RETURN, stranger),
        await put(id, RETURN, elsewhere),
        await put('999999999', RETURN),
        await put('x', RETURN),
      ];
      for (const { status, json } of answers) expect([status, json]).toEqual([404, answers[0]!.json]);
      expect(answers[0]!.json.error?.code).toBe('ORDER_NOT_FOUND');
      expect(await stored(id)).toBeNull();
    });
  });
});
