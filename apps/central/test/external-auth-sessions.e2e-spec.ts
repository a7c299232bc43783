import { randomUUID } from 'node:crypto';
import { MerchantIdentity, MerchantMembership } from '#accounts';
import { anInstance, asOperator, cookiesOf, FAILURE, PLATFORM, PORTAL_URL, SESSION, usePlatform } from '#test';

const platform = usePlatform();
const { anIssuer, aToken, arrive, errorOf, sessionOf, visit, whoIs } = platform;

describe('an account', () => {
  const db = () => platform.hub.database.dataSource.manager;
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
      const shop = await anInstance(platform.hub.database);
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
    platform.hub.clock.advance(12 * 3_600);
    expect(await whoIs(session)).toBeUndefined();
  });
});

describe('the console', () => {
  const body = { issuer: 'console platform', redirect_url: 'https://lms.example/login' };
  const call = async (method: string, path: string, json?: object, headers?: Record<string, string>) =>
    visit(path, {
      method,
      headers: {
        ...(headers ?? (await asOperator(platform.hub))),
        ...(json ? { 'content-type': 'application/json' } : {}),
      },
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
    const rows = await platform.hub.database.dataSource.query<{ secret_sealed: Buffer }[]>(
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
    ['the same name', { issuer: PLATFORM }, 409],
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
