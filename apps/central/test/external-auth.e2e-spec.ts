import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { issueExternalToken, signInUrl } from '@hansa/external-auth/issuer';
import { eventually } from '@hansa/testing';
import { MerchantAccount, MerchantIdentity, MerchantMembership, MerchantSession } from '#accounts';
import { ExternalIssuers } from '#external-auth';
import { anInstance, asOperator, cookiesOf, PORTAL_URL, startPortalHub, statementsOf, type PortalHub } from '#test';

const ISSUER = 'intranet';
const SESSION = '__Host-hansa-session';
const FAILURE = 'https://intranet.example/login?from=hub';

let hub: PortalHub;
let key: { kid: string; secret: string };
let issuerId: string;

beforeAll(async () => {
  hub = await startPortalHub();
  ({ key, id: issuerId } = await anIssuer(ISSUER));
});
afterAll(() => hub.close());

async function anIssuer(name: string, changes: object = {}) {
  const settings = {
    redirectUrl: FAILURE,
    logoutUrl: 'https://intranet.example/bye',
    defaultPath: '/portal',
    readerExitOrigins: ['https://intranet.example'],
    maxLifeSeconds: 300,
    instanceId: null,
    ...changes,
  };
  const made = await hub.app.get(ExternalIssuers, { strict: false }).create(name, settings, 'test');
  return { key: made.key, id: made.issuer.id };
}

interface TokenParts {
  uuid?: string;
  email?: string | undefined;
  intendedUrl?: string;
  issuer?: string;
  secret?: string;
  readerExitUrl?: string;
}

function aToken({
  uuid = randomUUID(),
  email,
  intendedUrl,
  issuer = ISSUER,
  secret = key.secret,
  readerExitUrl,
}: TokenParts = {}) {
  const user = { uuid, ...(email === undefined ? {} : { email }) };
  const more = {
    ...(intendedUrl === undefined ? {} : { intendedUrl }),
    ...(readerExitUrl === undefined ? {} : { readerExitUrl }),
  };
  return issueExternalToken({ issuer, key: secret, user, ...more }, hub.clock.now());
}

const visit = (path: string, init: RequestInit = {}) => fetch(`${hub.url}${path}`, { redirect: 'manual', ...init });
const arrive = (token: string, init: RequestInit = {}) =>
  visit(`/auth/token?external-auth-token=${encodeURIComponent(token)}`, init);
const errorOf = (response: Response) => new URL(response.headers.get('location')!).searchParams.get('error');
const sessionOf = (response: Response) => cookiesOf(response)[SESSION];
const countOf = (entity: new () => object) => hub.database.dataSource.manager.count(entity);

