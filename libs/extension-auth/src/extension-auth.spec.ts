import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import {
  answerTo,
  extensionAuth,
  type ExtensionAuthError,
  type ExtensionAuthOptions,
  type FetchKeys,
  type Marketplace,
} from './index.js';

const NOW = new Date('2030-01-01T00:00:00Z');
const SECONDS = NOW.getTime() / 1_000;
const MARKET = 'https://market.example';
const API = 'https://api.vendor.example';
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const JWK = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'ES256', typ: 'ext+jwt' };
const CLAIMS = {
  iss: MARKET,
  aud: API,
  sub: 'a4c1b0de-0000-4000-8000-000000000001',
  name: 'person@shop.example',
  tenant: 'inst_1',
  ext: 'notes',
  jti: 'token-1',
  iat: SECONDS,
  exp: SECONDS + 300,
};
const HEADER = { alg: 'ES256', kid: 'k1', typ: 'ext+jwt' };

const encode = (part: unknown) =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
const signed = (claims: unknown, header: unknown = HEADER, key: KeyObject = pair.privateKey) => {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
};
const hmac = (claims: unknown, header: unknown, secret: string | Buffer) => {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
};

function auth(options: Partial<ExtensionAuthOptions> = {}, market: Partial<Marketplace> = {}) {
  const urls: string[] = [];
  const get: FetchKeys = async (url) => {
    urls.push(url);
    return Response.json({ keys: [JWK] });
  };
  const marketplaces = [{ issuer: MARKET, tenants: ['inst_1', 'inst_2'], ...market }];
  const made = extensionAuth({ audience: API, marketplaces, now: () => NOW, fetch: get, ...options });
  const ask = (token: string) => made.authenticate({ 'mp-authorization': token });
  const codeOf = async (token: string) =>
    ask(token).then(
      () => 'let in',
      (error: unknown) => (error as ExtensionAuthError).code,
    );
  return { made, ask, codeOf, urls };
}

describe('a good token', () => {
  it('says who is calling', async () => {
    await expect(auth().ask(signed(CLAIMS))).resolves.toEqual({
      issuer: MARKET,
      tenant: 'inst_1',
      subject: CLAIMS.sub,
      identity: JSON.stringify([MARKET, 'inst_1', CLAIMS.sub]),
      name: 'person@shop.example',
      extension: 'notes',
      tokenId: 'token-1',
      expiresAt: new Date(CLAIMS.exp * 1_000),
    });
  });

  it.each([
    ['raw in its own header', { 'mp-authorization': signed(CLAIMS) }],
    ['as Bearer in its own header', { 'mp-authorization': `Bearer ${signed(CLAIMS)}` }],
    ['as Bearer in Authorization', { authorization: `bearer ${signed(CLAIMS)}` }],
  ])('is found %s', async (_, headers) => {
    await expect(auth().made.authenticate(headers)).resolves.toMatchObject({ extension: 'notes' });
  });

  it('is good for several calls', async () => {
    const { codeOf } = auth();
    const token = signed(CLAIMS);
    expect([await codeOf(token), await codeOf(token)]).toEqual(['let in', 'let in']);
  });

  it('may be for several APIs, this one among them', async () => {
    expect(await auth().codeOf(signed({ ...CLAIMS, aud: ['https://other.example', API] }))).toBe('let in');
  });
});

describe('where the token stands', () => {
  const codeOf = (headers: Record<string, string | string[]>) =>
    auth()
      .made.authenticate(headers)
      .then(
        () => 'let in',
        (error: unknown) => (error as ExtensionAuthError).code,
      );
  const [one, two] = [signed(CLAIMS), signed({ ...CLAIMS, jti: 'token-2' })];
  it.each([
    ['nowhere', {}, 'token_missing'],
    ['in an empty header', { 'mp-authorization': '' }, 'token_missing'],
    ['in a Basic header', { authorization: 'Basic eDp5' }, 'token_missing'],
    ['in both, the same', { 'mp-authorization': one, authorization: `Bearer ${one}` }, 'let in'],
    ['in both, different', { 'mp-authorization': one, authorization: `Bearer ${two}` }, 'token_malformed'],
    ['twice in one header', { 'mp-authorization': [one, two] }, 'token_malformed'],
    ['in a cookie', { cookie: `MP-Authorization=${one}` }, 'token_missing'],
  ])('%s', async (_, headers, code) => expect(await codeOf(headers as Record<string, string>)).toBe(code));
});

