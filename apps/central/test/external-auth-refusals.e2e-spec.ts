import { createHmac, randomUUID } from 'node:crypto';
import { issueExternalToken, signInUrl } from '@hansa/external-auth/issuer';
import { ExternalIssuers } from '#external-auth';
import { PLATFORM, startPortalHub, usePlatform } from '#test';

const platform = usePlatform();
const { anIssuer, aToken, arrive, errorOf, sessionOf, visit } = platform;

describe('a refused sign-in', () => {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const forge = (header: object, claims: object, secret: string, hash = 'sha256') => {
    const signed = `${encode(header)}.${encode(claims)}`;
    return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
  };
  const claims = (changes: object = {}) => ({
    iss: PLATFORM,
    aud: 'farfalla',
    sub: 'user',
    jti: randomUUID(),
    exp: Math.floor(platform.hub.clock.now().getTime() / 1_000) + 60,
    user: { uuid: 'somebody' },
    ...changes,
  });
  const HS256 = { alg: 'HS256', typ: 'JWT' };
  const now = () => Math.floor(platform.hub.clock.now().getTime() / 1_000);

  it.each([
    ['a wrong signature', () => aToken({ secret: 'x'.repeat(43) }), 'token_invalid'],
    ['no algorithm', () => forge({ alg: 'none' }, claims(), platform.key.secret), 'token_invalid'],
    ['HS512', () => forge({ alg: 'HS512' }, claims(), platform.key.secret, 'sha512'), 'token_invalid'],
    ['another audience', () => forge(HS256, claims({ aud: 'store' }), platform.key.secret), 'token_invalid'],
    ['another subject', () => forge(HS256, claims({ sub: 'admin' }), platform.key.secret), 'token_invalid'],
    [
      'an unknown key name',
      () => forge({ ...HS256, kid: "' OR 1=1 --" }, claims(), platform.key.secret),
      'token_invalid',
    ],
    ['an expired token', () => forge(HS256, claims({ exp: now() - 31 }), platform.key.secret), 'token_expired'],
    [
      'a token for longer than agreed',
      () => forge(HS256, claims({ exp: now() + 331 }), platform.key.secret),
      'token_lifetime_too_long',
    ],
    ['a number for an id', () => forge(HS256, claims({ user: { uuid: 1 } }), platform.key.secret), 'token_malformed'],
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
    const db = platform.hub.database.dataSource;
    const { key: foreign, id } = await anIssuer('foreign');
    await db.query(`UPDATE external_issuers SET store = 'other.example' WHERE id = $1`, [id]);
    expect((await arrive(aToken({ issuer: 'foreign', secret: foreign.secret }))).status).toBe(400);
    expect(errorOf(await arrive(aToken({ secret: foreign.secret })))).toBe('token_invalid');
    const gone = await anIssuer('gone');
    await platform.hub.app.get(ExternalIssuers, { strict: false }).disable(gone.id, 'test');
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
    platform.hub.clock.advance(90);
    await platform.hub.database.dataSource.query('DELETE FROM external_token_uses WHERE expires_at < $1', [
      platform.hub.clock.now(),
    ]);
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
          exp: Math.floor(platform.hub.clock.now().getTime() / 1_000) + 60,
          user: { uuid: jti },
        },
      ]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
      return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
    };
    expect(errorOf(await arrive(make(PLATFORM, 'f'.repeat(32))))).toBe('token_invalid');
    expect(sessionOf(await arrive(make('third intranet', other.secret)))).toBeDefined();
    expect(sessionOf(await arrive(make(PLATFORM, platform.key.secret)))).toBeDefined();
  });

  it('opens nothing when the store of used ids cannot be reached', async () => {
    await platform.hub.database.dataSource.query('ALTER TABLE external_token_uses RENAME TO away');
    try {
      const response = await arrive(aToken());
      expect([response.status, sessionOf(response)]).toEqual([500, undefined]);
    } finally {
      await platform.hub.database.dataSource.query('ALTER TABLE away RENAME TO external_token_uses');
    }
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
      iss: PLATFORM,
      aud: 'farfalla',
      sub: 'user',
      jti,
      exp: Math.floor(platform.hub.clock.now().getTime() / 1_000) + 60,
      user: { uuid: 'scrub-me-uuid', email: 'scrub-me@example.com' },
    },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const token = `${signed.join('.')}.${createHmac('sha256', platform.key.secret).update(signed.join('.')).digest('base64url')}`;
  const session = sessionOf(await arrive(token))!;
  await arrive(token, { headers: { 'external-auth-token': token, cookie: `external-auth-token=${token}` } });
  await arrive(`${token}x`);
  await visit(`/nothing/here?external-auth-token=${token}`);
  await visit(`/auth/token?external-auth-token=${token}%ff%`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{',
  });
  const logs = platform.hub.logs();
  for (const secret of [...token.split('.'), session, jti, platform.key.secret, 'scrub-me'])
    expect(logs).not.toContain(secret);
  expect(logs).toContain('"code":"token_replayed"');
  expect(logs).toContain(`"issuerId":"${platform.issuerId}"`);
});
