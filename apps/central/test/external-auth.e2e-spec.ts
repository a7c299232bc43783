import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { issueExternalToken } from '@hansa/external-auth/issuer';
import { eventually } from '@hansa/testing';
import { MerchantAccount, MerchantIdentity, MerchantMembership, MerchantSession } from '#accounts';
import { anInstance, PLATFORM, PORTAL_URL, SESSION, statementsOf, usePlatform } from '#test';

const platform = usePlatform();
const { anIssuer, aToken, arrive, errorOf, sessionOf, visit, whoIs } = platform;
const countOf = (entity: new () => object) => platform.hub.database.dataSource.manager.count(entity);

describe('a person from a known platform', () => {
  it('is signed in with one click, provisioned, and led to the default page', async () => {
    const response = await arrive(aToken({ email: 'New.Person@example.com' }));
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe(`${PORTAL_URL}/portal`);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(await whoIs(sessionOf(response))).toBe('new.person@example.com');
  });

  it('gets a session cookie that scripts and other sites cannot use, and a token for its own pages', async () => {
    const lines = (await arrive(aToken())).headers.getSetCookie();
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      /^__Host-hansa-session=hmer_[\w-]{43}; HttpOnly; Max-Age=43200; Path=\/; SameSite=Lax; Secure$/,
    );
    expect(lines[1]).toMatch(/^XSRF-TOKEN=[\w-]{43}; Max-Age=43200; Path=\/; SameSite=Lax; Secure$/);
  });

  it('is kept by hash only', async () => {
    const session = sessionOf(await arrive(aToken()))!;
    const rows = await platform.hub.database.dataSource.manager.find(MerchantSession);
    expect(rows.some(({ tokenHash }) => tokenHash.toString().includes(session))).toBe(false);
  });

  it('is the same account next time, with its e-mail and picture brought up to date', async () => {
    const uuid = randomUUID();
    await arrive(aToken({ uuid, email: 'first@example.com' }));
    const accounts = await countOf(MerchantAccount);
    const again = issueExternalToken(
      {
        issuer: PLATFORM,
        key: platform.key.secret,
        user: {
          uuid,
          email: 'second@example.com',
          pictureUrl: 'https://img.example/p.png',
          acceptTermsAndPolicies: true,
        },
      },
      platform.hub.clock.now(),
    );
    expect(await whoIs(sessionOf(await arrive(again)))).toBe('second@example.com');
    expect(await countOf(MerchantAccount)).toBe(accounts);
    const account = await platform.hub.database.dataSource.manager.findOneByOrFail(MerchantAccount, {
      email: 'second@example.com',
    });
    expect(account).toMatchObject({
      pictureUrl: 'https://img.example/p.png',
      termsAcceptedAt: platform.hub.clock.now(),
    });
  });

  it('gets a made-up e-mail when the platform sends none', async () => {
    const response = await arrive(aToken());
    expect(await whoIs(sessionOf(response))).toBe('a person without an e-mail address');
  });

  it('is another person under another issuer, and "1" is not " 1"', async () => {
    const { key: other } = await anIssuer('second intranet');
    const before = await countOf(MerchantIdentity);
    for (const uuid of ['1', ' 1', '01']) await arrive(aToken({ uuid }));
    await arrive(aToken({ uuid: '1', issuer: 'second intranet', secret: other.secret }));
    expect((await countOf(MerchantIdentity)) - before).toBe(4);
  });

  it('costs at most four statements, on the first visit and later', async () => {
    const uuid = randomUUID();
    for (const email of ['costs@example.com', 'costs.more@example.com']) {
      const statements = await statementsOf(platform.hub, () => arrive(aToken({ uuid, email })));
      expect(statements.length).toBeLessThanOrEqual(4);
      expect(statements.length).toBeGreaterThan(0);
    }
  });

  it('becomes a member of the shop the issuer is for, with the lowest role, and stays out when removed', async () => {
    const shop = await anInstance(platform.hub.database);
    const { key: own } = await anIssuer('shop intranet', { instanceId: shop.id });
    const uuid = randomUUID();
    const db = platform.hub.database.dataSource.manager;
    await arrive(aToken({ uuid, issuer: 'shop intranet', secret: own.secret }));
    expect(await db.findBy(MerchantMembership, { instanceId: shop.id })).toMatchObject([
      { role: 'member', endedAt: null },
    ]);
    await db.update(MerchantMembership, { instanceId: shop.id }, { endedAt: platform.hub.clock.now() });
    await arrive(aToken({ uuid, issuer: 'shop intranet', secret: own.secret }));
    expect(await db.findBy(MerchantMembership, { instanceId: shop.id })).toMatchObject([
      { endedAt: platform.hub.clock.now() },
    ]);
  });

  it('is one account when eight first visits come at the same time', async () => {
    const uuid = randomUUID();
    const visits = Array.from({ length: 8 }, () => arrive(aToken({ uuid, email: `${uuid}@example.com` })));
    const answers = await Promise.all(visits);
    expect(answers.map(errorOf)).toEqual(Array(8).fill(null));
    const db = platform.hub.database.dataSource.manager;
    const { accountId } = await db.findOneByOrFail(MerchantIdentity, { externalUuid: uuid });
    expect(await db.countBy(MerchantSession, { accountId })).toBe(8);
  });

  it.each(['identity', 'e-mail'])(
    'whose %s another request is just taking is decided on what that leaves',
    async (what) => {
      const [uuid, email, accountId] = [randomUUID(), `${randomUUID()}@example.com`, randomUUID()];
      const other = platform.hub.database.dataSource.createQueryRunner();
      await other.startTransaction();
      const account = {
        id: accountId,
        store: 'hub.example',
        email,
        emailGenerated: false,
        createdAt: platform.hub.clock.now(),
      };
      await other.manager.insert(MerchantAccount, account);
      const identity = {
        store: 'hub.example',
        issuer: PLATFORM,
        externalUuid: uuid,
        accountId,
        linkedAt: platform.hub.clock.now(),
      };
      if (what === 'identity') await other.manager.insert(MerchantIdentity, identity);
      const arriving = arrive(aToken({ uuid, ...(what === 'identity' ? {} : { email }) }));
      const isWaiting =
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
      await eventually(
        'the visit waits',
        async () => (await platform.hub.database.dataSource.query<object[]>(isWaiting)).length > 0,
      );
      await other.commitTransaction();
      await other.release();
      const response = await arriving;
      if (what === 'e-mail') return expect(errorOf(response)).toBe('email_conflict');
      expect(await whoIs(sessionOf(response))).toBe(email);
    },
  );
});

