import { newLicenseKey } from '@hansa/trust';
import {
  aLicenseRequest,
  aPaidPackage,
  aPublisher,
  anInstance,
  anOrder,
  asInstance,
  asOperator,
  askBytes,
  asPublisher,
  asShop,
  fixedClock,
  startFakeStripe,
  startTestHub,
  type Answer,
  type FakeStripe,
  type TestHub,
  type TestInstance,
} from '#test';
import type { Package } from '#catalog';
import { centralConfigForTests } from '#config';

type Audience = 'anonymous' | 'shop' | 'instance' | 'publisher' | 'operator';
const AUDIENCES: readonly Audience[] = ['anonymous', 'shop', 'instance', 'publisher', 'operator'];
const STORE = '/store/marketplace';
const NO_INSTANCE = 'inst_00000000000000000000000000';

interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** The audience let in, or public; everybody else gets 401. */
  readonly for: Audience | 'public';
  /** What the audience gets for the request below. */
  readonly status: number;
  readonly body?: () => object;
}

describe('the routes of buying, licensing and delivering', () => {
  const clock = fixedClock('2030-01-01T12:00:00Z');
  let hub: TestHub;
  let stripe: FakeStripe;
  let instance: TestInstance;
  let item: Package;
  let orderId: string;
  let strangeRequest: string;

  beforeAll(async () => {
    stripe = await startFakeStripe();
    const settings = { ...centralConfigForTests().stripe, apiBase: stripe.url };
    hub = await startTestHub({ clock, config: { stripe: settings } });
    instance = await anInstance(hub.database);
    item = await aPaidPackage(hub.database);
    strangeRequest = await aLicenseRequest(hub, newLicenseKey());
    orderId = (await anOrder(hub.database, { packageId: item.id, instanceId: instance.id })).id;
  });
  afterAll(async () => {
    await hub.close();
    await stripe.close();
  });

  const question = () => ({
    license_key: 'CC-0000-0000-0000',
    marketplace_id: item.marketplaceId,
    instance_id: instance.id,
  });
  const purchase = () => ({
    marketplace_id: item.marketplaceId,
    version: '1.0.0',
    customer_email: 'merchant@shop.example',
    instance_id: instance.id,
  });
  const range = () => ({ from: '2030-01-01T00:00:00Z', to: '2030-01-02T00:00:00Z' });
  const price = () => ({ license_kind: 'one_time', price_eur: 59 });
  const details = () => ({ email: 'money@acme.example', country: 'DE' });
  const registration = () => ({
    instance_id: 'inst_00000000000000000000000000',
    base_url: 'http://127.0.0.1:9',
    public_key: { kty: 'OKP', crv: 'Ed25519', x: 'no point at all' },
    platform_version: '2.0.0',
    environment: 'production',
  });
  const decision = () => ({ reason: 'asked for by its publisher' });
  const CHECKOUT: Route = {
    method: 'POST',
    path: `${STORE}/checkout/session`,
    for: 'shop',
    status: 201,
    body: purchase,
  };
  const ROUTES: readonly Route[] = [
    { method: 'POST', path: `${STORE}/license/verify`, for: 'public', status: 200, body: question },
    { method: 'GET', path: `${STORE}/licenses`, for: 'instance', status: 200 },
    { method: 'GET', path: `${STORE}/revocations`, for: 'public', status: 200 },
    { method: 'POST', path: `${STORE}/licenses/lic_none/deactivate`, for: 'instance', status: 404 },
    { method: 'POST', path: `${STORE}/licenses/lic_none/issue`, for: 'instance', status: 404 },
    CHECKOUT,
    { method: 'GET', path: '/checkout/return', for: 'public', status: 200 },
    { method: 'GET', path: '/checkout/cancelled', for: 'public', status: 200 },
    { method: 'POST', path: '/webhooks/stripe', for: 'public', status: 400, body: () => ({}) },
    { method: 'POST', path: `${STORE}/instances`, for: 'shop', status: 400, body: registration },
    { method: 'POST', path: `${STORE}/instances/rotate-secret`, for: 'instance', status: 200 },
    {
      method: 'POST',
      path: `${STORE}/instances/rotate-key`,
      for: 'instance',
      status: 400,
      body: () => ({ public_key: {} }),
    },
    { method: 'GET', path: `${STORE}/inbox`, for: 'instance', status: 200 },
    { method: 'POST', path: `${STORE}/inbox/ack`, for: 'instance', status: 200, body: () => ({ delivery_ids: [] }) },
    { method: 'GET', path: '/publisher/payout-account', for: 'publisher', status: 404 },
    { method: 'POST', path: '/publisher/payout-account', for: 'publisher', status: 201, body: details },
    { method: 'GET', path: '/publisher/earnings', for: 'publisher', status: 200 },
    { method: 'GET', path: '/publisher/payouts', for: 'publisher', status: 200 },
    { method: 'GET', path: '/publisher/packages/@no/thing/prices', for: 'publisher', status: 404 },
    { method: 'POST', path: '/publisher/packages/@no/thing/prices', for: 'publisher', status: 404, body: price },
    { method: 'GET', path: '/payout-account/done', for: 'public', status: 200 },
    { method: 'GET', path: '/payout-account/again', for: 'public', status: 200 },
    { method: 'GET', path: '/console/deliveries', for: 'operator', status: 200 },
    { method: 'GET', path: '/console/deliveries/dly_none', for: 'operator', status: 404 },
    { method: 'POST', path: '/console/deliveries/dly_none/replay', for: 'operator', status: 404 },
    { method: 'POST', path: '/console/deliveries/replay', for: 'operator', status: 200, body: range },
    { method: 'POST', path: '/console/licenses/lic_none/suspend', for: 'operator', status: 404, body: decision },
    { method: 'POST', path: '/console/licenses/lic_none/revoke', for: 'operator', status: 404, body: decision },
    { method: 'POST', path: '/console/licenses/lic_none/reinstate', for: 'operator', status: 404, body: decision },
    {
      method: 'POST',
      path: '/console/license-requests',
      for: 'operator',
      status: 403,
      body: () => ({ request: strangeRequest }),
    },
    { method: 'GET', path: '/console/stripe-events', for: 'operator', status: 200 },
    { method: 'GET', path: '/console/reconciliations', for: 'operator', status: 200 },
    { method: 'GET', path: '/console/clones', for: 'operator', status: 200 },
    { method: 'POST', path: `/console/clones/${NO_INSTANCE}/dismiss`, for: 'operator', status: 404 },
    { method: 'POST', path: `${STORE}/portal-links`, for: 'instance', status: 201 },
    {
      method: 'POST',
      path: '/portal/sign-in-links',
      for: 'public',
      status: 202,
      body: () => ({ email: 'a@b.example' }),
    },
    { method: 'GET', path: '/console/mails', for: 'operator', status: 200 },
  ];

  async function headersOf(audience: Audience): Promise<Record<string, string>> {
    switch (audience) {
      case 'anonymous':
        return {};
      case 'shop':
        return asShop(hub);
      case 'instance':
        return asInstance(hub, instance);
      case 'publisher':
        return asPublisher(hub, (await aPublisher(hub.database)).id);
      case 'operator':
        return asOperator(hub);
    }
  }
  const send = (route: Route, headers: Record<string, string>, body: string | Buffer | undefined): Promise<Answer> =>
    askBytes(
      hub,
      route.path,
      { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      {
        method: route.method,
        ...(body === undefined ? {} : { body }),
      },
    );
  const bodyOf = (route: Route) => (route.body ? JSON.stringify(route.body()) : undefined);

  describe.each(ROUTES)('$method $path', (route) => {
    it.each(AUDIENCES)('lets %s do what it may', async (audience) => {
      const { status } = await send(route, await headersOf(audience), bodyOf(route));
      expect(status).toBe(route.for === 'public' || route.for === audience ? route.status : 401);
    });

    it('is described', async () => {
      const response = await fetch(`${hub.url}/openapi.json`);
      const { paths } = (await response.json()) as { paths: Record<string, Record<string, { responses: object }>> };
      const path = route.path.replace(/\/((dly|lic)_none|inst_0+)/, '/{id}').replace('@no/thing', '{vendor}/{name}');
      const operation = paths[path]?.[route.method.toLowerCase()];
      expect(Object.keys(operation?.responses ?? {})[0]).toMatch(/^20\d$/);
    });
  });

  const rightHeaders = (route: Route) => headersOf(route.for === 'public' ? 'anonymous' : route.for);
  const snapshot = () =>
    hub.database.dataSource.query(
      `SELECT (SELECT count(*) FROM orders) o, (SELECT count(*) FROM licenses) l, (SELECT count(*) FROM instances) i,
              (SELECT count(*) FROM stripe_events) e, (SELECT count(*) FROM deliveries) d, (SELECT count(*) FROM checkout_requests) c,
              (SELECT md5(string_agg(p::text, ',')) FROM payout_accounts p) p`,
    );

  const withBody = ROUTES.filter(({ body }) => body);
  const BAD_BODIES: readonly [string, (good: Record<string, unknown>) => string | Buffer, number[]][] = [
    ['an unknown field', (good) => JSON.stringify({ ...good, unknown_field: 1 }), [400]],
    [
      'a field that would reach a prototype',
      (good) => `{"__proto__": {"x": 1}, ${JSON.stringify(good).slice(1)}`.replace(', }', '}'),
      [400],
    ],
    ['numbers for everything', (good) => JSON.stringify(mapped(good, () => 1)), [400]],
    ['null for everything', (good) => JSON.stringify(mapped(good, () => null)), [400]],
    ['arrays for everything', (good) => JSON.stringify(mapped(good, () => [[]])), [400]],
    ['objects for everything', (good) => JSON.stringify(mapped(good, () => ({ $ne: 1 }))), [400]],
    ['10,000 characters for everything', (good) => JSON.stringify(mapped(good, () => 'x'.repeat(10_000))), [400]],
    // Both are good words for a reason; the license they speak of does not exist.
    ['SQL for everything', (good) => JSON.stringify(mapped(good, () => `'; DROP TABLE orders; --`)), [400, 404]],
    ['paths for everything', (good) => JSON.stringify(mapped(good, () => '../../etc/passwd')), [400, 404]],
    ['U+0000 in everything', (good) => JSON.stringify(mapped(good, (value) => `${String(value)}\u0000`)), [400]],
    ['nothing', () => '', [400]],
    ['no JSON', () => '{"a":', [400]],
    ['an array', () => '[]', [400]],
    ['a text', () => '"text"', [400]],
    ['a number', () => '1', [400]],
    ['null', () => 'null', [400]],
    ['bytes that are no UTF-8', () => Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), [400]],
    ['UTF-16', (good) => Buffer.from(`\ufeff${JSON.stringify(good)}`, 'utf16le'), [400]],
    ['a million brackets', () => '['.repeat(1_000_000), [400]],
    ['deep nesting', () => `{"marketplace_id":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`, [400]],
    ['more than 1 MiB', (good) => JSON.stringify({ ...good, unknown_field: 'x'.repeat(1_048_577) }), [413]],
  ];

  describe.each(withBody)('$method $path with a bad body', (route) => {
    it.each(BAD_BODIES)('refuses %s as documented and changes nothing', async (_name, make, statuses) => {
      const before = await snapshot();
      const answer = await send(route, await rightHeaders(route), make(route.body!() as Record<string, unknown>));
      expect(statuses).toContain(answer.status);
      expectProblem(answer);
      expect(await snapshot()).toEqual(before);
    });

    it('refuses another content type', async () => {
      const headers = { ...(await rightHeaders(route)), 'content-type': 'text/plain' };
      const answer = await send(route, headers, bodyOf(route));
      expect(answer.status).toBe(400);
      expectProblem(answer);
    });
  });

  describe.each<[string, Audience | 'public', number[]]>([
    [`${STORE}/inbox?after=x`, 'instance', [400]],
    [`${STORE}/inbox?after=1&after=2`, 'instance', [400]],
    [`${STORE}/inbox?wait=-1`, 'instance', [400]],
    [`${STORE}/inbox?unknown=1`, 'instance', [400]],
    [`${STORE}/inbox?after=1e400`, 'instance', [400]],
    [`${STORE}/inbox?after=%00`, 'instance', [400]],
    [`/checkout/return?order=${'x'.repeat(10_000)}`, 'public', [400]],
    ['/checkout/return?order=%27%3B%20DROP%20TABLE%20orders', 'public', [400]],
    ['/checkout/return?order=%ff%fe', 'public', [400]],
    ['/checkout/cancelled?order[]=1', 'public', [400]],
    ['/publisher/earnings?limit=0', 'publisher', [400]],
    ['/publisher/earnings?offset=-1', 'publisher', [400]],
    ['/publisher/payouts?limit=101', 'publisher', [400]],
    ['/publisher/payouts?limit=1&limit=2', 'publisher', [400]],
    ['/publisher/payouts?publisher=pub_other', 'publisher', [400]],
    ['/console/deliveries?status=lost', 'operator', [400]],
    ['/console/deliveries?instance=%27--', 'operator', [400]],
    ['/console/deliveries?limit=0', 'operator', [400]],
    ['/console/deliveries?limit=101', 'operator', [400]],
    ['/console/deliveries?offset=99999999999', 'operator', [400]],
    [`/console/deliveries/${encodeURIComponent(`' OR 1=1 --`)}`, 'operator', [404]],
    ['/console/deliveries/%00', 'operator', [400]],
    ['/console/deliveries/%ff', 'operator', [400, 404]],
    ['/console/deliveries/..%2f..%2fetc', 'operator', [404]],
    [`/console/deliveries/${'x'.repeat(10_000)}`, 'operator', [400, 404]],
  ])('GET %s', (path, audience, statuses) => {
    it('is refused as documented', async () => {
      const answer = await askBytes(hub, path, await headersOf(audience === 'public' ? 'anonymous' : audience));
      expect(statuses).toContain(answer.status);
      expectProblem(answer);
    });
  });

  it.each(['a b', 'é', 'x'.repeat(5_000)])('an Idempotency-Key of %s is no reason for a 500', async (key) => {
    const headers = { ...(await asShop(hub)), 'idempotency-key': Buffer.from(key).toString('latin1') };
    const answer = await send(CHECKOUT, headers, JSON.stringify(purchase()));
    expect([201, 400]).toContain(answer.status);
  });

  it('the order of the table is untouched by all of it', async () => {
    const [row] = await hub.database.dataSource.query('SELECT status FROM orders WHERE id = $1', [orderId]);
    expect(row).toEqual({ status: 'open' });
  });
});

function mapped(good: Record<string, unknown>, change: (value: unknown) => unknown): object {
  const names = Object.keys(good);
  return Object.fromEntries((names.length > 0 ? names : ['id']).map((name) => [name, change(good[name])]));
}

function expectProblem(answer: Answer): void {
  expect(answer.json()).toMatchObject({
    type: expect.any(String),
    message: expect.any(String),
    code: expect.stringMatching(/^[A-Z][A-Z0-9_]*$/),
    request_id: expect.any(String),
  });
}
