import { xsrfTokenOf } from '#accounts';
import {
  anInstance,
  aPaidPackage,
  asOperator,
  EXTENSION_API,
  graphqlCodeOf,
  ISSUE_TOKEN,
  pageHeaders,
  SESSION_COOKIE,
  startExtensionShop,
  type ExtensionShop,
  type GraphqlAnswer,
} from '#test';

let shop: ExtensionShop;
beforeAll(async () => {
  shop = await startExtensionShop();
});
afterAll(() => shop.hub.close());
// Sessions are limited by the minute; no test is about the one before it.
beforeEach(() => shop.hub.clock.advance(60));

describe('a request that is not of a page of the hub', () => {
  const good = () => pageHeaders(shop.session);
  const without = (name: string) => Object.fromEntries(Object.entries(good()).filter(([key]) => key !== name));
  it.each([
    ['without a session', () => ({ ...good(), cookie: `XSRF-TOKEN=${xsrfTokenOf(shop.session)}` }), 'UNAUTHENTICATED'],
    ['with a made-up session', () => pageHeaders(`hmer_${'A'.repeat(43)}`), 'UNAUTHENTICATED'],
    ['without an origin', () => without('origin'), 'FORBIDDEN'],
    ['from another origin', () => ({ ...good(), origin: 'https://evil.example' }), 'FORBIDDEN'],
    ['from an origin that ends alike', () => ({ ...good(), origin: 'https://hub.example.evil.example' }), 'FORBIDDEN'],
    ['from the extension’s own page', () => ({ ...good(), origin: 'https://app.vendor.example' }), 'FORBIDDEN'],
    ['from a sandboxed page', () => ({ ...good(), origin: 'null' }), 'FORBIDDEN'],
    ['without the XSRF header', () => without('x-xsrf-token'), 'FORBIDDEN'],
    ['with another XSRF header', () => ({ ...good(), 'x-xsrf-token': 'x'.repeat(43) }), 'FORBIDDEN'],
    ['without the XSRF cookie', () => ({ ...good(), cookie: `${SESSION_COOKIE}=${shop.session}` }), 'FORBIDDEN'],
    [
      'with a planted pair of XSRF values',
      () => ({ ...good(), 'x-xsrf-token': 'planted', cookie: `${SESSION_COOKIE}=${shop.session}; XSRF-TOKEN=planted` }),
      'FORBIDDEN',
    ],
  ])('%s', async (_, headers, code) => {
    const answer = await shop.ask(ISSUE_TOKEN, { input: { extensionId: 'notes' } }, headers());
    expect([answer.data, graphqlCodeOf(answer)]).toEqual([null, code]);
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded', 'query=%7Bviewer%7Bid%7D%7D'],
    ['text', 'text/plain', '{"query":"{viewer{id}}"}'],
    ['a multipart form', 'multipart/form-data; boundary=x', '--x--'],
    ['another JSON type', 'application/graphql+json', '{"query":"{viewer{id}}"}'],
    ['JSON by name only', 'application/jsonx', '{"query":"{viewer{id}}"}'],
  ])('does not get in as %s', async (_, type, body) => {
    expect((await shop.post(body, { ...good(), 'content-type': type })).status).toBe(400);
  });

  it('does not get in by GET', async () => {
    const response = await fetch(`${shop.hub.url}/api/graphql?query=%7Bviewer%7Bid%7D%7D`, {
      headers: without('content-type') as Record<string, string>,
    });
    expect(response.status).toBe(404);
  });
});

