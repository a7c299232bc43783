import { definedJobs, handlersOf } from '@hansa/platform';
import { MerchantMembership } from '#accounts';
import { License, LicensesService } from '#licenses';
import { Extensions, rotateExtensionKey } from '#secure-tokens';
import { KeyRing } from '#signing';
import {
  aPaidPackage,
  anInstance,
  EXTENSION_API,
  extensionSettings,
  ISSUE_TOKEN,
  PORTAL_URL,
  startExtensionShop,
  type ExtensionShop,
} from '#test';

let shop: ExtensionShop;
beforeAll(async () => {
  shop = await startExtensionShop();
});
afterAll(() => shop.hub.close());
// Sessions are limited by the minute; no test is about the one before it.
beforeEach(() => shop.hub.clock.advance(60));

describe('a member of a shop that has the extension', () => {
  it('swaps the session for a token that the third-party API takes', async () => {
    const response = await shop.post({ query: ISSUE_TOKEN, variables: { input: { extensionId: 'notes' } } });
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const { issueExtensionToken: issued } = (
      (await response.json()) as { data: Record<string, Record<string, unknown>> }
    ).data;
    const expiresAt = new Date(shop.hub.clock.now().getTime() + 300_000);
    expect(issued).toMatchObject({ expiresAt: expiresAt.toISOString(), expiresIn: 300, tokenType: 'Bearer' });
    expect(await shop.verify(issued!['token'] as string)).toMatchObject({
      issuer: PORTAL_URL,
      tenant: shop.id,
      subject: await shop.accountOf(),
      extension: 'notes',
      expiresAt,
    });
  });

  it('gets the documented claims and those that bind the token, and nothing else', async () => {
    const [header, payload] = (await shop.tokenFor())
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object);
    expect(Object.keys(header!)).toEqual(['alg', 'kid', 'typ']);
    expect(Object.keys(payload!).sort()).toEqual(['aud', 'exp', 'ext', 'iat', 'iss', 'jti', 'name', 'sub', 'tenant']);
    expect(header).toMatchObject({ alg: 'ES256', typ: 'ext+jwt', kid: expect.stringMatching(/^[\w-]{43}$/) });
  });

  it('is told who they are', async () => {
    const { data } = await shop.ask('{ viewer { id email tenants } }');
    expect(data).toMatchObject({ viewer: { id: await shop.accountOf(), tenants: [shop.id] } });
  });

  it('of several shops says which', async () => {
    const second = (await anInstance(shop.hub.database)).id;
    const both = await shop.signIn();
    const id = await shop.accountOf(both);
    const membership = {
      accountId: id,
      instanceId: second,
      role: 'member',
      joinedAt: shop.hub.clock.now(),
      endedAt: null,
    } as const;
    await shop.hub.database.dataSource.manager.insert(MerchantMembership, membership);
    expect(await shop.codeOf({ extensionId: 'notes' }, both)).toBe('BAD_USER_INPUT');
    expect(await shop.codeOf({ extensionId: 'notes', tenant: second }, both)).toBe('EXTENSION_NOT_INSTALLED');
    expect(await shop.codeOf({ extensionId: 'notes', tenant: shop.id }, both)).toBeUndefined();
  });
});