async function whoIs(session: string | undefined): Promise<string | undefined> {
  const response = await visit('/portal', { headers: { cookie: `${SESSION}=${session}` } });
  return response.status === 200 ? /id="who">([^<]*)</.exec(await response.text())?.[1] : undefined;
}

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
    const rows = await hub.database.dataSource.manager.find(MerchantSession);
    expect(rows.some(({ tokenHash }) => tokenHash.toString().includes(session))).toBe(false);
  });

  it('is the same account next time, with its e-mail and picture brought up to date', async () => {
    const uuid = randomUUID();
    await arrive(aToken({ uuid, email: 'first@example.com' }));
    const accounts = await countOf(MerchantAccount);
    const again = issueExternalToken(
      {
        issuer: ISSUER,
        key: key.secret,
        user: {
          uuid,
          email: 'second@example.com',
          pictureUrl: 'https://img.example/p.png',
          acceptTermsAndPolicies: true,
        },
      },
      hub.clock.now(),
    );
    expect(await whoIs(sessionOf(await arrive(again)))).toBe('second@example.com');
    expect(await countOf(MerchantAccount)).toBe(accounts);
    const account = await hub.database.dataSource.manager.findOneByOrFail(MerchantAccount, {
      email: 'second@example.com',
    });
    expect(account).toMatchObject({ pictureUrl: 'https://img.example/p.png', termsAcceptedAt: hub.clock.now() });
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
      const statements = await statementsOf(hub, () => arrive(aToken({ uuid, email })));
      expect(statements.length).toBeLessThanOrEqual(4);
      expect(statements.length).toBeGreaterThan(0);
    }
  });

  it('becomes a member of the shop the issuer is for, with the lowest role, and stays out when removed', async () => {
    const shop = await anInstance(hub.database);
    const { key: own } = await anIssuer('shop intranet', { instanceId: shop.id });
    const uuid = randomUUID();
    const db = hub.database.dataSource.manager;
    await arrive(aToken({ uuid, issuer: 'shop intranet', secret: own.secret }));
    expect(await db.findBy(MerchantMembership, { instanceId: shop.id })).toMatchObject([
      { role: 'member', endedAt: null },
    ]);
    await db.update(MerchantMembership, { instanceId: shop.id }, { endedAt: hub.clock.now() });
    await arrive(aToken({ uuid, issuer: 'shop intranet', secret: own.secret }));
    expect(await db.findBy(MerchantMembership, { instanceId: shop.id })).toMatchObject([{ endedAt: hub.clock.now() }]);
  });

  it('is one account when eight first visits come at the same time', async () => {
    const uuid = randomUUID();
    const visits = Array.from({ length: 8 }, () => arrive(aToken({ uuid, email: `${uuid}@example.com` })));
    const answers = await Promise.all(visits);
    expect(answers.map(errorOf)).toEqual(Array(8).fill(null));
    const db = hub.database.dataSource.manager;
    const { accountId } = await db.findOneByOrFail(MerchantIdentity, { externalUuid: uuid });
    expect(await db.countBy(MerchantSession, { accountId })).toBe(8);
  });

  it.each(['identity', 'e-mail'])(
    'whose %s another request is just taking is decided on what that leaves',
    async (what) => {
      const [uuid, email, accountId] = [randomUUID(), `${randomUUID()}@example.com`, randomUUID()];
      const other = hub.database.dataSource.createQueryRunner();
      await other.startTransaction();
      const account = { id: accountId, store: 'hub.example', email, emailGenerated: false, createdAt: hub.clock.now() };
      await other.manager.insert(MerchantAccount, account);
      const identity = {
        store: 'hub.example',
        issuer: ISSUER,
        externalUuid: uuid,
        accountId,
        linkedAt: hub.clock.now(),
      };
      if (what === 'identity') await other.manager.insert(MerchantIdentity, identity);
      const arriving = arrive(aToken({ uuid, ...(what === 'identity' ? {} : { email }) }));
      const isWaiting =
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
      await eventually(
        'the visit waits',
        async () => (await hub.database.dataSource.query<object[]>(isWaiting)).length > 0,
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

describe('a refused sign-in', () => {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const forge = (header: object, claims: object, secret: string, hash = 'sha256') => {
    const signed = `${encode(header)}.${encode(claims)}`;
    return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
  };
  const claims = (changes: object = {}) => ({
    iss: ISSUER,
    aud: 'farfalla',
    sub: 'user',
    jti: randomUUID(),
    exp: Math.floor(hub.clock.now().getTime() / 1_000) + 60,
    user: { uuid: 'somebody' },
    ...changes,
  });
  const HS256 = { alg: 'HS256', typ: 'JWT' };
  const now = () => Math.floor(hub.clock.now().getTime() / 1_000);

  it.each([
    ['a wrong signature', () => aToken({ secret: 'x'.repeat(43) }), 'token_invalid'],
    ['no algorithm', () => forge({ alg: 'none' }, claims(), key.secret), 'token_invalid'],
    ['HS512', () => forge({ alg: 'HS512' }, claims(), key.secret, 'sha512'), 'token_invalid'],
    ['another audience', () => forge(HS256, claims({ aud: 'store' }), key.secret), 'token_invalid'],
    ['another subject', () => forge(HS256, claims({ sub: 'admin' }), key.secret), 'token_invalid'],
    ['an unknown key name', () => forge({ ...HS256, kid: "' OR 1=1 --" }, claims(), key.secret), 'token_invalid'],
    ['an expired token', () => forge(HS256, claims({ exp: now() - 31 }), key.secret), 'token_expired'],
    [
      'a token for longer than agreed',
      () => forge(HS256, claims({ exp: now() + 331 }), key.secret),
      'token_lifetime_too_long',
    ],
    ['a number for an id', () => forge(HS256, claims({ user: { uuid: 1 } }), key.secret), 'token_malformed'],
  ])('for %s goes to the configured address with its public code', async (_, make, code) => {
    const response = await arrive(make());
    expect(response.status).toBe(303);
    const { origin, pathname, searchParams } = new URL(response.headers.get('location')!);
    expect(`${origin}${pathname}`).toBe('https://intranet.example/login');
    expect(Object.fromEntries(searchParams)).toEqual({ from: 'hub', error: code });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(sessionOf(response)).toBeUndefined();
  });

  it('of an unknown issuer goes nowhere', async () => {
    const response = await arrive(aToken({ issuer: 'stranger' }));
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
    expect(await response.text()).toContain('token_invalid');
  });

  it('is what an issuer of another store, of another key, or a disabled one gets', async () => {
    const db = hub.database.dataSource;
    const { key: foreign, id } = await anIssuer('foreign');
    await db.query(`UPDATE external_issuers SET store = 'other.example' WHERE id = $1`, [id]);
    expect((await arrive(aToken({ issuer: 'foreign', secret: foreign.secret }))).status).toBe(400);
    expect(errorOf(await arrive(aToken({ secret: foreign.secret })))).toBe('token_invalid');
    const gone = await anIssuer('gone');
    await hub.app.get(ExternalIssuers, { strict: false }).disable(gone.id, 'test');
    expect((await arrive(aToken({ issuer: 'gone', secret: gone.key.secret }))).status).toBe(400);
  });

  it('never goes to an address from the token', async () => {
    const response = await arrive(
      forge(
        HS256,
        claims({ redirect_url: 'https://evil.example/', intended_url: 'https://evil.example/' }),
        'x'.repeat(32),
      ),
    );
    expect(response.headers.get('location')).toMatch(/^https:\/\/intranet\.example\/login\?/);
  });
});

describe('a used token', () => {
  it('gives one session to twenty requests at the same time', async () => {
    const token = aToken();
    const answers = await Promise.all(Array.from({ length: 20 }, () => arrive(token)));
    expect(answers.filter((answer) => sessionOf(answer) !== undefined)).toHaveLength(1);
    expect(answers.map(errorOf).filter((code) => code === 'token_replayed')).toHaveLength(19);
  });

  it('is remembered past its life and the leeway, then swept', async () => {
    const token = aToken();
    await arrive(token);
    hub.clock.advance(90);
    await hub.database.dataSource.query('DELETE FROM external_token_uses WHERE expires_at < $1', [hub.clock.now()]);
    expect(errorOf(await arrive(token))).toBe('token_replayed');
  });

  it('does not burn the same id of another issuer, and a forged one burns nothing', async () => {
    const { key: other } = await anIssuer('third intranet');
    const jti = randomUUID();
    const make = (iss: string, secret: string) => {
      const signed = [
        { alg: 'HS256', typ: 'JWT' },
        {
          iss,
          aud: 'farfalla',
          sub: 'user',
          jti,
          exp: Math.floor(hub.clock.now().getTime() / 1_000) + 60,
          user: { uuid: jti },
        },
      ]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
      return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
    };
    expect(errorOf(await arrive(make(ISSUER, 'f'.repeat(32))))).toBe('token_invalid');
    expect(sessionOf(await arrive(make('third intranet', other.secret)))).toBeDefined();
    expect(sessionOf(await arrive(make(ISSUER, key.secret)))).toBeDefined();
  });

  it('opens nothing when the store of used ids cannot be reached', async () => {
    await hub.database.dataSource.query('ALTER TABLE external_token_uses RENAME TO away');
    try {
      const response = await arrive(aToken());
      expect([response.status, sessionOf(response)]).toEqual([500, undefined]);
    } finally {
      await hub.database.dataSource.query('ALTER TABLE away RENAME TO external_token_uses');
    }
  });
});

describe('an account', () => {
  const db = () => hub.database.dataSource.manager;
  const accountOf = async (uuid: string) =>
    (await db().findOneByOrFail(MerchantIdentity, { externalUuid: uuid })).accountId;

  it('is never linked by an e-mail that belongs to somebody else', async () => {
    await arrive(aToken({ uuid: randomUUID(), email: 'owner@example.com' }));
    const { key: hostile } = await anIssuer('hostile');
    const response = await arrive(aToken({ email: 'OWNER@example.com', issuer: 'hostile', secret: hostile.secret }));
    expect(errorOf(response)).toBe('email_conflict');
    expect(sessionOf(response)).toBeUndefined();
  });

  it('is not made with the e-mail of an operator', async () => {
    await db().query(`INSERT INTO accounts VALUES ('acc_x', 'boss@hub.example', 'x', true, now())`);
    expect(errorOf(await arrive(aToken({ email: 'boss@hub.example' })))).toBe('email_conflict');
  });

  it('keeps its e-mail when the one it now has is taken', async () => {
    const uuid = randomUUID();
    await arrive(aToken({ email: 'taken@example.com' }));
    await arrive(aToken({ uuid, email: 'mine@example.com' }));
    expect(await whoIs(sessionOf(await arrive(aToken({ uuid, email: 'taken@example.com' }))))).toBe('mine@example.com');
  });

  it.each(['suspended_at', 'deleted_at'])('with %s is not signed in to, and its sessions end', async (column) => {
    const uuid = randomUUID();
    const session = sessionOf(await arrive(aToken({ uuid })));
    await db().query(`UPDATE merchant_accounts SET ${column} = now() WHERE id = $1`, [await accountOf(uuid)]);
    expect(errorOf(await arrive(aToken({ uuid })))).toBe('account_not_allowed');
    expect(await whoIs(session)).toBeUndefined();
  });

  it.each(['admin', 'owner'] as const)(
    'of an %s is not signed in to from elsewhere, and a session from elsewhere ends',
    async (role) => {
      const shop = await anInstance(hub.database);
      const uuid = randomUUID();
      const session = sessionOf(await arrive(aToken({ uuid })));
      const membership = {
        accountId: await accountOf(uuid),
        instanceId: shop.id,
        role,
        joinedAt: new Date(),
        endedAt: null,
      };
      await db().insert(MerchantMembership, membership);
      expect(errorOf(await arrive(aToken({ uuid })))).toBe('account_not_allowed');
      expect(await whoIs(session)).toBeUndefined();
    },
  );
});

describe('a browser', () => {
  it('gets a new session id at each sign-in, and the one before ends (fixation)', async () => {
    const uuid = randomUUID();
    const first = sessionOf(await arrive(aToken({ uuid, email: 'fix@example.com' })))!;
    const second = sessionOf(await arrive(aToken({ uuid }), { headers: { cookie: `${SESSION}=${first}` } }))!;
    expect(second).not.toBe(first);
    expect(await whoIs(first)).toBeUndefined();
    expect(await whoIs(second)).toBe('fix@example.com');
  });

  it('does not take over a session id that somebody planted', async () => {
    const planted = `hmer_${'A'.repeat(43)}`;
    const session = sessionOf(await arrive(aToken(), { headers: { cookie: `${SESSION}=${planted}` } }));
    expect(session).not.toBe(planted);
    expect(await whoIs(planted)).toBeUndefined();
  });

  it('of somebody else is told who is signed in before it goes on (login CSRF)', async () => {
    const first = sessionOf(await arrive(aToken({ email: 'alice@example.com' })))!;
    const token = aToken({ email: 'mallory@example.com', intendedUrl: '/library' });
    const response = await arrive(token, { headers: { cookie: `${SESSION}=${first}` } });
    const location = response.headers.get('location')!;
    expect(location).toBe(`${PORTAL_URL}/portal?continue=${encodeURIComponent(`${PORTAL_URL}/library`)}`);
    const cookie = `${SESSION}=${sessionOf(response)}`;
    const page = await (await visit(location.slice(PORTAL_URL.length), { headers: { cookie } })).text();
    expect(page).toContain('mallory@example.com');
    expect(page).toContain('Somebody else was signed in');
    expect(await whoIs(first)).toBeUndefined();
  });

  it('is led back to its platform only where its operator allows, and its name is not markup', async () => {
    const good = sessionOf(
      await arrive(aToken({ email: '"><script>@example.com', readerExitUrl: 'https://intranet.example/home' })),
    );
    const page = await (await visit('/portal', { headers: { cookie: `${SESSION}=${good}` } })).text();
    expect(page).toContain('href="https://intranet.example/home"');
    expect(page).not.toContain('<script>');
    const bad = sessionOf(await arrive(aToken({ readerExitUrl: 'https://evil.example/' })));
    expect(await (await visit('/portal', { headers: { cookie: `${SESSION}=${bad}` } })).text()).not.toContain('evil');
  });

  it('that signs out goes where its platform wants, and its session ends', async () => {
    const session = sessionOf(await arrive(aToken()));
    const response = await visit('/auth/logout', { method: 'POST', headers: { cookie: `${SESSION}=${session}` } });
    expect([response.status, response.headers.get('location')]).toEqual([303, 'https://intranet.example/bye']);
    expect(cookiesOf(response)).toEqual({ [SESSION]: '', 'XSRF-TOKEN': '' });
    expect(await whoIs(session)).toBeUndefined();
    const again = await visit('/auth/logout', { method: 'POST' });
    expect(again.headers.get('location')).toBe(`${PORTAL_URL}/portal`);
  });

  it('that sends two session cookies is signed in as nobody', async () => {
    const one = sessionOf(await arrive(aToken()));
    const two = sessionOf(await arrive(aToken()));
    const response = await visit('/portal', { headers: { cookie: `${SESSION}=${one}; ${SESSION}=${two}` } });
    expect(response.status).toBe(401);
  });

  it('is signed out after twelve hours', async () => {
    const session = sessionOf(await arrive(aToken()));
    hub.clock.advance(12 * 3_600);
    expect(await whoIs(session)).toBeUndefined();
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

it('limits how often an address may try, and an address with one issuer', async () => {
  const limited = await startPortalHub({ rates: { anonymous: 3, key: 5, license: 5 } });
  try {
    const url = `${limited.url}/auth/token`;
    const stranger = issueExternalToken({ issuer: 'x', key: 'k'.repeat(32), user: { uuid: 'u' } }, limited.clock.now());
    const statuses = [];
    for (let i = 0; i < 4; i += 1)
      statuses.push((await fetch(signInUrl(url, stranger), { redirect: 'manual' })).status);
    expect(statuses).toEqual([400, 400, 400, 429]);
    expect((await fetch(url)).status).toBe(400);
    expect((await fetch(url)).status).toBe(429);
  } finally {
    await limited.close();
  }
});

it('writes no token, no session and no token id into the log, and the reason of every refusal', async () => {
  const jti = 'jti-that-must-not-be-logged-0001';
  const signed = [
    { alg: 'HS256', typ: 'JWT' },
    {
      iss: ISSUER,
      aud: 'farfalla',
      sub: 'user',
      jti,
      exp: Math.floor(hub.clock.now().getTime() / 1_000) + 60,
      user: { uuid: 'scrub-me-uuid', email: 'scrub-me@example.com' },
    },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const token = `${signed.join('.')}.${createHmac('sha256', key.secret).update(signed.join('.')).digest('base64url')}`;
  const session = sessionOf(await arrive(token))!;
  await arrive(token, { headers: { 'external-auth-token': token, cookie: `external-auth-token=${token}` } });
  await arrive(`${token}x`);
  await visit(`/nothing/here?external-auth-token=${token}`);
  await visit(`/auth/token?external-auth-token=${token}%ff%`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{',
  });
  const logs = hub.logs();
  for (const secret of [...token.split('.'), session, jti, key.secret, 'scrub-me']) expect(logs).not.toContain(secret);
  expect(logs).toContain('"code":"token_replayed"');
  expect(logs).toContain(`"issuerId":"${issuerId}"`);
});

describe('the console', () => {
  const body = { issuer: 'console platform', redirect_url: 'https://lms.example/login' };
  const call = async (method: string, path: string, json?: object, headers?: Record<string, string>) =>
    visit(path, {
      method,
      headers: { ...(headers ?? (await asOperator(hub))), ...(json ? { 'content-type': 'application/json' } : {}) },
      ...(json ? { body: JSON.stringify(json) } : {}),
    });

  it('makes an issuer whose key is shown once and sealed at rest', async () => {
    const made = (await (await call('POST', '/console/external-issuers', body)).json()) as {
      id: string;
      key: { kid: string; secret: string };
    };
    expect(made.key.secret).toHaveLength(43);
    const listed = await (await call('GET', '/console/external-issuers')).text();
    expect(listed).toContain(made.key.kid);
    expect(listed).not.toContain(made.key.secret);
    const rows = await hub.database.dataSource.query<{ secret_sealed: Buffer }[]>(
      'SELECT secret_sealed FROM external_issuer_keys',
    );
    expect(rows.some((row) => row.secret_sealed.includes(made.key.secret))).toBe(false);
    const token = aToken({ issuer: body.issuer, secret: made.key.secret });
    expect((await arrive(token)).headers.get('location')).toBe(`${PORTAL_URL}/portal`);
  });

  it('rotates: two keys are good, a third replaces the older, and one can be removed', async () => {
    const { id, key: first } = await anIssuer('rotating');
    const next = async () =>
      (await (await call('POST', `/console/external-issuers/${id}/keys`)).json()) as typeof first;
    const isGood = async ({ secret }: { secret: string }) =>
      sessionOf(await arrive(aToken({ issuer: 'rotating', secret }))) !== undefined;
    const second = await next();
    expect([await isGood(first), await isGood(second)]).toEqual([true, true]);
    const third = await next();
    expect([await isGood(first), await isGood(second), await isGood(third)]).toEqual([false, true, true]);
    expect((await call('DELETE', `/console/external-issuers/${id}/keys/${second.kid}`)).status).toBe(204);
    expect([await isGood(second), await isGood(third)]).toEqual([false, true]);
    expect((await call('DELETE', `/console/external-issuers/${id}/keys/${third.kid}`)).status).toBe(404);
    const fourth = await next();
    expect([await isGood(third), await isGood(fourth)]).toEqual([true, true]);
  });

  it('changes and disables an issuer', async () => {
    const { id } = await anIssuer('changing');
    const changed = await call('PATCH', `/console/external-issuers/${id}`, { max_life_seconds: 60, logout_url: null });
    expect(await changed.json()).toMatchObject({ max_life_seconds: 60, logout_url: null, redirect_url: FAILURE });
    expect((await call('DELETE', `/console/external-issuers/${id}`)).status).toBe(204);
    expect((await call('DELETE', `/console/external-issuers/${randomUUID()}`)).status).toBe(404);
    expect((await call('DELETE', '/console/external-issuers/nonsense')).status).toBe(404);
  });

  it.each([
    ['the same name', { issuer: ISSUER }, 409],
    ['a script as failure address', { redirect_url: 'javascript:alert(1)' }, 400],
    ['http as failure address', { redirect_url: 'http://lms.example/' }, 400],
    ['credentials in the failure address', { redirect_url: 'https://u:p@lms.example/' }, 400],
    ['a foreign default page', { default_path: '//evil.example/' }, 400],
    ['an origin with a path', { reader_exit_origins: ['https://lms.example/x'] }, 400],
    ['an hour and more', { max_life_seconds: 3_601 }, 400],
    ['an unknown field', { key: 'mine' }, 400],
  ])('refuses an issuer with %s', async (_, changes, status) => {
    const response = await call('POST', '/console/external-issuers', { ...body, issuer: 'refused', ...changes });
    expect(response.status).toBe(status);
  });

  it('is closed to everybody but operators', async () => {
    const session = sessionOf(await arrive(aToken()))!;
    for (const headers of [{}, { authorization: `Bearer ${session}` }, { cookie: `${SESSION}=${session}` }]) {
      expect(
        (await call('GET', '/console/external-issuers', undefined, headers as Record<string, string>)).status,
      ).toBe(401);
    }
  });
});