describe('a GraphQL request out of bounds', () => {
  const ONE = 'issueExtensionToken(input: { extensionId: "notes" }) { token }';
  const chain = Array.from({ length: 12 }, (_, i) => `fragment f${i} on Viewer { ...f${i + 1} ...f${i + 1} }`).join(
    ' ',
  );
  it.each([
    ['two root fields', `mutation { a: ${ONE} b: ${ONE} }`],
    [
      'two root fields through fragments',
      `mutation { ...m ...n } fragment m on Mutation { a: ${ONE} } fragment n on Mutation { b: ${ONE} }`,
    ],
    ['two root fields in an inline fragment', `mutation { ... on Mutation { a: ${ONE} } ... { b: ${ONE} } }`],
    ['two operations', `mutation A { ${ONE} } mutation B { ${ONE} }`],
    ['five aliases', `{ viewer { a: id b: id c: id d: id e: id } }`],
    ['fragments that spread each other twice', `{ viewer { ...f0 } } ${chain} fragment f12 on Viewer { a: id }`],
    ['a fragment inside itself', `{ viewer { ...f } } fragment f on Viewer { id ...f }`],
    ['introspection of the schema', `{ __schema { types { name } } }`],
    ['introspection of a type', `{ __type(name: "Mutation") { name } }`],
    ['an unknown field', `{ viewer { password } }`],
    ['an unknown argument', `mutation { issueExtensionToken(input: { extensionId: "notes", ttl: 9 }) { token } }`],
    ['no selection', `mutation { issueExtensionToken(input: { extensionId: "notes" }) }`],
    ['a subscription', `subscription { viewer { id } }`],
    ['more than 200 tokens', `{ viewer { ${'id '.repeat(200)} } }`],
    ['more than 4,000 characters', `{ viewer { id } } #${'x'.repeat(4_000)}`],
    ['no GraphQL', `SELECT 1`],
    ['nothing', ''],
  ])('%s', async (_, query) => {
    const answer = await shop.ask(query);
    expect([answer.data, graphqlCodeOf(answer), answer.errors]).toEqual([null, 'BAD_USER_INPUT', [expect.anything()]]);
  });

  it.each([
    ['a batch', [{ query: '{ viewer { id } }' }, { query: '{ viewer { id } }' }]],
    ['text', '"{ viewer { id } }"'],
    ['null', 'null'],
    ['a list of variables', { query: '{ viewer { id } }', variables: [] }],
    ['a number for an operation name', { query: '{ viewer { id } }', operationName: 1 }],
    [
      'two operations, one of them named',
      { query: 'query A { viewer { id } } query B { viewer { id } }', operationName: 'A' },
    ],
    ['an operation that is not there', { query: 'query A { viewer { id } }', operationName: 'B' }],
    ['an id that is an object', { query: ISSUE_TOKEN, variables: { input: { extensionId: { $ne: '' } } } }],
    ['a missing variable', { query: ISSUE_TOKEN, variables: {} }],
  ])('%s as a body', async (_, body) => {
    expect(graphqlCodeOf((await (await shop.post(body)).json()) as GraphqlAnswer)).toBe('BAD_USER_INPUT');
  });

  it('does not say what broke, and logs it', async () => {
    await shop.hub.database.dataSource.query('ALTER TABLE extension_installations RENAME TO away');
    try {
      const answer = await shop.issue({ extensionId: 'notes' });
      expect(answer).toEqual({
        data: null,
        errors: [{ message: 'Something went wrong on our side.', extensions: { code: 'UNEXPECTED' } }],
      });
      expect(shop.hub.logs()).toContain('extension_installations');
    } finally {
      await shop.hub.database.dataSource.query('ALTER TABLE away RENAME TO extension_installations');
    }
  });

  it('logs neither tokens nor sessions', async () => {
    const token = await shop.tokenFor();
    for (const secret of [token, token.split('.')[2]!, shop.session, xsrfTokenOf(shop.session)])
      expect(shop.hub.logs()).not.toContain(secret);
  });
});

