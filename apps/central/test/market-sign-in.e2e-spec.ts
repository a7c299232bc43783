import { inTransaction } from '@hansa/platform';
import { MerchantLinks } from '#accounts';
import { MarketClients, type MarketClient } from '#market';
import { MarketToken } from '#tokens';
import { Authorizations } from '../src/market/authorizations.service.js';
import { MarketSignIn } from '../src/market/market-sign-in.job.js';
import {
  aMarketClient,
  anAsk,
  anInstance,
  asMarket,
  asMerchant,
  consent,
  cookiesOf,
  csrfOf,
  exchange,
  fixedClock,
  inStep,
  lettersTo,
  postForm,
  SERVER_ORIGIN,
  startTestHub,
  WIZARD,
  type Ask,
  type TestHub,
} from '#test';

const PAGE = WIZARD.slice(0, WIZARD.indexOf('#'));

describe('signing in from cPanel', () => {
  const clock = fixedClock('2030-01-01T12:00:00Z');
  let hub: TestHub;
  let client: MarketClient;
  let cookie: string;
  let ask: Ask;

  beforeAll(async () => {
    hub = await startTestHub({ clock });
  });
  afterAll(() => hub.close());
  beforeEach(async () => {
    clock.set('2030-01-01T12:00:00Z');
    await hub.database.dataSource.query('DELETE FROM merchant_links');
    client = await aMarketClient(hub);
    cookie = await asMerchant(hub);
    ask = anAsk(client);
  });

  const open = (query: object, headers = {}) =>
    fetch(`${hub.url}/market/authorize?${new URLSearchParams({ ...query }).toString()}`, {
      headers,
      redirect: 'manual',
    });
  const decide = (change: object, headers = {}) =>
    postForm(
      hub,
      '/market/authorize',
      { ...ask.query, csrf: csrfOf(cookie), decision: 'allow', ...change },
      {
        cookie,
        ...headers,
      },
    );
  const me = (authorization: string) => fetch(`${hub.url}/api/market/v1/me`, { headers: { authorization } });
  const clients = () => hub.app.get(MarketClients, { strict: false });

  describe('the consent page', () => {
    it('says who asks for what and as whom, and lets its form lead to that server alone', async () => {
      const response = await open(ask.query, { cookie });
      expect(response.status).toBe(200);
      const page = await response.text();
      expect(page).toContain('Server of &#60;Nord&#62;');
      expect(page).toContain('server.example:2083');
      expect(page).toContain('buyer@shop.example');
      const { headers } = response;
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'self' https:\/\/server.example:2083; frame-ancestors 'none'$/,
      );
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe('no-store');
    });

    it.each([
      ['an unknown server', { client_id: 'mcl_00000000000000000000000000' }],
      ['an address elsewhere', { redirect_uri: 'https://evil.example:2083/cpsess1/x' }],
      ['an address without a session of cPanel', { redirect_uri: `${SERVER_ORIGIN}/x` }],
      ['an address with a line break', { redirect_uri: `${WIZARD}\r\nSet-Cookie: x=1` }],
      ['another response type', { response_type: 'token' }],
      ['no challenge', { code_challenge: '' }],
      ['a plain challenge', { code_challenge_method: 'plain' }],
    ])('is a refusal and no redirect for %s', async (_name, change) => {
      for (const response of [await open({ ...ask.query, ...change }, { cookie }), await decide(change)]) {
        expect([response.status, response.headers.get('location')]).toEqual([400, null]);
        expect(response.headers.get('content-type')).toContain('text/html');
      }
    });

    it('is a refusal when a parameter comes twice', async () => {
      const query = `${new URLSearchParams(ask.query).toString()}&redirect_uri=${encodeURIComponent(WIZARD)}`;
      const response = await fetch(`${hub.url}/market/authorize?${query}`, { headers: { cookie } });
      expect(response.status).toBe(400);
    });

    it('is a refusal for a disabled server', async () => {
      await clients().change(client.id, { enabled: false }, 'test');
      expect((await open(ask.query, { cookie })).status).toBe(400);
      expect((await decide({})).status).toBe(400);
    });
  });

  describe('the decision', () => {
    it('brings the code in the query before #, and keeps what else was there', async () => {
      ask = anAsk(client, `${PAGE}?state=a%20b+c&code=old#/purchase/Hansa/login?order_id=7`);
      const { status, headers } = await decide({});
      expect(status).toBe(303);
      const location = headers.get('location')!;
      expect(location).toMatch(/\?state=a%20b\+c&code=[A-Za-z0-9_-]{43}#\/purchase\/Hansa\/login\?order_id=7$/);
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    });

    it('is a page when it is no', async () => {
      const response = await decide({ decision: 'deny' });
      expect([response.status, response.headers.get('location')]).toEqual([200, null]);
      expect(
        await hub.database.dataSource.query('SELECT 1 FROM market_codes WHERE client_id = $1', [client.id]),
      ).toEqual([]);
    });

    it.each([
      ['another page’s form', { csrf: 'x' }, {}],
      ['no field of ours', { csrf: '' }, {}],
      ['another site', {}, { 'sec-fetch-site': 'cross-site' }],
      ['a neighboring site', {}, { 'sec-fetch-site': 'same-site' }],
    ])('is not taken from %s', async (_name, change, headers) => {
      const response = await decide(change, headers);
      expect([response.status, response.headers.get('location')]).toEqual([403, null]);
    });

    it('asks somebody who is signed out by now to sign in again', async () => {
      const response = await postForm(hub, '/market/authorize', {
        ...ask.query,
        csrf: csrfOf(cookie),
        decision: 'allow',
      });
      expect(await response.text()).toContain('action="/market/sign-in"');
    });
  });

  describe('the sign-in before it', () => {
    it('mails a link to a stranger, which leads back to the consent page in the browser that asked', async () => {
      const asked = await open(ask.query);
      expect(await asked.text()).toContain('action="/market/sign-in"');
      const [remembered] = asked.headers.getSetCookie();
      expect(remembered).toContain('HttpOnly');
      const email = 'stranger@shop.example';
      const sent = await postForm(hub, '/market/sign-in', { email: 'Stranger@shop.example' });
      expect(sent.status).toBe(200);
      const [job] = await hub.database.takeJobs();
      expect(job).toMatchObject({ name: 'offer-market-sign-in', payload: { email } });
      const links = hub.app.get(MerchantLinks, { strict: false });
      const link = await inTransaction(hub.database.dataSource, (tx) => links.make(tx, { email }));
      const path = link!.url.slice(hub.ground.config.hubUrl.length);
      const signedIn = await postForm(hub, path, {}, { cookie: remembered!.split(';', 1)[0]! });
      expect(signedIn.headers.get('location')).toBe(
        `${hub.ground.config.hubUrl}/market/authorize?${new URLSearchParams(ask.query).toString()}`,
      );
      expect(cookiesOf(signedIn)['hansa-onward']).toBe('');
      const session = `hansa-session=${cookiesOf(signedIn)['hansa-session']!}`;
      expect(await (await open(ask.query, { cookie: session })).text()).toContain(email);
    });

    it('sends the letter by a job, also to an address nobody knows', async () => {
      await postForm(hub, '/market/sign-in', { email: 'unknown@shop.example' });
      await hub.app.get(MarketSignIn, { strict: false }).offer({ email: 'unknown@shop.example' });
      expect(await lettersTo(hub, 'unknown@shop.example')).toMatchObject([{ template: 'sign-in' }]);
      await hub.database.takeJobs();
    });

    it.each(['', 'nobody', 'a@b', `${'x'.repeat(300)}@shop.example`])('refuses %j', async (email) => {
      expect((await postForm(hub, '/market/sign-in', { email })).status).toBe(400);
    });

    it('leads nowhere but to the hub, whoever planted the cookie', async () => {
      const links = hub.app.get(MerchantLinks, { strict: false });
      for (const place of ['https://evil.example/', '//evil.example', '/\\evil.example']) {
        const link = await inTransaction(hub.database.dataSource, (tx) => links.make(tx, { email: 'a@shop.example' }));
        const planted = `hansa-onward=${Buffer.from(place).toString('base64url')}`;
        const path = link!.url.slice(hub.ground.config.hubUrl.length);
        const { headers } = await postForm(hub, path, {}, { cookie: planted });
        expect(headers.get('location')).toBe(`${hub.ground.config.hubUrl}/merchant/licenses`);
      }
    });

    it('is asked of somebody whose address is not proven', async () => {
      const links = hub.app.get(MerchantLinks, { strict: false });
      const instanceId = (await anInstance(hub.database)).id;
      const link = await inTransaction(hub.database.dataSource, (tx) => links.make(tx, { instanceId }));
      const { token } = await links.redeem(new URL(link!.url).searchParams.get('token')!, undefined);
      expect(await (await open(ask.query, { cookie: `hansa-session=${token}` })).text()).toContain('/market/sign-in');
    });
  });

  describe('the exchange', () => {
    it('brings a token that says who is signed in, and is kept by its hash', async () => {
      const code = await consent(hub, cookie, ask);
      const { status, headers, body } = await exchange(hub, code, ask);
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(body).toEqual({
        access_token: expect.stringMatching(/^hmkt_/),
        token_type: 'Bearer',
        expires_in: 3_600,
        scope: 'cart:write profile:email',
      });
      expect(await (await me(`Bearer ${body.access_token!}`)).json()).toEqual({ email: 'buyer@shop.example' });
      const rows: object[] = await hub.database.dataSource.query('SELECT * FROM market_tokens, market_codes');
      expect(JSON.stringify(rows)).not.toContain(body.access_token!.slice(5));
      expect(JSON.stringify(rows)).not.toContain(code);
    });

    it('refuses a code that comes again, and ends the token it brought', async () => {
      const code = await consent(hub, cookie, ask);
      const { body } = await exchange(hub, code, ask);
      const second = await exchange(hub, code, ask);
      expect([second.status, second.body.error]).toEqual([400, expect.objectContaining({ code: 'invalid_grant' })]);
      const refused = await me(`Bearer ${body.access_token!}`);
      expect(refused.status).toBe(401);
      expect(await refused.json()).toEqual({
        error: { code: 'CREDENTIALS_REQUIRED', message: expect.any(String), data: {} },
      });
    });

    it('gives one token for a code that comes five times at once, and then none', async () => {
      const code = await consent(hub, cookie, ask);
      const exchanges = Array.from({ length: 5 }, () => () => exchange(hub, code, ask));
      const answers = await inStep(hub.database, 'LOCK TABLE market_codes IN SHARE MODE', exchanges);
      const tokens = answers.flatMap((answer) =>
        answer.status === 'fulfilled' ? (answer.value.body.access_token ?? []) : [],
      );
      expect(tokens).toHaveLength(1);
      expect((await me(`Bearer ${tokens[0]!}`)).status).toBe(401);
    });

    it.each([
      ['another address', { redirect_uri: `${WIZARD}x` }],
      ['the address without its fragment', { redirect_uri: PAGE }],
      ['another verifier', { code_verifier: 'x'.repeat(43) }],
      ['no code of ours', { code: 'x'.repeat(43) }],
    ])('refuses %s and uses the code up', async (_name, change) => {
      const code = await consent(hub, cookie, ask);
      const { status, body } = await exchange(hub, code, ask, change);
      expect([status, body.error?.code]).toEqual([400, 'invalid_grant']);
      const later = await exchange(hub, code, ask);
      expect(later.status).toBe('code' in change ? 200 : 400);
    });

    it('refuses the code of another server', async () => {
      const code = await consent(hub, cookie, ask);
      const other = await aMarketClient(hub);
      expect((await exchange(hub, code, ask, { client_id: other.id })).body.error?.code).toBe('invalid_grant');
    });

    it('refuses a code after a minute', async () => {
      const code = await consent(hub, cookie, ask);
      clock.set('2030-01-01T12:01:00Z');
      expect((await exchange(hub, code, ask)).body.error?.code).toBe('invalid_grant');
    });

    it.each([
      ['unsupported_grant_type', { grant_type: 'password' }],
      ['invalid_request', { code_verifier: '' }],
      ['invalid_request', { client_id: '' }],
      ['invalid_client', { client_id: 'mcl_00000000000000000000000000' }],
    ])('answers %s', async (expected, change) => {
      const { status, body } = await exchange(hub, 'x', ask, change);
      expect([status, body.error?.code]).toEqual([400, expected]);
    });

    it('refuses fields that come twice, and JSON', async () => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const twice = await fetch(`${hub.url}/api/market/v1/token`, { method: 'POST', headers, body: 'code=a&code=b' });
      expect([twice.status, await twice.json()]).toEqual([
        400,
        { error: expect.objectContaining({ code: 'MALFORMED_REQUEST' }) },
      ]);
      const json = { 'content-type': 'application/json' };
      const other = await fetch(`${hub.url}/api/market/v1/token`, {
        method: 'POST',
        headers: json,
        body: '{"code":["a"]}',
      });
      expect([other.status, await other.json()]).toEqual([
        400,
        { error: expect.objectContaining({ code: 'invalid_request' }) },
      ]);
    });
  });

  describe('a token', () => {
    it('ends after an hour', async () => {
      const { authorization } = await asMarket(hub, client);
      clock.set('2030-01-01T12:59:59Z');
      expect((await me(authorization)).status).toBe(200);
      clock.set('2030-01-01T13:00:00Z');
      expect((await me(authorization)).status).toBe(401);
    });

    it('ends with its server and with its merchant', async () => {
      const first = await asMarket(hub, client);
      await clients().change(client.id, { enabled: false }, 'test');
      expect((await me(first.authorization)).status).toBe(401);
      await clients().change(client.id, { enabled: true }, 'test');
      expect((await me(first.authorization)).status).toBe(200);
      for (const column of ['suspended_at', 'deleted_at']) {
        await hub.database.dataSource.query(`UPDATE merchant_accounts SET ${column} = now()`);
        expect((await me(first.authorization)).status).toBe(401);
        await hub.database.dataSource.query(`UPDATE merchant_accounts SET ${column} = NULL`);
      }
      expect((await me(first.authorization)).status).toBe(200);
    });

    it('cannot do what it was not given', async () => {
      const { authorization } = await asMarket(hub, client);
      await hub.database.dataSource.manager.update(MarketToken, { clientId: client.id }, { scopes: ['cart:write'] });
      const response = await me(authorization);
      expect([response.status, await response.json()]).toEqual([
        403,
        { error: expect.objectContaining({ code: 'ACCESS_DENIED' }) },
      ]);
    });

    it('is forgotten a day after its code', async () => {
      await asMarket(hub, client);
      clock.set('2030-01-02T12:02:00Z');
      await hub.app.get(Authorizations, { strict: false }).sweep();
      expect(await hub.database.dataSource.manager.countBy(MarketToken, { clientId: client.id })).toBe(0);
    });
  });
});