describe('a token is refused', () => {
  it('to a person who is no member, or none any more', async () => {
    expect(await shop.codeOf({ extensionId: 'notes' }, await shop.signIn(null))).toBe('FORBIDDEN');
    const foreign = (await anInstance(shop.hub.database)).id;
    expect(await shop.codeOf({ extensionId: 'notes', tenant: foreign })).toBe('FORBIDDEN');
    const left = await shop.signIn();
    expect(await shop.codeOf({ extensionId: 'notes' }, left)).toBeUndefined();
    const id = await shop.accountOf(left);
    await shop.hub.database.dataSource.manager.update(
      MerchantMembership,
      { accountId: id },
      { endedAt: shop.hub.clock.now() },
    );
    expect(await shop.codeOf({ extensionId: 'notes' }, left)).toBe('FORBIDDEN');
  });

  it('for an extension that is not installed, or not there at all', async () => {
    const other = (await anInstance(shop.hub.database)).id;
    await shop.install('elsewhere', {}, other);
    expect(await shop.codeOf({ extensionId: 'elsewhere' })).toBe('EXTENSION_NOT_INSTALLED');
    expect(await shop.codeOf({ extensionId: "x' OR '1'='1" })).toBe('EXTENSION_NOT_INSTALLED');
  });

  it('for one that is disabled in the shop, disabled everywhere, or taken away', async () => {
    const extensions = shop.hub.app.get(Extensions, { strict: false });
    await shop.install('switched');
    const code = async () => await shop.codeOf({ extensionId: 'switched' });
    expect(await code()).toBeUndefined();
    await extensions.install('switched', shop.id, false, 'test');
    expect(await code()).toBe('EXTENSION_DISABLED');
    await extensions.install('switched', shop.id, true, 'test');
    await extensions.replace('switched', extensionSettings(), false, 'test');
    expect(await code()).toBe('EXTENSION_DISABLED');
    await extensions.replace('switched', extensionSettings(), true, 'test');
    expect(await code()).toBeUndefined();
    await extensions.uninstall('switched', shop.id, 'test');
    expect(await code()).toBe('EXTENSION_NOT_INSTALLED');
  });

  it('without an active license, where the extension needs one', async () => {
    const paid = await aPaidPackage(shop.hub.database);
    await shop.install('paid', { marketplaceId: paid.marketplaceId });
    const code = async () => await shop.codeOf({ extensionId: 'paid' });
    expect(await code()).toBe('LICENCE_INACTIVE');
    const licenses = shop.hub.app.get(LicensesService, { strict: false });
    const request = {
      orderId: null,
      packageId: paid.id,
      kind: 'one_time',
      billingInterval: null,
      customerEmail: 'a@b.example',
      actor: 'test',
    } as const;
    const { license } = await shop.hub.database.dataSource.transaction((tx) =>
      licenses.issue(tx, { ...request, instanceId: shop.id }),
    );
    expect(await code()).toBeUndefined();
    await shop.hub.database.dataSource.manager.update(
      License,
      { id: license.id },
      { suspendedAt: shop.hub.clock.now() },
    );
    expect(await code()).toBe('LICENCE_INACTIVE');
  });

  it('for an API that is not registered for the extension', async () => {
    await shop.install('two-apis', { apiOrigins: [EXTENSION_API, 'https://second.example'] });
    expect(await shop.codeOf({ extensionId: 'two-apis', audience: 'https://second.example' })).toBeUndefined();
    expect(await shop.codeOf({ extensionId: 'two-apis' })).toBe('BAD_USER_INPUT');
    for (const audience of [
      `${EXTENSION_API}/`,
      `${EXTENSION_API}.evil.example`,
      'https://evil.example',
      '',
      PORTAL_URL,
    ]) {
      expect(await shop.codeOf({ extensionId: 'two-apis', audience })).toBe('AUDIENCE_NOT_ALLOWED');
    }
  });

  it('after thirty in a minute of one session', async () => {
    const busy = await shop.signIn();
    const codes = [];
    for (let i = 0; i < 31; i += 1) codes.push(await shop.codeOf({ extensionId: 'notes' }, busy));
    expect(codes.slice(0, 30)).toEqual(Array(30).fill(undefined));
    expect(codes[30]).toBe('RATE_LIMITED');
    expect(await shop.codeOf({ extensionId: 'notes' })).toBeUndefined();
  });
});

