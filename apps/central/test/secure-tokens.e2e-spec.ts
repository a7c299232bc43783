import { randomUUID } from 'node:crypto';
import { extensionAuth, type ExtensionAuth } from '@hansa/extension-auth';
import { issueExternalToken } from '@hansa/external-auth/issuer';
import { License, LicensesService } from '#licenses';
import { MerchantMembership, xsrfTokenOf } from '#accounts';
import { ExternalIssuers } from '#external-auth';
import { Extensions, rotateExtensionKey } from '#secure-tokens';
import { KeyRing } from '#signing';
import { definedJobs, handlersOf } from '@hansa/platform';
import { aPaidPackage, anInstance, asOperator, cookiesOf, PORTAL_URL, startPortalHub, type PortalHub } from '#test';

const SESSION = '__Host-hansa-session';
const API = 'https://api.vendor.example';
const MUTATION = `mutation ($input: IssueExtensionTokenInput!) {
  issueExtensionToken(input: $input) { token expiresAt expiresIn tokenType } }`;

let hub: PortalHub;
let shop: string;
/** Of a member of `shop`. */
let session: string;
let accountId: string;

beforeAll(async () => {
  hub = await startPortalHub();
  shop = (await anInstance(hub.database)).id;
  session = await signIn(shop);
  ({ id: accountId } = (await ask('{ viewer { id } }')).data!['viewer'] as { id: string });
  await anExtension('notes');
});
afterAll(() => hub.close());
// Sessions are limited by the minute; no test is about the one before it.
beforeEach(() => hub.clock.advance(60));

async function signIn(instanceId: string | null): Promise<string> {
  const name = `platform ${randomUUID()}`;
  const settings = {
    redirectUrl: 'https://intranet.example/',
    logoutUrl: null,
    defaultPath: '/portal',
    readerExitOrigins: [],
    maxLifeSeconds: 300,
    instanceId,
  };
  const { key } = await hub.app.get(ExternalIssuers, { strict: false }).create(name, settings, 'test');
  const user = { uuid: randomUUID(), email: `${randomUUID()}@shop.example` };
  const token = issueExternalToken({ issuer: name, key: key.secret, user }, hub.clock.now());
  const response = await fetch(`${hub.url}/auth/token?external-auth-token=${token}`, { redirect: 'manual' });
  return cookiesOf(response)[SESSION]!;
}

const settings = (changes: object = {}) => ({
  name: 'Notes',
  apiOrigins: [API],
  frontendOrigins: ['https://app.vendor.example'],
  frontendUrl: 'https://app.vendor.example/index.html',
  marketplaceId: null,
  ...changes,
});

async function anExtension(id: string, changes: object = {}, instanceId = shop): Promise<void> {
  const extensions = hub.app.get(Extensions, { strict: false });
  await extensions.register(id, settings(changes), 'test');
  await extensions.install(id, instanceId, true, 'test');
}

interface Answer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: { message: string; extensions: { code: string } }[];
}