describe('a forged token', () => {
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = sign('sha256', Buffer.from(`${encode(HEADER)}.${encode(CLAIMS)}`), pair.privateKey).toString('base64url');
  const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  it.each([
    ['without a signature', `${encode({ ...HEADER, alg: 'none' })}.${encode(CLAIMS)}.`, 'token_malformed'],
    ['with alg none', signed(CLAIMS, { ...HEADER, alg: 'none' }), 'token_invalid'],
    ['HS256 with the public key as the secret', hmac(CLAIMS, { ...HEADER, alg: 'HS256' }, pem), 'token_invalid'],
    [
      'HS256 with the JWK as the secret',
      hmac(CLAIMS, { ...HEADER, alg: 'HS256' }, JSON.stringify(JWK)),
      'token_invalid',
    ],
    ['HS256 that says ES256', hmac(CLAIMS, HEADER, pem), 'token_invalid'],
    ['with alg in other letters', signed(CLAIMS, { ...HEADER, alg: 'es256' }), 'token_invalid'],
    ['by another key', signed(CLAIMS, HEADER, other.privateKey), 'token_invalid'],
    ['with a DER signature', `${encode(HEADER)}.${encode(CLAIMS)}.${der}`, 'token_invalid'],
    [
      'with a signature of zeros',
      `${encode(HEADER)}.${encode(CLAIMS)}.${Buffer.alloc(64).toString('base64url')}`,
      'token_invalid',
    ],
    ['of another type', signed(CLAIMS, { ...HEADER, typ: 'license+jwt' }), 'token_invalid'],
    ['of type JWT', signed(CLAIMS, { ...HEADER, typ: 'JWT' }), 'token_invalid'],
    ['of no type', signed(CLAIMS, { alg: 'ES256', kid: 'k1' }), 'token_invalid'],
    ['with crit', signed(CLAIMS, { ...HEADER, crit: ['exp'] }), 'token_invalid'],
    ['unencoded', signed(CLAIMS, { ...HEADER, b64: false }), 'token_invalid'],
    ['without kid', signed(CLAIMS, { alg: 'ES256', typ: 'ext+jwt' }), 'token_invalid'],
    ['with a path as kid', signed(CLAIMS, { ...HEADER, kid: '../../etc/passwd' }), 'token_invalid'],
    ['with SQL as kid', signed(CLAIMS, { ...HEADER, kid: "k1' OR '1'='1" }), 'token_invalid'],
    ['with a built-in as kid', signed(CLAIMS, { ...HEADER, kid: 'constructor' }), 'token_invalid'],
    ['with a long kid', signed(CLAIMS, { ...HEADER, kid: 'k'.repeat(129) }), 'token_invalid'],
    ['with a number as kid', signed(CLAIMS, { ...HEADER, kid: 1 }), 'token_invalid'],
    ['with iss twice', signed(`{"iss":"https://evil.example","iss":"${MARKET}"}`), 'token_malformed'],
    ['with alg twice', signed(CLAIMS, '{"alg":"none","alg":"ES256","kid":"k1","typ":"ext+jwt"}'), 'token_malformed'],
    ['that is huge', signed({ ...CLAIMS, more: 'x'.repeat(9_000) }), 'token_malformed'],
    ['that is none', 'nonsense', 'token_malformed'],
  ])('%s', async (_, token, code) => expect(await auth().codeOf(token)).toBe(code));

  it.each(['jku', 'x5u', 'jwk', 'x5c'])('with %s causes no fetch and changes no key', async (member) => {
    const { codeOf, urls } = auth();
    const header = { ...HEADER, [member]: member === 'jwk' ? JWK : 'https://evil.example/keys' };
    expect(await codeOf(signed(CLAIMS, header, other.privateKey))).toBe('token_invalid');
    expect(urls).toEqual([`${MARKET}/.well-known/jwks.json`]);
  });

  it('of a marketplace that is not configured causes no fetch at all', async () => {
    const { codeOf, urls } = auth();
    expect(await codeOf(signed({ ...CLAIMS, iss: 'https://evil.example' }))).toBe('token_invalid');
    expect(urls).toEqual([]);
  });

  it('of one configured marketplace in the name of another is refused', async () => {
    const second = { issuer: 'https://second.example', tenants: ['inst_1'] };
    const get: FetchKeys = async (url) => Response.json({ keys: url.startsWith(MARKET) ? [JWK] : [] });
    const { codeOf } = auth({ marketplaces: [{ issuer: MARKET, tenants: ['inst_1'] }, second], fetch: get });
    expect(await codeOf(signed(CLAIMS))).toBe('let in');
    expect(await codeOf(signed({ ...CLAIMS, iss: second.issuer }))).toBe('token_invalid');
  });
});

