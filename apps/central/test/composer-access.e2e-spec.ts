import {
  aPackageToken,
  anOperator,
  aPublisher,
  publishVersion,
  startComposerHub,
  type ComposerHub,
} from './support/composer.js';

const AUDIENCES = ['anonymous', 'operator', 'publisher', 'management', 'customer'] as const;
type Audience = (typeof AUDIENCES)[number];

interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As the API document writes it. */
  readonly path: string;
  /** The audience let in; everybody else gets 401. */
  readonly for: Audience | 'public';
  /** What the audience gets for an empty or unknown request. */
  readonly status: number;
}

const DOCUMENTED: readonly Route[] = [
  { method: 'GET', path: '/api/tokens', for: 'management', status: 200 },
  { method: 'POST', path: '/api/tokens', for: 'management', status: 400 },
  { method: 'GET', path: '/api/tokens/{id}', for: 'management', status: 404 },
  { method: 'PATCH', path: '/api/tokens/{id}', for: 'management', status: 404 },
  { method: 'DELETE', path: '/api/tokens/{id}', for: 'management', status: 404 },
  { method: 'DELETE', path: '/api/orders/{orderId}', for: 'management', status: 404 },
  { method: 'GET', path: '/api/customers', for: 'management', status: 200 },
  { method: 'GET', path: '/console/management-tokens', for: 'operator', status: 200 },
  { method: 'POST', path: '/console/management-tokens', for: 'operator', status: 400 },
  { method: 'DELETE', path: '/console/management-tokens/{id}', for: 'operator', status: 404 },
  { method: 'GET', path: '/console/composer-sources', for: 'operator', status: 200 },
  { method: 'POST', path: '/console/composer-sources', for: 'operator', status: 400 },
  { method: 'GET', path: '/console/composer-sources/{id}', for: 'operator', status: 404 },
  { method: 'POST', path: '/console/composer-sources/{id}/sync', for: 'operator', status: 404 },
  { method: 'DELETE', path: '/console/composer-sources/{id}', for: 'operator', status: 404 },
  { method: 'POST', path: '/publisher/composer/versions', for: 'publisher', status: 400 },
  { method: 'GET', path: '/publisher/composer/packages', for: 'publisher', status: 200 },
  { method: 'PUT', path: '/publisher/composer/packages/{vendor}/{name}/listing', for: 'publisher', status: 404 },
  { method: 'POST', path: '/publisher/composer/advisories', for: 'publisher', status: 400 },
  { method: 'DELETE', path: '/publisher/composer/advisories/{id}', for: 'publisher', status: 404 },
  { method: 'POST', path: '/webhooks/composer-sources/{id}', for: 'public', status: 401 },
];
/** What `composer` reads; its routes are its own protocol and not in the API document. */
const REPOSITORY: readonly Route[] = [
  { method: 'GET', path: '/packages.json', for: 'customer', status: 200 },
  { method: 'GET', path: '/p2/acme/seo.json', for: 'customer', status: 200 },
  { method: 'GET', path: '/p2/acme/seo~dev.json', for: 'customer', status: 200 },
  { method: 'GET', path: '/p2/other/seo.json', for: 'customer', status: 404 },
  { method: 'GET', path: '/dist/acme/seo/{id}.zip', for: 'customer', status: 404 },
  { method: 'POST', path: '/notify-batch', for: 'customer', status: 200 },
  { method: 'GET', path: '/search.json', for: 'customer', status: 200 },
  { method: 'GET', path: '/list.json', for: 'customer', status: 200 },
  { method: 'GET', path: '/security-advisories', for: 'customer', status: 200 },
  { method: 'POST', path: '/security-advisories', for: 'customer', status: 200 },
];

const TOKEN = { name: 'x', scopes: ['tokens:read'] };
const SOURCE = { publisher_id: 'none', url: '/x', prefixes: ['a/'] };
const ADVISORY = { package: 'acme/seo', title: 'x', affected_versions: '<1' };

