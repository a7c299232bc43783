import { centralConfigForTests } from '#config';
import type { MarketClient } from '#market';
import {
  aCertificateProduct,
  aMarketClient,
  aMarketProduct,
  anInstance,
  asInstance,
  askBytes,
  asMarket,
  asMerchant,
  asOperator,
  asShop,
  fixedClock,
  startTestHub,
  type Answer,
  type TestHub,
  type TestInstance,
} from '#test';
import { aCsr } from './support/certificates.js';

type Audience = 'anonymous' | 'shop' | 'instance' | 'market' | 'merchant' | 'operator';
const AUDIENCES: readonly Audience[] = ['anonymous', 'shop', 'instance', 'market', 'merchant', 'operator'];
const API = '/api/market/v1';
const NO_ITEM = `oi_${'0'.repeat(32)}`;

interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly path: () => string;
  /** As the API's document has it. */
  readonly described: string;
  /** The audience let in, or public; everybody else gets 401. */
  readonly for: 'public' | 'market' | 'operator';
  readonly status: number;
  readonly body?: () => object;
}

describe('the routes of the market', () => {
  const clock = fixedClock('2030-01-01T12:00:00Z');
  let hub: TestHub;
  let client: MarketClient;
  let instance: TestInstance;
  let license: string;
  let certificate: string;
  let csr: string;
  let market: { authorization: string };
  let operator: { authorization: string };

  beforeAll(async () => {
    const certificates = { ...centralConfigForTests().certificates, issuer: 'development' as const };
    hub = await startTestHub({ clock, config: { certificates } });
    client = await aMarketClient(hub);
    instance = await anInstance(hub.database);
    license = (await aMarketProduct(hub)).id;
    certificate = (await aCertificateProduct(hub)).id;
    csr = await aCsr('a.example');
    market = await asMarket(hub, client);
    operator = await asOperator(hub);
  });
  afterAll(() => hub.close());

  const asked = (path: string) => `${API}${path}?client_id=${client.id}`;
  const proof = () => ({ product_id: certificate, csr });
  const server = () => ({ name: 'Server', origins: ['https://server.example:2083'] });
  const sold = () => ({
    marketplace_id: '@nobody/dv',
    name: 'DV',
    summary: 'A certificate.',
    price_minor: 1_250,
    currency: 'EUR',
  });
  const ROUTES: readonly Route[] = [
    { method: 'GET', path: () => asked('/products'), described: `${API}/products`, for: 'public', status: 200 },
    {
      method: 'POST',
      path: () => asked('/items/validate'),
      described: `${API}/items/validate`,
      for: 'public',
      status: 204,
      body: () => ({ item: { product_id: license } }),
    },
    {
      method: 'POST',
      path: () => `${API}/orders`,
      described: `${API}/orders`,
      for: 'market',
      status: 201,
      body: () => ({ items: [{ product_id: license }] }),
    },
    {
      method: 'PUT',
      path: () => `${API}/orders/999999/url-after-checkout`,
      described: `${API}/orders/{id}/url-after-checkout`,
      for: 'market',
      status: 404,
      body: () => ({ url: 'https://server.example:2083/cpsess1/x' }),
    },
    { method: 'GET', path: () => `${API}/me`, described: `${API}/me`, for: 'market', status: 200 },
    {
      method: 'GET',
      path: () => asked(`/order-items/${NO_ITEM}/certificate`),
      described: `${API}/order-items/{id}/certificate`,
      for: 'public',
      status: 404,
    },
    {
      method: 'GET',
      path: () => asked(`/order-items/${NO_ITEM}/status`),
      described: `${API}/order-items/{id}/status`,
      for: 'public',
      status: 404,
    },
    {
      method: 'POST',
      path: () => asked('/dcv/prepare'),
      described: `${API}/dcv/prepare`,
      for: 'public',
      status: 200,
      body: proof,
    },
    {
      method: 'POST',
      path: () => asked('/dcv/undo'),
      described: `${API}/dcv/undo`,
      for: 'public',
      status: 204,
      body: proof,
    },
    {
      method: 'GET',
      path: () => '/console/market/clients',
      described: '/console/market/clients',
      for: 'operator',
      status: 200,
    },
    {
      method: 'POST',
      path: () => '/console/market/clients',
      described: '/console/market/clients',
      for: 'operator',
      status: 201,
      body: server,
    },
    {
      method: 'PATCH',
      path: () => '/console/market/clients/mcl_none',
      described: '/console/market/clients/{id}',
      for: 'operator',
      status: 404,
      body: () => ({ name: 'Other' }),
    },
    {
      method: 'GET',
      path: () => '/console/market/products',
      described: '/console/market/products',
      for: 'operator',
      status: 200,
    },
    {
      method: 'POST',
      path: () => '/console/market/products',
      described: '/console/market/products',
      for: 'operator',
      status: 404,
      body: () => ({ marketplace_id: '@nobody/x' }),
    },
    {
      method: 'POST',
      path: () => '/console/market/certificate-products',
      described: '/console/market/certificate-products',
      for: 'operator',
      status: 404,
      body: sold,
    },
    {
      method: 'PATCH',
      path: () => '/console/market/products/999999',
      described: '/console/market/products/{id}',
      for: 'operator',
      status: 404,
      body: () => ({ enabled: false }),
    },
  ];

  async function headersOf(audience: Audience): Promise<Record<string, string>> {
    switch (audience) {
      case 'anonymous':
        return {};
      case 'shop':
        return asShop(hub);
      case 'instance':
        return asInstance(hub, instance);
      case 'market':
        return market;
      case 'merchant':
        await hub.database.dataSource.query('DELETE FROM merchant_links');
        return { cookie: await asMerchant(hub) };
      case 'operator':
        return operator;
    }
  }
  const send = (route: Route, headers: Record<string, string>, body?: string | Buffer): Promise<Answer> =>
    askBytes(
      hub,
      route.path(),
      { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      { method: route.method, ...(body === undefined ? {} : { body }) },
    );
  const bodyOf = (route: Route) => (route.body ? JSON.stringify(route.body()) : undefined);

  describe.each(ROUTES)('$method $described', (route) => {
    it.each(AUDIENCES)('lets %s do what it may', async (audience) => {
      const { status } = await send(route, await headersOf(audience), bodyOf(route));
      expect(status).toBe(route.for === 'public' || route.for === audience ? route.status : 401);
    });

    it('is described', async () => {
      const response = await fetch(`${hub.url}/openapi.json`);
      const { paths } = (await response.json()) as { paths: Record<string, Record<string, { responses: object }>> };
      const operation = paths[route.described]?.[route.method.toLowerCase()];
      expect(Object.keys(operation?.responses ?? {})[0]).toMatch(/^20\d$/);
    });
  });

  const rightHeaders = (route: Route) => headersOf(route.for === 'public' ? 'anonymous' : route.for);
  const snapshot = () =>
    hub.database.dataSource.query(
      `SELECT (SELECT count(*) FROM market_orders) o, (SELECT count(*) FROM certificate_orders) c,
              (SELECT md5(string_agg(m::text, ',')) FROM market_clients m) m, (SELECT md5(string_agg(p::text, ',')) FROM market_products p) p`,
    );
  const BAD_BODIES: readonly [string, (good: Record<string, unknown>) => string | Buffer][] = [
    ['an unknown field', (good) => JSON.stringify({ ...good, unknown_field: 1 })],
    ['a field that would reach a prototype', (good) => `{"__proto__": {"x": 1}, ${JSON.stringify(good).slice(1)}`],
    ['numbers for everything', (good) => JSON.stringify(mapped(good, () => 1))],
    ['arrays for everything', (good) => JSON.stringify(mapped(good, () => [[]]))],
    ['objects for everything', (good) => JSON.stringify(mapped(good, () => ({ $ne: 1 })))],
    ['20,000 characters for everything', (good) => JSON.stringify(mapped(good, () => 'x'.repeat(20_000)))],
    ['U+0000 in everything', (good) => JSON.stringify(mapped(good, (value) => `${String(value)}\u0000`))],
    ['no JSON', () => '{"a":'],
    ['an array', () => '[]'],
    ['null', () => 'null'],
    ['bytes that are no UTF-8', () => Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    ['deep nesting', () => `{"item":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`],
    ['more than 1 MiB', (good) => JSON.stringify({ ...good, unknown_field: 'x'.repeat(1_048_577) })],
  ];

  describe.each(ROUTES.filter(({ body }) => body))('$method $described with a bad body', (route) => {
    it.each(BAD_BODIES)('refuses %s in its envelope and changes nothing', async (_name, make) => {
      const before = await snapshot();
      const answer = await send(route, await rightHeaders(route), make(route.body!() as Record<string, unknown>));
      // A change of nothing names what is to be changed, and that is not there.
      expect([400, 413, 422, ...(route.method === 'PATCH' ? [404] : [])]).toContain(answer.status);
      expectRefusal(answer, route);
      expect(await snapshot()).toEqual(before);
    });

    it('refuses another content type', async () => {
      const headers = { ...(await rightHeaders(route)), 'content-type': 'text/plain' };
      const answer = await send(route, headers, bodyOf(route));
      expect(answer.status).toBe(400);
      expectRefusal(answer, route);
    });
  });

  it.each([
    `${API}/products`,
    `${API}/products?client_id=x`,
    `${API}/products?client_id=mcl_00000000000000000000000000&client_id=x`,
    `${API}/products?client_id=%00`,
    `${API}/products?client_id=%ff`,
    `${API}/order-items/${encodeURIComponent(`' OR 1=1 --`)}/certificate?client_id=mcl_00000000000000000000000000`,
    `${API}/order-items/..%2f..%2fetc/status?client_id=mcl_00000000000000000000000000`,
    `${API}/order-items/${'x'.repeat(2_000)}/certificate?client_id=mcl_00000000000000000000000000`,
  ])('GET %s is refused in its envelope', async (path) => {
    const answer = await askBytes(hub, path, {});
    expect([400, 403, 404, 422]).toContain(answer.status);
    expect(answer.json()).toMatchObject({ error: { code: expect.any(String), data: expect.any(Object) } });
  });

  it.each([
    '/market/authorize',
    '/market/authorize?client_id=%00',
    `/market/authorize?client_id=${'x'.repeat(10_000)}`,
    '/market/checkout/%00',
    '/market/checkout/1?total=-1',
    '/market/checkout/1?total[]=1',
    '/market/checkout/1/return?outcome=paid',
    '/market/support?order_id=%00',
  ])('GET %s is no reason for a 500', async (path) => {
    expect((await askBytes(hub, path, {})).status).toBeLessThan(500);
  });
});

function mapped(good: Record<string, unknown>, change: (value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(good).map(([name, value]) => [name, change(value)]));
}

function expectRefusal(answer: Answer, { for: audience }: Route): void {
  const code = expect.stringMatching(/^[A-Z][A-Z0-9_]*$/) as string;
  const envelope = audience === 'operator' ? { code } : { error: { code, message: expect.any(String) as string } };
  expect(answer.json()).toMatchObject(envelope);
}
