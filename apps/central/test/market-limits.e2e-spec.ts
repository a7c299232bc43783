import { addPrice } from '#catalog';
import { centralConfigForTests } from '#config';
import { MarketClients, MarketOrder, MarketProducts, type MarketClient } from '#market';
import { MarketToken } from '#tokens';
import {
  aCertificateProduct,
  aMarketClient,
  aMarketProduct,
  aPaidPackage,
  asMarket,
  asOperator,
  callMarket,
  fixedClock,
  inStep,
  postForm,
  SERVER_ORIGIN,
  startTestHub,
  type TestHub,
} from '#test';
import { aCsr } from './support/certificates.js';

const clock = fixedClock('2030-01-01T12:00:00Z');
const LIMITED = [429, 'RATE_LIMITED'];

describe('how often the market may be asked', () => {
  let hub: TestHub;
  let client: MarketClient;
  beforeAll(async () => {
    const { rates, certificates } = centralConfigForTests();
    const config = {
      rates: { ...rates, key: 5, anonymous: 3 },
      certificates: { ...certificates, issuer: 'development' as const },
    };
    hub = await startTestHub({ clock, config });
    client = await aMarketClient(hub);
  });
  afterAll(() => hub.close());
  beforeEach(() => clock.advance(3_600));

  const call = async (method: string, path: string, body?: object) => {
    const asked = await callMarket(hub, method, `${path}?client_id=${client.id}`, body ? { body } : {});
    return [asked.status, asked.json.error?.code];
  };
  const products = () => call('GET', '/products');
  const useUp = async () => {
    for (let count = 0; count < 5; count += 1) expect((await products())[0]).toBe(200);
  };

  it('counts a list from memory like one that is made', async () => {
    await useUp();
    expect(await products()).toEqual(LIMITED);
    const unknown = 'mcl_00000000000000000000000000';
    expect((await callMarket(hub, 'GET', `/products?client_id=${unknown}`)).status).toBe(429);
    clock.advance(60);
    expect((await products())[0]).toBe(200);
  });

  it.each([
    ['GET', '/order-items/x/certificate', undefined],
    ['GET', '/order-items/x/status', undefined],
    ['POST', '/items/validate', { item: { product_id: '1' } }],
    ['POST', '/dcv/prepare', { product_id: '1', csr: 'x' }],
    ['POST', '/dcv/undo', { product_id: '1', csr: 'x' }],
  ] as const)('counts %s %s with it', async (method, path, body) => {
    expect((await call(method, path, body))[0]).not.toBe(429);
    for (let count = 0; count < 4; count += 1) expect((await products())[0]).toBe(200);
    expect(await call(method, path, body)).toEqual(LIMITED);
  });

  it('counts the letters somebody has sent', async () => {
    const send = async () => (await postForm(hub, '/market/sign-in', { email: 'a@shop.example' })).status;
    expect([await send(), await send(), await send(), await send()]).toEqual([200, 200, 200, 429]);
    expect(await hub.database.takeJobs()).toHaveLength(3);
  });
});