describe('the token of a request', () => {
  it.each([
    ['GET', 'query'],
    ['GET', 'header'],
    ['GET', 'cookie'],
    ['POST', 'query'],
    ['POST', 'header'],
    ['POST', 'cookie'],
  ] as const)('is found by %s in the %s', async (method, where) => {
    const token = aToken();
    const response =
      where === 'query'
        ? await arrive(token, { method })
        : await visit('/auth/token', {
            method,
            headers:
              where === 'header' ? { 'external-auth-token': token } : { cookie: `a=b; external-auth-token=${token}` },
          });
    expect(response.headers.get('location')).toBe(`${PORTAL_URL}/portal`);
    const cleared = response.headers
      .getSetCookie()
      .filter((line) => line.startsWith('external-auth-token=; Max-Age=0'));
    expect(cleared).toHaveLength(where === 'cookie' ? 1 : 0);
  });

  it('may come by a plain HTML form, which no other route reads', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await arrive(aToken(), { method: 'POST', headers, body: 'a=b' });
    expect(response.status).toBe(303);
    const elsewhere = await visit('/console/session', { method: 'POST', headers, body: 'a=b' });
    expect(await elsewhere.json()).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' });
  });

  it('must be one: two different ones are refused without using either up', async () => {
    const [one, two] = [aToken(), aToken()];
    const both = await arrive(one, { headers: { 'external-auth-token': two } });
    expect(both.status).toBe(400);
    expect(both.headers.get('location')).toBeNull();
    expect(await both.text()).toContain('token_malformed');
    expect((await arrive(one)).headers.get('location')).toBe(`${PORTAL_URL}/portal`);
  });

  it.each([
    ['twice in the query', (token: string) => `/auth/token?external-auth-token=${token}&external-auth-token=${token}`],
    ['in a list', (token: string) => `/auth/token?external-auth-token%5B%5D=${token}`],
    ['too long', (token: string) => `/auth/token?external-auth-token=${token}${'A'.repeat(4_096)}`],
    ['missing', () => '/auth/token'],
  ])('is refused when it is %s', async (_, path) => {
    const response = await visit(path(aToken()));
    expect(response.status).toBe(400);
    expect(sessionOf(response)).toBeUndefined();
  });

  it('is not used up by a HEAD request or by a browser that fetches ahead', async () => {
    const token = aToken();
    const head = await arrive(token, { method: 'HEAD' });
    expect([head.status, sessionOf(head)]).toEqual([200, undefined]);
    const fetchedAhead: Record<string, string>[] = [
      { 'sec-purpose': 'prefetch;prerender' },
      { purpose: 'prefetch' },
      { 'x-moz': 'prefetch' },
      { 'x-purpose': 'preview' },
    ];
    for (const headers of fetchedAhead) {
      const ahead = await arrive(token, { headers });
      expect([ahead.status, ahead.headers.get('cache-control'), sessionOf(ahead)]).toEqual([
        503,
        'no-store',
        undefined,
      ]);
    }
    expect((await arrive(token)).headers.get('location')).toBe(`${PORTAL_URL}/portal`);
  });

  it('is answered in JSON to a program that asks for it', async () => {
    const headers = { accept: 'application/json' };
    const good = await arrive(aToken(), { method: 'POST', headers });
    expect([good.status, await good.json()]).toEqual([
      303,
      { status: 'signed_in', redirect_to: `${PORTAL_URL}/portal` },
    ]);
    const bad = await arrive('nonsense', { method: 'POST', headers });
    expect([bad.status, await bad.json()]).toEqual([400, { error: 'token_malformed', redirect_to: null }]);
  });
});

