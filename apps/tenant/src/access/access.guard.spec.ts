import { Public } from '@hansa/platform';
import { fixedClock } from '@hansa/testing';
import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { SessionKeys } from '#config';
import { AccessGuard } from './access.guard.js';
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
const guard = new AccessGuard(new Reflector(), sessions);
const ask = (route: keyof Routes, authorization?: string) => {
  const request = { headers: { authorization } };
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
});
