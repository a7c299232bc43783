import { Public } from '@hansa/platform';
import { fixedClock } from '@hansa/testing';
import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { SessionKeys, tenantConfigForTests } from '#config';
import { AccessGuard } from './access.guard.js';
import { AdminCookies, xsrfTokenOf } from './admin-cookies.js';
import { Requires, Signed } from './requires.js';
import { SESSION_TTL_SECONDS, SessionTokens } from './session-tokens.js';

class Routes {
  undeclared() {}
  @Public() open() {}
  @Requires('admin') admins() {}
  @Signed() signed() {}
}

const clock = fixedClock('2030-01-01T00:00:00Z');
const keys = new SessionKeys([Buffer.alloc(32, 1)]);
const sessions = new SessionTokens(keys, clock);
const guard = new AccessGuard(new Reflector(), sessions, tenantConfigForTests());
const ask = (route: keyof Routes, authorization?: string) => asking(route, { authorization });
const asking = (route: keyof Routes, headers: Record<string, string | undefined>, method = 'GET') => {
  const request = { headers, method };
  const context = { getHandler: () => Routes.prototype[route], switchToHttp: () => ({ getRequest: () => request }) };
  return guard.canActivate(context as unknown as ExecutionContext);
};

describe(AccessGuard.name, () => {
  beforeEach(() => clock.set('2030-01-01T00:00:00Z'));

  it('closes a route that names no audience to everybody', async () => {
    await expect(ask('undeclared', `Bearer ${await sessions.issue('acc_1')}`)).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
    });
  });

  it('opens public and signed routes; the handler of the latter checks the signature', async () => {
    await expect(ask('open')).resolves.toBe(true);
    await expect(ask('signed')).resolves.toBe(true);
  });

  it('lets an admin in until the token expires', async () => {
    const authorization = `Bearer ${await sessions.issue('acc_1')}`;
    clock.advance(SESSION_TTL_SECONDS - 1);
    await expect(ask('admins', authorization)).resolves.toBe(true);
    clock.advance(1);
    await expect(ask('admins', authorization)).rejects.toMatchObject({ code: 'CREDENTIALS_REQUIRED' });
  });

  it('knows its own keys, old ones too, and no others', async () => {
    const rotated = new SessionTokens(new SessionKeys([Buffer.alloc(32, 2), Buffer.alloc(32, 1)]), clock);
    expect(await rotated.read(await sessions.issue('acc_1'))).toBe('acc_1');
    expect(await sessions.read(await rotated.issue('acc_1'))).toBeNull();
  });

  it.each([undefined, '', 'Bearer', 'Bearer x', 'Basic x', `Bearer ${'x'.repeat(5_000)}`])(
    'refuses %s',
    async (authorization) => {
      await expect(ask('admins', authorization)).rejects.toMatchObject({ code: 'CREDENTIALS_REQUIRED' });
    },
  );

  it('refuses a token without a signature', async () => {
    const [, payload] = (await sessions.issue('acc_1')).split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'admin-session+jwt' })).toString('base64url');
    await expect(ask('admins', `Bearer ${header}.${payload}.`)).rejects.toMatchObject({ code: 'CREDENTIALS_REQUIRED' });
  });

  describe('with cookies', () => {
    const signIn = async () => {
      const token = await sessions.issue('acc_1');
      return { token, cookie: `theme=dark; hansa-admin=${token}` };
    };

    it('lets an admin read, and change what its own page asks for', async () => {
      const { token, cookie } = await signIn();
      await expect(asking('admins', { cookie })).resolves.toBe(true);
      await expect(asking('admins', { cookie, 'x-xsrf-token': xsrfTokenOf(token) }, 'POST')).resolves.toBe(true);
    });

    it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('refuses a %s another site makes the browser send', async (method) => {
      const { cookie } = await signIn();
      const other = xsrfTokenOf(await sessions.issue('acc_2'));
      for (const sent of [undefined, '', other, 'x'.repeat(43)]) {
        const asked = asking('admins', { cookie, 'x-xsrf-token': sent }, method);
        await expect(asked).rejects.toMatchObject({ code: 'XSRF_TOKEN_REQUIRED' });
      }
    });

    it('believes neither of two session cookies, for one of them was planted', async () => {
      const { token, cookie } = await signIn();
      const both = `${cookie}; hansa-admin=${token}`;
      await expect(asking('admins', { cookie: both })).rejects.toMatchObject({ code: 'CREDENTIALS_REQUIRED' });
    });

    it('takes no cookie beside a wrong bearer token', async () => {
      const { cookie } = await signIn();
      const asked = asking('admins', { cookie, authorization: 'Bearer x' });
      await expect(asked).rejects.toMatchObject({ code: 'CREDENTIALS_REQUIRED' });
    });

    it('keeps the session from scripts and other sites, and behind https to its host', () => {
      const [session, xsrf] = new AdminCookies('https://shop.example').setFor('t', 60);
      expect(session).toBe('__Host-hansa-admin=t; HttpOnly; Max-Age=60; Path=/; SameSite=Strict; Secure');
      expect(xsrf).toBe(`XSRF-ADMIN=${xsrfTokenOf('t')}; Max-Age=60; Path=/; SameSite=Strict; Secure`);
    });
  });
});