describe('claims', () => {
  it.each([
    ['another API', { aud: 'https://api.other.example' }, 'token_invalid'],
    ['no API', { aud: undefined }, 'token_invalid'],
    ['an API that begins alike', { aud: `${API}.evil.example` }, 'token_invalid'],
    ['another issuer', { iss: `${MARKET}/` }, 'token_invalid'],
    ['another tenant', { tenant: 'inst_3' }, 'tenant_not_allowed'],
    ['a list of tenants', { tenant: ['inst_1'] }, 'token_malformed'],
    ['another extension', { ext: 'others' }, 'extension_not_allowed'],
    ['no extension', { ext: undefined }, 'token_malformed'],
    ['no jti', { jti: undefined }, 'token_malformed'],
    ['an empty sub', { sub: '' }, 'token_malformed'],
    ['a number as sub', { sub: 1 }, 'token_malformed'],
    ['no iat', { iat: undefined }, 'token_malformed'],
    ['exp as text', { exp: String(CLAIMS.exp) }, 'token_malformed'],
    ['a fraction as exp', { exp: CLAIMS.exp + 0.5 }, 'token_malformed'],
    ['a huge exp', { exp: 1e300 }, 'token_malformed'],
    ['a life of ten minutes', { exp: SECONDS + 600 }, 'let in'],
    ['a longer life', { exp: SECONDS + 601 }, 'token_invalid'],
    ['exp before iat', { exp: SECONDS - 1 }, 'token_invalid'],
    ['iat within the leeway', { iat: SECONDS + 30, exp: SECONDS + 100 }, 'let in'],
    ['iat beyond it', { iat: SECONDS + 31, exp: SECONDS + 100 }, 'token_invalid'],
    ['nbf beyond the leeway', { nbf: SECONDS + 31 }, 'token_invalid'],
    ['nbf as text', { nbf: '0' }, 'token_malformed'],
  ])('%s', async (_, changes, code) => {
    expect(await auth({ extensions: ['notes'] }).codeOf(signed({ ...CLAIMS, ...changes }))).toBe(code);
  });

  it.each([
    [0, 'let in'],
    [30, 'let in'],
    [31, 'token_expired'],
  ])('%i seconds after exp', async (late, code) => {
    const { codeOf } = auth({ now: () => new Date((CLAIMS.exp + late) * 1_000) });
    expect(await codeOf(signed(CLAIMS))).toBe(code);
  });

  it('of any tenant are good where any tenant is let in', async () => {
    expect(await auth({}, { tenants: 'any' }).codeOf(signed({ ...CLAIMS, tenant: 'inst_3' }))).toBe('let in');
  });
});