describe('a token', () => {
  it('is of no use at another API, in another tenant, or for another extension', async () => {
    const token = await shop.tokenFor();
    await expect(shop.verify(token, shop.anApi('https://second.example'))).rejects.toMatchObject({
      code: 'token_invalid',
    });
    const narrow = (rules: object) => shop.anApi(EXTENSION_API, rules);
    await expect(
      shop.verify(token, narrow({ marketplaces: [{ issuer: PORTAL_URL, tenants: ['inst_other'] }] })),
    ).rejects.toMatchObject({ code: 'tenant_not_allowed' });
    await expect(shop.verify(token, narrow({ extensions: ['others'] }))).rejects.toMatchObject({
      code: 'extension_not_allowed',
    });
  });

  it('dies 300 seconds and the leeway after it was made', async () => {
    const token = await shop.tokenFor();
    const api = shop.anApi();
    shop.hub.clock.advance(330);
    await expect(shop.verify(token, api)).resolves.toBeDefined();
    shop.hub.clock.advance(1);
    await expect(shop.verify(token, api)).rejects.toMatchObject({ code: 'token_expired' });
  });

  it('is not made any more once the session has ended', async () => {
    const ending = await shop.signIn();
    await shop.signOut(ending);
    expect(await shop.codeOf({ extensionId: 'notes' }, ending)).toBe('UNAUTHENTICATED');
  });
});

describe('the key set', () => {
  interface Jwk {
    readonly kid: string;
    readonly typ: string;
  }
  const read = async () =>
    ((await (await fetch(`${shop.hub.url}/.well-known/jwks.json`)).json()) as { keys: Jwk[] }).keys;
  const kids = async () => (await read()).filter(({ typ }) => typ === 'ext+jwt').map(({ kid }) => kid);
  const kidOf = (token: string) => (JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as Jwk).kid;

  it('holds public members only, may be read from anywhere, and is not sent twice', async () => {
    const response = await fetch(`${shop.hub.url}/.well-known/jwks.json`, {
      headers: { origin: 'https://app.vendor.example' },
    });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
    for (const key of await read()) {
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(secret);
    }
    const headers = { 'if-none-match': response.headers.get('etag')! };
    expect((await fetch(`${shop.hub.url}/.well-known/jwks.json`, { headers })).status).toBe(304);
    const ext = (await read()).filter(({ typ }) => typ === 'ext+jwt');
    expect(ext).toEqual([expect.objectContaining({ kty: 'EC', crv: 'P-256', use: 'sig', alg: 'ES256' })]);
  });

  it('rotates by schedule: published first, used later, and the old key goes when its tokens are gone', async () => {
    const rotate = handlersOf(shop.hub.app)['rotate-extension-key'] as (payload: object) => Promise<void>;
    const [old] = await kids();
    await rotate({});
    expect(await kids()).toEqual([old]);
    shop.hub.clock.advance(31 * 24 * 3_600);
    await shop.signInAnew();
    await shop.install('rotating');
    await rotate({});
    await rotate({});
    const [next, ...rest] = await kids();
    expect(rest).toEqual([old]);
    expect(kidOf(await shop.tokenFor('rotating'))).toBe(old);
    shop.hub.clock.advance(900);
    const [before, after] = [await shop.tokenFor('rotating'), kidOf(await shop.tokenFor('rotating'))];
    expect(after).toBe(next);
    await expect(shop.verify(before)).resolves.toBeDefined();
    shop.hub.clock.advance(1_800);
    expect(await kids()).toEqual([next]);
    expect(rotateExtensionKey.cron).toBeDefined();
    expect(definedJobs()).toContainEqual(expect.objectContaining({ name: 'rotate-extension-key' }));
  });

  it('changes at once in an emergency: every older key is gone, and what it made is refused', async () => {
    const ring = shop.hub.app.get(KeyRing, { strict: false });
    await shop.install('urgent');
    await shop.signInAnew();
    await ring.rotate('ext', 'planned', 'test');
    const token = await shop.tokenFor('urgent');
    const api = shop.anApi();
    await expect(shop.verify(token, api)).resolves.toBeDefined();
    const kid = await ring.rotate('ext', 'emergency', 'test');
    expect(await kids()).toEqual([kid]);
    expect(kidOf(await shop.tokenFor('urgent'))).toBe(kid);
    await expect(shop.verify(token)).rejects.toMatchObject({ code: 'token_invalid' });
  });
});