const headersOf = (token: string) => ({
  origin: PORTAL_URL,
  'content-type': 'application/json',
  cookie: `${SESSION}=${token}; XSRF-TOKEN=${xsrfTokenOf(token)}`,
  'x-xsrf-token': xsrfTokenOf(token),
});
const post = (body: unknown, headers: Record<string, string> = headersOf(session)) =>
  fetch(`${hub.url}/api/graphql`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const ask = async (query: string, variables: object = {}, headers?: Record<string, string>) =>
  (await (await post({ query, variables }, headers)).json()) as Answer;
const issue = (input: object, token = session) => ask(MUTATION, { input }, headersOf(token));
const codeOf = ({ errors }: Answer) => errors?.[0]?.extensions.code;
const tokenOf = async (input: object = { extensionId: 'notes' }) =>
  ((await issue(input)).data!['issueExtensionToken'] as { token: string }).token;

/** A third-party API that gets its keys from this hub, as if it were reached under its public name. */
function anApi(audience = API, options: object = {}): ExtensionAuth {
  return extensionAuth({
    audience,
    marketplaces: [{ issuer: PORTAL_URL, tenants: 'any' }],
    fetch: async (url) => fetch(url.replace(PORTAL_URL, hub.url)),
    now: () => hub.clock.now(),
    ...options,
  });
}
const verify = (token: string, api = anApi()) => api.authenticate({ 'mp-authorization': token });

describe('a member of a shop that has the extension', () => {
  it('swaps the session for a token that the third-party API takes', async () => {
    const response = await post({ query: MUTATION, variables: { input: { extensionId: 'notes' } } });
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const { issueExtensionToken: issued } = (
      (await response.json()) as { data: Record<string, Record<string, unknown>> }
    ).data;
    const expiresAt = new Date(hub.clock.now().getTime() + 300_000);
    expect(issued).toMatchObject({ expiresAt: expiresAt.toISOString(), expiresIn: 300, tokenType: 'Bearer' });
    expect(await verify(issued!['token'] as string)).toMatchObject({
      issuer: PORTAL_URL,
      tenant: shop,
      subject: accountId,
      extension: 'notes',
      expiresAt,
    });
  });

  it('gets the documented claims and those that bind the token, and nothing else', async () => {
    const [header, payload] = (await tokenOf())
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object);
    expect(Object.keys(header!)).toEqual(['alg', 'kid', 'typ']);
    expect(Object.keys(payload!).sort()).toEqual(['aud', 'exp', 'ext', 'iat', 'iss', 'jti', 'name', 'sub', 'tenant']);
    expect(header).toMatchObject({ alg: 'ES256', typ: 'ext+jwt', kid: expect.stringMatching(/^[\w-]{43}$/) });
  });

  it('is told who they are', async () => {
    const { data } = await ask('{ viewer { id email tenants } }');
    expect(data).toMatchObject({ viewer: { id: accountId, tenants: [shop] } });
  });

  it('of several shops says which', async () => {
    const second = (await anInstance(hub.database)).id;
    const both = await signIn(shop);
    const { id } = (await ask('{ viewer { id } }', {}, headersOf(both))).data!['viewer'] as { id: string };
    const membership = {
      accountId: id,
      instanceId: second,
      role: 'member',
      joinedAt: hub.clock.now(),
      endedAt: null,
    } as const;
    await hub.database.dataSource.manager.insert(MerchantMembership, membership);
    expect(codeOf(await issue({ extensionId: 'notes' }, both))).toBe('BAD_USER_INPUT');
    expect(codeOf(await issue({ extensionId: 'notes', tenant: second }, both))).toBe('EXTENSION_NOT_INSTALLED');
    expect(codeOf(await issue({ extensionId: 'notes', tenant: shop }, both))).toBeUndefined();
  });
});

describe('a token is refused', () => {
  it('to a person who is no member, or none any more', async () => {
    expect(codeOf(await issue({ extensionId: 'notes' }, await signIn(null)))).toBe('FORBIDDEN');
    const foreign = (await anInstance(hub.database)).id;
    expect(codeOf(await issue({ extensionId: 'notes', tenant: foreign }))).toBe('FORBIDDEN');
    const left = await signIn(shop);
    expect(codeOf(await issue({ extensionId: 'notes' }, left))).toBeUndefined();
    const { id } = (await ask('{ viewer { id } }', {}, headersOf(left))).data!['viewer'] as { id: string };
    await hub.database.dataSource.manager.update(MerchantMembership, { accountId: id }, { endedAt: hub.clock.now() });
    expect(codeOf(await issue({ extensionId: 'notes' }, left))).toBe('FORBIDDEN');
  });

  it('for an extension that is not installed, or not there at all', async () => {
    const other = (await anInstance(hub.database)).id;
    await anExtension('elsewhere', {}, other);
    expect(codeOf(await issue({ extensionId: 'elsewhere' }))).toBe('EXTENSION_NOT_INSTALLED');
    expect(codeOf(await issue({ extensionId: "x' OR '1'='1" }))).toBe('EXTENSION_NOT_INSTALLED');
  });

  it('for one that is disabled in the shop, disabled everywhere, or taken away', async () => {
    const extensions = hub.app.get(Extensions, { strict: false });
    await anExtension('switched');
    const code = async () => codeOf(await issue({ extensionId: 'switched' }));
    expect(await code()).toBeUndefined();
    await extensions.install('switched', shop, false, 'test');
    expect(await code()).toBe('EXTENSION_DISABLED');
    await extensions.install('switched', shop, true, 'test');
    await extensions.replace('switched', settings(), false, 'test');
    expect(await code()).toBe('EXTENSION_DISABLED');
    await extensions.replace('switched', settings(), true, 'test');
    expect(await code()).toBeUndefined();
    await extensions.uninstall('switched', shop, 'test');
    expect(await code()).toBe('EXTENSION_NOT_INSTALLED');
  });

  it('without an active license, where the extension needs one', async () => {
    const paid = await aPaidPackage(hub.database);
    await anExtension('paid', { marketplaceId: paid.marketplaceId });
    const code = async () => codeOf(await issue({ extensionId: 'paid' }));
    expect(await code()).toBe('LICENCE_INACTIVE');
    const licenses = hub.app.get(LicensesService, { strict: false });
    const request = {
      orderId: null,
      packageId: paid.id,
      kind: 'one_time',
      billingInterval: null,
      customerEmail: 'a@b.example',
      actor: 'test',
    } as const;
    const { license } = await hub.database.dataSource.transaction((tx) =>
      licenses.issue(tx, { ...request, instanceId: shop }),
    );
    expect(await code()).toBeUndefined();
    await hub.database.dataSource.manager.update(License, { id: license.id }, { suspendedAt: hub.clock.now() });
    expect(await code()).toBe('LICENCE_INACTIVE');
  });

  it('for an API that is not registered for the extension', async () => {
    await anExtension('two-apis', { apiOrigins: [API, 'https://second.example'] });
    expect(codeOf(await issue({ extensionId: 'two-apis', audience: 'https://second.example' }))).toBeUndefined();
    expect(codeOf(await issue({ extensionId: 'two-apis' }))).toBe('BAD_USER_INPUT');
    for (const audience of [`${API}/`, `${API}.evil.example`, 'https://evil.example', '', PORTAL_URL]) {
      expect(codeOf(await issue({ extensionId: 'two-apis', audience }))).toBe('AUDIENCE_NOT_ALLOWED');
    }
  });

  it('after thirty in a minute of one session', async () => {
    const busy = await signIn(shop);
    const codes = [];
    for (let i = 0; i < 31; i += 1) codes.push(codeOf(await issue({ extensionId: 'notes' }, busy)));
    expect(codes.slice(0, 30)).toEqual(Array(30).fill(undefined));
    expect(codes[30]).toBe('RATE_LIMITED');
    expect(codeOf(await issue({ extensionId: 'notes' }))).toBeUndefined();
  });
});