describe('what the market does not take', () => {
  let hub: TestHub;
  let client: MarketClient;
  let license: { id: string };
  let certificate: { id: string };
  let bearer: { authorization: string };
  beforeAll(async () => {
    const certificates = { ...centralConfigForTests().certificates, issuer: 'development' as const };
    hub = await startTestHub({ clock, config: { certificates } });
    client = await aMarketClient(hub);
    license = await aMarketProduct(hub);
    certificate = await aCertificateProduct(hub);
    bearer = await asMarket(hub, client);
  });
  afterAll(() => hub.close());

  const db = () => hub.database.dataSource.manager;
  const clients = () => hub.app.get(MarketClients, { strict: false });
  const products = () => hub.app.get(MarketProducts, { strict: false });
  const place = (items: object[], headers: Record<string, string> = bearer) =>
    callMarket(hub, 'POST', '/orders', { body: { items }, headers });
  const outcome = ({ status, json }: Awaited<ReturnType<typeof place>>) => [status, json.error?.code];

  it('an idempotency key that is too long', async () => {
    const keyed = (key: string) => place([{ product_id: license.id }], { ...bearer, 'idempotency-key': key });
    const before = await db().count(MarketOrder);
    expect(outcome(await keyed('k'.repeat(256)))).toEqual([422, 'IDEMPOTENCY_KEY_MALFORMED']);
    expect(await db().count(MarketOrder)).toBe(before);
    expect((await keyed('k'.repeat(255))).status).toBe(201);
  });

  it('the idempotency key of another server for its own', async () => {
    const elsewhere = await asMarket(hub, await aMarketClient(hub));
    const keyed = (who: object) => place([{ product_id: license.id }], { ...who, 'idempotency-key': 'same' });
    expect((await keyed(bearer)).json.order_id).not.toBe((await keyed(elsewhere)).json.order_id);
  });

  it('more than one payment may be', async () => {
    const dear = await aMarketProduct(hub, { marketplaceId: '@acme/dear', priceMinor: 9_999_999 });
    const of = (count: number) => place(Array.from({ length: count }, () => ({ product_id: dear.id })));
    expect((await of(10)).status).toBe(201);
    expect(outcome(await of(11))).toEqual([422, 'ORDER_TOO_LARGE']);
  });

  it('an order, or an address, from a token that may only say whose it is', async () => {
    const { order_id: id } = (await place([{ product_id: license.id }])).json;
    await db().update(MarketToken, { clientId: client.id }, { scopes: ['profile:email'] });
    expect(outcome(await place([{ product_id: license.id }]))).toEqual([403, 'ACCESS_DENIED']);
    const body = { url: `${SERVER_ORIGIN}/cpsess1/x` };
    const put = await callMarket(hub, 'PUT', `/orders/${id!}/url-after-checkout`, { body, headers: bearer });
    expect(outcome(put)).toEqual([403, 'ACCESS_DENIED']);
    await db().update(MarketToken, { clientId: client.id }, { scopes: ['cart:write', 'profile:email'] });
  });

  it('an address for an order that was given up', async () => {
    const { order_id: id } = (await place([{ product_id: license.id }])).json;
    await db().update(MarketOrder, { id: id! }, { canceledAt: clock.now() });
    const body = { url: `${SERVER_ORIGIN}/cpsess1/x` };
    const put = await callMarket(hub, 'PUT', `/orders/${id!}/url-after-checkout`, { body, headers: bearer });
    expect(outcome(put)).toEqual([409, 'ORDER_PAID']);
  });

  it('questions of a server that is disabled', async () => {
    const late = await aMarketClient(hub);
    const csr = await aCsr('a.example');
    const { order_items: items } = (await place([{ product_id: certificate.id, csr }], await asMarket(hub, late))).json;
    await clients().change(late.id, { enabled: false }, 'test');
    for (const what of ['certificate', 'status']) {
      const path = `/order-items/${items![0]!.order_item_id}/${what}?client_id=${late.id}`;
      expect(outcome(await callMarket(hub, 'GET', path))).toEqual([403, 'CLIENT_REFUSED']);
    }
    const proof = { product_id: certificate.id, csr };
    const asked = [
      ['/items/validate', { item: { product_id: license.id } }],
      ['/dcv/prepare', proof],
      ['/dcv/undo', proof],
    ] as const;
    for (const [path, body] of asked) {
      const answer = await callMarket(hub, 'POST', `${path}?client_id=${late.id}`, { body });
      expect([path, ...outcome(answer)]).toEqual([path, 403, 'CLIENT_REFUSED']);
    }
  });

  it('a proof of control for a license, or for more names than there can be', async () => {
    const csr = await aCsr('a.example');
    const prepare = (body: object) =>
      callMarket(hub, 'POST', `/dcv/prepare?client_id=${client.id}`, { body: { csr, ...body } });
    expect(outcome(await prepare({ product_id: license.id }))).toEqual([404, 'PRODUCT_NOT_FOUND']);
    const domains = Array.from({ length: 201 }, () => 'a.example');
    expect(outcome(await prepare({ product_id: certificate.id, domains }))).toEqual([422, 'VALIDATION_FAILED']);
    expect((await prepare({ product_id: certificate.id, domains: domains.slice(1) })).status).toBe(200);
  });

  it('a product that is free by now, or has no release any more', async () => {
    const free = await aMarketProduct(hub, { marketplaceId: '@acme/free' });
    const bare = await aMarketProduct(hub, { marketplaceId: '@acme/bare' });
    expect((await place([{ product_id: free.id }, { product_id: bare.id }])).status).toBe(201);
    const at = clock.now();
    const terms = {
      licenseKind: 'free',
      amountMinor: 0,
      currency: 'EUR',
      billingInterval: null,
      trialDays: null,
    } as const;
    await hub.database.dataSource.transaction((tx) => addPrice(tx, free.package.id, terms, { validFrom: at, at }));
    await db().query('UPDATE packages SET latest_release_id = NULL WHERE id = $1', [bare.package.id]);
    for (const { id } of [free, bare])
      expect(outcome(await place([{ product_id: id }]))).toEqual([404, 'PRODUCT_NOT_FOUND']);
  });

  describe('an origin', () => {
    const BAD = [
      'http://server.example:2083',
      'https://server.example',
      'https://server.example:8443',
      'https://SERVER.example:2083',
      'https://server.example:2083/',
      'https://jo@server.example:2083',
      'https://server.example:2083#x',
      'server.example:2083',
      '',
    ];

    it.each(BAD)('that is %j', async (origin) => {
      const refused = { code: 'CLIENT_ORIGIN_REFUSED' };
      await expect(clients().create('Server', [SERVER_ORIGIN, origin], 'test')).rejects.toMatchObject(refused);
      const { id } = await aMarketClient(hub);
      await expect(clients().change(id, { origins: [origin] }, 'test')).rejects.toMatchObject(refused);
      expect((await clients().find(id))?.origins).toEqual([SERVER_ORIGIN]);
    });

    it('beyond ten of one server', async () => {
      const create = async (count: number) => {
        const origins = Array.from({ length: count }, (_, place) => `https://s${place}.example:2083`);
        const body = JSON.stringify({ name: 'Server', origins });
        const headers = { 'content-type': 'application/json', ...(await asOperator(hub)) };
        return (await fetch(`${hub.url}/console/market/clients`, { method: 'POST', body, headers })).status;
      };
      expect([await create(11), await create(10)]).toEqual([400, 201]);
    });
  });

  describe('from an operator', () => {
    const ask = async (method: string, path: string, body: object) => {
      const headers = { 'content-type': 'application/json', ...(await asOperator(hub)) };
      const asked = await fetch(`${hub.url}/console/market${path}`, { method, headers, body: JSON.stringify(body) });
      const answer = await asked.text();
      return [asked.status, answer === '' ? undefined : (JSON.parse(answer) as { code?: string }).code];
    };
    const listed = async () =>
      (await products().list()).map(({ product, package: item }) => [product, item.priceMinor]);

    it.each([
      ['@acme/none', {}, [404, 'PACKAGE_UNKNOWN']],
      ['@acme/given-away', { licenseKind: 'free', priceMinor: 0 }, [400, 'PACKAGE_UNSELLABLE']],
      ['@acme/bound', { licenseKind: 'per_instance' }, [400, 'PACKAGE_UNSELLABLE']],
    ] as const)('%s to sell', async (marketplaceId, overrides, refusal) => {
      if (marketplaceId !== '@acme/none') await aPaidPackage(hub.database, { marketplaceId, ...overrides });
      const before = await listed();
      expect(await ask('POST', '/products', { marketplace_id: marketplaceId })).toEqual(refusal);
      expect(await listed()).toEqual(before);
    });

    it('what is on sale already, as a license or as a certificate', async () => {
      const item = await aPaidPackage(hub.database, { marketplaceId: '@acme/twice' });
      const sell = () => ask('POST', '/products', { marketplace_id: item.marketplaceId });
      expect([await sell(), await sell()]).toEqual([
        [201, undefined],
        [409, 'PRODUCT_EXISTS'],
      ]);
      const { package: dv } = (await products().list()).find(({ product }) => product.id === certificate.id)!;
      expect(await ask('POST', '/products', { marketplace_id: dv.marketplaceId })).toEqual([400, 'PACKAGE_UNSELLABLE']);
      const terms = { name: 'DV', summary: 'For web sites.', price_minor: 100, currency: 'EUR' };
      const before = await listed();
      const certify = (marketplace_id: string) => ask('POST', '/certificate-products', { marketplace_id, ...terms });
      expect(await certify(dv.marketplaceId)).toEqual([409, 'PRODUCT_EXISTS']);
      expect(await certify('@nobody/dv')).toEqual([404, 'NAMESPACE_UNKNOWN']);
      expect(await listed()).toEqual(before);
    });

    it('a change of what there is not, or of the price of a license', async () => {
      const before = await listed();
      for (const id of ['999999', 'x', '0', '9'.repeat(19)])
        expect(await ask('PATCH', `/products/${id}`, { enabled: false })).toEqual([404, 'PRODUCT_NOT_FOUND']);
      const priced = await ask('PATCH', `/products/${license.id}`, { enabled: false, price_minor: 1 });
      expect(priced).toEqual([400, 'PRICE_OF_LISTING']);
      expect((await ask('PATCH', `/products/${certificate.id}`, { price_minor: 0 }))[0]).toBe(400);
      expect(await listed()).toEqual(before);
      expect(await ask('PATCH', `/products/${certificate.id}`, { price_minor: 1_400 })).toEqual([204, undefined]);
      expect(await listed()).not.toEqual(before);
    });
  });

  describe('two changes at the same time, one of which would undo the other', () => {
    it('of a server: disabled it stays, whoever renames it', async () => {
      const { id } = await aMarketClient(hub);
      const change = (what: object) => () => clients().change(id, what, 'test');
      await inStep(hub.database, 'LOCK TABLE market_clients IN SHARE MODE', [
        change({ enabled: false }),
        change({ name: 'Renamed' }),
      ]);
      const row = (await clients().list()).find((one) => one.id === id);
      expect([row?.name, row?.disabledAt]).toEqual(['Renamed', expect.any(Date)]);
    });

    it('of a product: off sale it stays, whoever prices it', async () => {
      const { id } = await aCertificateProduct(hub);
      const change = (what: object) => () => products().change(id, what, 'test');
      await inStep(hub.database, 'LOCK TABLE market_products IN SHARE MODE', [
        change({ enabled: false }),
        change({ priceMinor: 1_300 }),
      ]);
      const row = (await products().list()).find(({ product }) => product.id === id);
      expect([row?.package.priceMinor, row?.product.disabledAt]).toEqual([1_300, expect.any(Date)]);
    });
  });
});

describe('a hub that has nobody who issues certificates', () => {
  let hub: TestHub;
  beforeAll(async () => {
    const certificates = { ...centralConfigForTests().certificates, issuer: 'none' as const };
    hub = await startTestHub({ clock, config: { certificates } });
  });
  afterAll(() => hub.close());

  it('shows none, sells none and prepares none', async () => {
    const client = await aMarketClient(hub);
    const license = await aMarketProduct(hub);
    const proof = { product_id: (await aCertificateProduct(hub)).id, csr: await aCsr('a.example') };
    const { json } = await callMarket(hub, 'GET', `/products?client_id=${client.id}`);
    expect(json.products!.map(({ product_id }) => product_id)).toEqual([license.id]);
    const headers = await asMarket(hub, client);
    const order = await callMarket(hub, 'POST', '/orders', { body: { items: [proof] }, headers });
    expect([order.status, order.json.error?.code]).toEqual([404, 'PRODUCT_NOT_FOUND']);
    const asked = await callMarket(hub, 'POST', `/dcv/prepare?client_id=${client.id}`, { body: proof });
    expect([asked.status, asked.json.error?.code]).toEqual([503, 'CERTIFICATES_UNAVAILABLE']);
  });
});