describe('the routes of Composer', () => {
  let hub: ComposerHub;
  const tokens = new Map<Audience, string>();
  beforeAll(async () => {
    hub = await startComposerHub();
    const acme = await aPublisher(hub, 'acme');
    await publishVersion(hub, acme.token, 'acme/seo', '1.0.0');
    tokens.set('operator', await anOperator(hub));
    tokens.set('publisher', acme.token);
    tokens.set('management', hub.management);
    tokens.set('customer', (await aPackageToken(hub, ['acme/'])).token);
  });
  afterAll(() => hub.close());

  it.each([...DOCUMENTED, ...REPOSITORY].map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s lets in its audience alone',
    async (_, { method, path, for: audience, status }) => {
      const body = path.includes('/listing') ? { marketplace_id: null } : method === 'GET' ? undefined : {};
      const noType = path === '/publisher/composer/versions' || method === 'DELETE';
      for (const caller of AUDIENCES) {
        const token = tokens.get(caller);
        const answer = await hub.call<{ code?: string }>(method, path.replaceAll(/\{\w+\}/g, 'none'), {
          ...(token === undefined ? {} : { token }),
          ...(noType || body === undefined ? {} : { body }),
        });
        const expected = caller === audience || audience === 'public' ? status : 401;
        expect([caller, answer.status]).toEqual([caller, expected]);
        if (expected >= 400) expect(answer.body.code).toMatch(/^[A-Z_]+$/);
      }
    },
  );

  it('are all in this table', async () => {
    const { body } = await hub.call<{ paths: Record<string, object> }>('GET', '/openapi.json');
    const ours =
      /^\/(api\/(?!market\/)|publisher\/composer|console\/(management-tokens|composer-)|webhooks\/composer-)/;
    const there = Object.entries(body.paths)
      .filter(([path]) => ours.test(path))
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
    expect(there.sort()).toEqual(DOCUMENTED.map(({ method, path }) => `${method} ${path}`).sort());
  });

  it.each([
    { path: '/api/customers?limit=0', by: 'management' },
    { path: '/api/customers?limit=x', by: 'management' },
    { path: '/api/customers?color=red', by: 'management' },
    { path: '/api/tokens?customer_id=', by: 'management' },
    { path: '/api/tokens?customer_id[]=a', by: 'management' },
    { path: '/console/management-tokens', by: 'operator', body: { name: '', scopes: ['tokens:read'] } },
    { path: '/console/management-tokens', by: 'operator', body: { name: 'x', scopes: [] } },
    { path: '/console/management-tokens', by: 'operator', body: { name: 'x', scopes: ['tokens:all'] } },
    { path: '/console/management-tokens', by: 'operator', body: { ...TOKEN, expires_at: 1 } },
    { path: '/console/management-tokens', by: 'operator', body: { ...TOKEN, publisher_id: 'none' } },
    { path: '/console/management-tokens', by: 'operator', body: { ...TOKEN, color: 'red' } },
    { path: '/console/composer-sources', by: 'operator', body: SOURCE },
    { path: '/console/composer-sources', by: 'operator', body: { ...SOURCE, prefixes: ['a/*'] } },
    { path: '/console/composer-sources', by: 'operator', body: { ...SOURCE, prefixes: [] } },
    { path: '/console/composer-sources', by: 'operator', body: { ...SOURCE, interval_minutes: 0 } },
    { path: '/console/composer-sources', by: 'operator', body: { ...SOURCE, credential: 'no colon' } },
    { path: '/publisher/composer/advisories', by: 'publisher', body: { ...ADVISORY, affected_versions: '<<1' } },
    { path: '/publisher/composer/advisories', by: 'publisher', body: { ...ADVISORY, link: 'javascript:x' } },
  ] as const)('$path refuses what it cannot read', async ({ path, by, ...rest }) => {
    const method = 'body' in rest ? 'POST' : 'GET';
    const answer = await hub.call(method, path, { token: tokens.get(by)!, ...rest });
    expect([answer.status, answer.body]).toEqual([400, expect.objectContaining({ type: 'invalid_data' })]);
  });
});