describe('a marketplace in AppDirect’s shape', () => {
  const { sub, name, tenant, iat, exp } = CLAIMS;
  const documented = { sub, name, tenant, iat, exp };
  const plain = { alg: 'ES256', kid: 'k1' };

  it('is off by default: its tokens are refused', async () => {
    expect(await auth().codeOf(signed(documented, plain))).toBe('token_invalid');
  });

  it('needs neither iss nor aud when it is on, and checks the tenant', async () => {
    const { ask, codeOf } = auth({}, { appDirect: true });
    expect(await ask(signed(documented, plain))).toMatchObject({
      issuer: MARKET,
      extension: null,
      tokenId: null,
      subject: sub,
    });
    expect(await codeOf(signed({ ...documented, tenant: 'inst_3' }, plain))).toBe('tenant_not_allowed');
    expect(await codeOf(signed({ ...documented, aud: 'https://other.example' }, plain))).toBe('token_invalid');
    expect(await codeOf(hmac(documented, { alg: 'HS256', kid: 'k1' }, 'your-256-bit-secret'))).toBe('token_invalid');
  });

  it('stands alone and names its tenants', () => {
    const lax = { issuer: MARKET, tenants: ['p'], appDirect: true };
    expect(() => auth({ marketplaces: [lax, { issuer: 'https://second.example', tenants: 'any' }] })).toThrow('alone');
    expect(() => auth({ marketplaces: [{ ...lax, tenants: 'any' }] })).toThrow('tenants');
  });
});

describe('denying and using up', () => {
  it('refuses a token id that is denied', async () => {
    const { codeOf } = auth({ isDenied: async (id) => id === 'token-1' });
    expect(await codeOf(signed(CLAIMS))).toBe('token_invalid');
    expect(await codeOf(signed({ ...CLAIMS, jti: 'token-2' }))).toBe('let in');
  });

  it('takes a token once where a route asks for it', async () => {
    const used = new Map<string, Date>();
    const claimTokenId = (id: string, until: Date) => !used.has(id) && Boolean(used.set(id, until));
    const { made } = auth({ claimTokenId });
    const use = () => made.authenticate({ 'mp-authorization': signed(CLAIMS) }, { singleUse: true });
    await expect(use()).resolves.toMatchObject({ tokenId: 'token-1' });
    await expect(use()).rejects.toMatchObject({ code: 'token_invalid' });
    expect([...used]).toEqual([[`${MARKET} token-1`, new Date((CLAIMS.exp + 60) * 1_000)]]);
    await expect(auth().made.authenticate({ 'mp-authorization': signed(CLAIMS) }, { singleUse: true })).rejects.toThrow(
      TypeError,
    );
  });
});

it('never lets anybody in when the keys cannot be had', async () => {
  const down: FetchKeys = async () => Promise.reject(new TypeError('fetch failed'));
  expect(await auth({ fetch: down }).codeOf(signed(CLAIMS))).toBe('keys_unavailable');
});

it('refuses settings that would weaken it', () => {
  expect(() => auth({ audience: `${API}/` })).toThrow('origin');
  expect(() => auth({ marketplaces: [] })).toThrow('marketplaces');
  expect(() => auth({}, { issuer: 'http://market.example' })).toThrow('https');
});

it('answers with the status, the challenge and the code', async () => {
  const answerFor = (token: string) =>
    auth()
      .ask(token)
      .then(() => undefined, answerTo);
  expect(await answerFor('')).toEqual({
    status: 401,
    headers: { 'cache-control': 'no-store', 'www-authenticate': 'Bearer' },
    body: { error: { code: 'token_missing' } },
  });
  expect(await answerFor('x')).toMatchObject({
    status: 401,
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  });
  expect(await answerFor(signed({ ...CLAIMS, tenant: 'x' }))).toMatchObject({
    status: 403,
    body: { error: { code: 'tenant_not_allowed' } },
  });
});