describe('the console', () => {
  const call = async (method: string, path: string, json?: object) =>
    fetch(`${shop.hub.url}/console/extensions${path}`, {
      method,
      headers: { ...(await asOperator(shop.hub)), ...(json ? { 'content-type': 'application/json' } : {}) },
      ...(json ? { body: JSON.stringify(json) } : {}),
    });
  const body = {
    id: 'made',
    name: 'Made',
    api_origins: [EXTENSION_API],
    frontend_origins: ['https://app.vendor.example'],
  };

  it('registers, lists, changes and installs extensions', async () => {
    expect(await (await call('POST', '', body)).json()).toMatchObject({
      id: 'made',
      frontend_url: null,
      disabled_at: null,
    });
    expect(((await (await call('GET', '')).json()) as { items: { id: string }[] }).items.map(({ id }) => id)).toContain(
      'made',
    );
    const changed = { ...body, id: undefined, name: 'Changed', enabled: false };
    expect(await (await call('PUT', '/made', changed)).json()).toMatchObject({
      name: 'Changed',
      disabled_at: expect.any(String),
    });
    expect((await call('PUT', `/made/installations/${shop.id}`, {})).status).toBe(204);
    expect(await (await call('GET', '/made/installations')).json()).toMatchObject({
      items: [{ instance_id: shop.id, base_url: expect.any(String), enabled: true }],
      count: 1,
    });
    expect((await call('PUT', `/made/installations/${shop.id}`, { enabled: false })).status).toBe(204);
    expect(await (await call('GET', '/made/installations')).json()).toMatchObject({
      items: [{ instance_id: shop.id, enabled: false }],
    });
    expect((await call('DELETE', `/made/installations/${shop.id}`)).status).toBe(204);
    expect((await call('DELETE', `/made/installations/${shop.id}`)).status).toBe(204);
    expect(await (await call('GET', '/made/installations')).json()).toMatchObject({ items: [], count: 0 });
    expect((await call('PUT', '/made/installations/nobody', {})).status).toBe(404);
    expect((await call('PUT', `/nothing/installations/${shop.id}`, {})).status).toBe(404);
    expect((await call('PUT', '/nothing', changed)).status).toBe(404);
    expect((await call('POST', '', body)).status).toBe(409);
  });

  it.each([
    ['an id with a slash', { id: 'a/b' }],
    ['no API', { api_origins: [] }],
    ['an API with a path', { api_origins: [`${EXTENSION_API}/v1`] }],
    ['any origin', { frontend_origins: ['*'] }],
    ['the null origin', { frontend_origins: ['null'] }],
    ['http', { api_origins: ['http://api.vendor.example'] }],
    ['a page elsewhere', { frontend_url: 'https://evil.example/' }],
    ['a script as a page', { frontend_url: 'javascript:alert(1)' }],
  ])('refuses %s', async (_, changes) => {
    expect((await call('POST', '', { ...body, id: 'refused', ...changes })).status).toBe(400);
  });

  it('names the package whose license an extension runs on', async () => {
    const { marketplaceId } = await aPaidPackage(shop.hub.database);
    const licensed = { ...body, id: 'licensed', marketplace_id: marketplaceId };
    expect(await (await call('POST', '', licensed)).json()).toMatchObject({ marketplace_id: marketplaceId });
    const { items } = (await (await call('GET', '')).json()) as { items: { id: string }[] };
    expect(items.find(({ id }) => id === 'licensed')).toMatchObject({ marketplace_id: marketplaceId });
    expect(items.find(({ id }) => id === 'made')).toMatchObject({ marketplace_id: null });
  });

  it('has no shops of an extension that is not there', async () => {
    expect((await call('GET', '/nothing/installations')).status).toBe(404);
  });

  it('refuses a package that is not there', async () => {
    expect((await call('POST', '', { ...body, id: 'refused', marketplace_id: '@no/body' })).status).toBe(404);
  });
});

describe('the page of an extension', () => {
  const open = (id: string, cookie?: string) => shop.open(`/portal/extensions/${id}`, cookie);

  it('holds it in a frame of its own origin, which the policy names', async () => {
    await shop.signInAnew();
    const response = await open('notes');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toContain(
      "frame-src https://app.vendor.example; base-uri 'none'",
    );
    expect(await response.text()).toContain('sandbox="allow-scripts');
  });

  it('is not there for strangers, other shops and unknown extensions', async () => {
    expect((await open('notes', '')).status).toBe(401);
    await shop.install('elsewhere', {}, (await anInstance(shop.hub.database)).id);
    expect((await open('elsewhere')).status).toBe(404);
    expect((await open('nothing')).status).toBe(404);
  });
});