describe('a request that is not of a page of the hub', () => {
  const good = () => headersOf(session);
  const without = (name: string) => Object.fromEntries(Object.entries(good()).filter(([key]) => key !== name));
  it.each([
    ['without a session', () => ({ ...good(), cookie: `XSRF-TOKEN=${xsrfTokenOf(session)}` }), 'UNAUTHENTICATED'],
    ['with a made-up session', () => headersOf(`hmer_${'A'.repeat(43)}`), 'UNAUTHENTICATED'],
    ['without an origin', () => without('origin'), 'FORBIDDEN'],
    ['from another origin', () => ({ ...good(), origin: 'https://evil.example' }), 'FORBIDDEN'],
    ['from an origin that ends alike', () => ({ ...good(), origin: 'https://hub.example.evil.example' }), 'FORBIDDEN'],
    ['from the extension’s own page', () => ({ ...good(), origin: 'https://app.vendor.example' }), 'FORBIDDEN'],
    ['from a sandboxed page', () => ({ ...good(), origin: 'null' }), 'FORBIDDEN'],
    ['without the XSRF header', () => without('x-xsrf-token'), 'FORBIDDEN'],
    ['with another XSRF header', () => ({ ...good(), 'x-xsrf-token': 'x'.repeat(43) }), 'FORBIDDEN'],
    ['without the XSRF cookie', () => ({ ...good(), cookie: `${SESSION}=${session}` }), 'FORBIDDEN'],
    [
      'with a planted pair of XSRF values',
      () => ({ ...good(), 'x-xsrf-token': 'planted', cookie: `${SESSION}=${session}; XSRF-TOKEN=planted` }),
      'FORBIDDEN',
    ],
  ])('%s', async (_, headers, code) => {
    const answer = await ask(MUTATION, { input: { extensionId: 'notes' } }, headers());
    expect([answer.data, codeOf(answer)]).toEqual([null, code]);
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded', 'query=%7Bviewer%7Bid%7D%7D'],
    ['text', 'text/plain', '{"query":"{viewer{id}}"}'],
    ['a multipart form', 'multipart/form-data; boundary=x', '--x--'],
    ['another JSON type', 'application/graphql+json', '{"query":"{viewer{id}}"}'],
    ['JSON by name only', 'application/jsonx', '{"query":"{viewer{id}}"}'],
  ])('does not get in as %s', async (_, type, body) => {
    expect((await post(body, { ...good(), 'content-type': type })).status).toBe(400);
  });

  it('does not get in by GET', async () => {
    const response = await fetch(`${hub.url}/api/graphql?query=%7Bviewer%7Bid%7D%7D`, {
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
    const answer = await ask(query);
    expect([answer.data, codeOf(answer), answer.errors]).toEqual([null, 'BAD_USER_INPUT', [expect.anything()]]);
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
    ['an id that is an object', { query: MUTATION, variables: { input: { extensionId: { $ne: '' } } } }],
    ['a missing variable', { query: MUTATION, variables: {} }],
  ])('%s as a body', async (_, body) => {
    expect(codeOf((await (await post(body)).json()) as Answer)).toBe('BAD_USER_INPUT');
  });

  it('does not say what broke, and logs it', async () => {
    await hub.database.dataSource.query('ALTER TABLE extension_installations RENAME TO away');
    try {
      const answer = await issue({ extensionId: 'notes' });
      expect(answer).toEqual({
        data: null,
        errors: [{ message: 'Something went wrong on our side.', extensions: { code: 'UNEXPECTED' } }],
      });
      expect(hub.logs()).toContain('extension_installations');
    } finally {
      await hub.database.dataSource.query('ALTER TABLE away RENAME TO extension_installations');
    }
  });

  it('logs neither tokens nor sessions', async () => {
    const token = await tokenOf();
    for (const secret of [token, token.split('.')[2]!, session, xsrfTokenOf(session)])
      expect(hub.logs()).not.toContain(secret);
  });
});

describe('a token', () => {
  it('is of no use at another API, in another tenant, or for another extension', async () => {
    const token = await tokenOf();
    await expect(verify(token, anApi('https://second.example'))).rejects.toMatchObject({ code: 'token_invalid' });
    const narrow = (rules: object) => anApi(API, rules);
    await expect(
      verify(token, narrow({ marketplaces: [{ issuer: PORTAL_URL, tenants: ['inst_other'] }] })),
    ).rejects.toMatchObject({ code: 'tenant_not_allowed' });
    await expect(verify(token, narrow({ extensions: ['others'] }))).rejects.toMatchObject({
      code: 'extension_not_allowed',
    });
  });

  it('dies 300 seconds and the leeway after it was made', async () => {
    const token = await tokenOf();
    const api = anApi();
    hub.clock.advance(330);
    await expect(verify(token, api)).resolves.toBeDefined();
    hub.clock.advance(1);
    await expect(verify(token, api)).rejects.toMatchObject({ code: 'token_expired' });
  });

  it('is not made any more once the session has ended', async () => {
    const ending = await signIn(shop);
    const headers = { cookie: `${SESSION}=${ending}` };
    await fetch(`${hub.url}/auth/logout`, { method: 'POST', headers, redirect: 'manual' });
    expect(codeOf(await issue({ extensionId: 'notes' }, ending))).toBe('UNAUTHENTICATED');
  });
});

describe('the key set', () => {
  interface Jwk {
    readonly kid: string;
    readonly typ: string;
  }
  const read = async () => ((await (await fetch(`${hub.url}/.well-known/jwks.json`)).json()) as { keys: Jwk[] }).keys;
  const kids = async () => (await read()).filter(({ typ }) => typ === 'ext+jwt').map(({ kid }) => kid);
  const kidOf = (token: string) => (JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as Jwk).kid;

  it('holds public members only, may be read from anywhere, and is not sent twice', async () => {
    const response = await fetch(`${hub.url}/.well-known/jwks.json`, {
      headers: { origin: 'https://app.vendor.example' },
    });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
    for (const key of await read()) {
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(secret);
    }
    const headers = { 'if-none-match': response.headers.get('etag')! };
    expect((await fetch(`${hub.url}/.well-known/jwks.json`, { headers })).status).toBe(304);
    const ext = (await read()).filter(({ typ }) => typ === 'ext+jwt');
    expect(ext).toEqual([expect.objectContaining({ kty: 'EC', crv: 'P-256', use: 'sig', alg: 'ES256' })]);
  });

  it('rotates by schedule: published first, used later, and the old key goes when its tokens are gone', async () => {
    const rotate = handlersOf(hub.app)['rotate-extension-key'] as (payload: object) => Promise<void>;
    const [old] = await kids();
    await rotate({});
    expect(await kids()).toEqual([old]);
    hub.clock.advance(31 * 24 * 3_600);
    session = await signIn(shop);
    await anExtension('rotating');
    await rotate({});
    await rotate({});
    const [next, ...rest] = await kids();
    expect(rest).toEqual([old]);
    expect(kidOf(await tokenOf({ extensionId: 'rotating' }))).toBe(old);
    hub.clock.advance(900);
    const [before, after] = [
      await tokenOf({ extensionId: 'rotating' }),
      kidOf(await tokenOf({ extensionId: 'rotating' })),
    ];
    expect(after).toBe(next);
    await expect(verify(before)).resolves.toBeDefined();
    hub.clock.advance(1_800);
    expect(await kids()).toEqual([next]);
    expect(rotateExtensionKey.cron).toBeDefined();
    expect(definedJobs()).toContainEqual(expect.objectContaining({ name: 'rotate-extension-key' }));
  });

  it('changes at once in an emergency: every older key is gone, and what it made is refused', async () => {
    const ring = hub.app.get(KeyRing, { strict: false });
    await anExtension('urgent');
    session = await signIn(shop);
    await ring.rotate('ext', 'planned', 'test');
    const token = await tokenOf({ extensionId: 'urgent' });
    const api = anApi();
    await expect(verify(token, api)).resolves.toBeDefined();
    const kid = await ring.rotate('ext', 'emergency', 'test');
    expect(await kids()).toEqual([kid]);
    expect(kidOf(await tokenOf({ extensionId: 'urgent' }))).toBe(kid);
    await expect(verify(token)).rejects.toMatchObject({ code: 'token_invalid' });
  });
});

describe('the console', () => {
  const call = async (method: string, path: string, json?: object) =>
    fetch(`${hub.url}/console/extensions${path}`, {
      method,
      headers: { ...(await asOperator(hub)), ...(json ? { 'content-type': 'application/json' } : {}) },
      ...(json ? { body: JSON.stringify(json) } : {}),
    });
  const body = { id: 'made', name: 'Made', api_origins: [API], frontend_origins: ['https://app.vendor.example'] };

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
    expect((await call('PUT', `/made/installations/${shop}`, {})).status).toBe(204);
    expect(await (await call('GET', '/made/installations')).json()).toMatchObject({
      items: [{ instance_id: shop, base_url: expect.any(String), enabled: true }],
      count: 1,
    });
    expect((await call('PUT', `/made/installations/${shop}`, { enabled: false })).status).toBe(204);
    expect(await (await call('GET', '/made/installations')).json()).toMatchObject({
      items: [{ instance_id: shop, enabled: false }],
    });
    expect((await call('DELETE', `/made/installations/${shop}`)).status).toBe(204);
    expect((await call('DELETE', `/made/installations/${shop}`)).status).toBe(204);
    expect(await (await call('GET', '/made/installations')).json()).toMatchObject({ items: [], count: 0 });
    expect((await call('PUT', '/made/installations/nobody', {})).status).toBe(404);
    expect((await call('PUT', `/nothing/installations/${shop}`, {})).status).toBe(404);
    expect((await call('PUT', '/nothing', changed)).status).toBe(404);
    expect((await call('POST', '', body)).status).toBe(409);
  });

  it.each([
    ['an id with a slash', { id: 'a/b' }],
    ['no API', { api_origins: [] }],
    ['an API with a path', { api_origins: [`${API}/v1`] }],
    ['any origin', { frontend_origins: ['*'] }],
    ['the null origin', { frontend_origins: ['null'] }],
    ['http', { api_origins: ['http://api.vendor.example'] }],
    ['a page elsewhere', { frontend_url: 'https://evil.example/' }],
    ['a script as a page', { frontend_url: 'javascript:alert(1)' }],
  ])('refuses %s', async (_, changes) => {
    expect((await call('POST', '', { ...body, id: 'refused', ...changes })).status).toBe(400);
  });

  it('names the package whose license an extension runs on', async () => {
    const { marketplaceId } = await aPaidPackage(hub.database);
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
  const open = (id: string, cookie = `${SESSION}=${session}`) =>
    fetch(`${hub.url}/portal/extensions/${id}`, { headers: { cookie } });

  it('holds it in a frame of its own origin, which the policy names', async () => {
    session = await signIn(shop);
    const response = await open('notes');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toContain(
      "frame-src https://app.vendor.example; base-uri 'none'",
    );
    expect(await response.text()).toContain('sandbox="allow-scripts');
  });

  it('is not there for strangers, other shops and unknown extensions', async () => {
    expect((await open('notes', '')).status).toBe(401);
    expect((await open('elsewhere')).status).toBe(404);
    expect((await open('nothing')).status).toBe(404);
  });
});