describe('the page a person asked for', () => {
  const vector = JSON.parse(
    readFileSync(new URL('../../../conformance/vectors/redirects.json', import.meta.url), 'utf8'),
  ) as { rows: { input: string; href: string | null }[] };
  const rows = vector.rows.map(({ input, href }) => ({
    input: input.replaceAll('store.example', 'hub.example'),
    href: href?.startsWith('https://store.example') ? href.replaceAll('store.example', 'hub.example') : null,
  }));

  it.each(rows)('$input', async ({ input, href }) => {
    const response = await arrive(aToken({ intendedUrl: input }));
    expect(response.headers.get('location')).toBe(href ?? `${PORTAL_URL}/portal`);
    expect(sessionOf(response)).toBeDefined();
  });

  it.each(['/auth/token', '/auth/token?external-auth-token=x', `${PORTAL_URL}/auth/%74oken`])(
    'is not the sign-in page: %s',
    async (intendedUrl) => {
      const response = await arrive(aToken({ intendedUrl }));
      expect(response.headers.get('location')).toBe(`${PORTAL_URL}/portal`);
    },
  );

  it('is checked again where it is used', async () => {
    const session = sessionOf(await arrive(aToken()));
    const path = `/portal?continue=${encodeURIComponent('https://evil.example/')}`;
    expect(await (await visit(path, { headers: { cookie: `${SESSION}=${session}` } })).text()).not.toContain('evil');
  });
});
