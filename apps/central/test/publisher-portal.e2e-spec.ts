import { generate } from 'otplib';
import { generateEd25519 } from '@hansa/trust';
import { fixedClock, type FixedClock } from '@hansa/testing';
import { AccountsService, MembersService, PublishersService } from '#accounts';
import { PublisherTokens } from '#tokens';
import {
  A_PASSWORD,
  aPerson,
  askBytes,
  askJson,
  eventually,
  lettersTo,
  startTestHub,
  type Person,
  type TestHub,
} from '#test';

let hub: TestHub;
let clock: FixedClock;
beforeEach(async () => {
  clock = fixedClock('2030-01-01T00:00:00Z');
  hub = await startTestHub({ clock });
});
afterEach(() => hub.close());

const ADA = 'ada@nord.example';
const BOB = 'bob@nord.example';
const sendAnonymous = (method: string, path: string, body: object) => askJson(hub, method, path, {}, body);

async function aPublisherOf(person: Person, name = 'Nord'): Promise<string> {
  const made = await person.send('POST', '/account/publishers', { name, agreement_version: '1' });
  expect(made.status).toBe(201);
  return made.json().id;
}

describe('an account', () => {
  it('is of use once its address is proven with the code from the letter', async () => {
    const asked = await sendAnonymous('POST', '/account', { email: 'Ada@Nord.example', password: A_PASSWORD });
    expect(asked.status).toBe(202);
    const signIn = () => sendAnonymous('POST', '/account/session', { email: ADA, password: A_PASSWORD });
    expect((await signIn()).json()).toMatchObject({ code: 'EMAIL_UNVERIFIED' });
    const [letter] = await lettersTo(hub, ADA);
    expect((await sendAnonymous('POST', '/account/verify', { code: 'x'.repeat(27) })).json().code).toBe(
      'PROOF_REFUSED',
    );
    const { code } = letter!.values as { code: string };
    expect((await sendAnonymous('POST', '/account/verify', { code })).status).toBe(204);
    expect((await sendAnonymous('POST', '/account/verify', { code })).status).toBe(204);
    expect((await signIn()).json()).toMatchObject({ email: ADA, second_factor: false, publishers: [] });
    await hub.database.takeJobs();
  });

  it('does not tell whether an address has one', async () => {
    await aPerson(hub, ADA);
    const known = await sendAnonymous('POST', '/account', { email: ADA, password: 'another password' });
    const fresh = await sendAnonymous('POST', '/account', { email: BOB, password: A_PASSWORD });
    expect([known.status, known.body]).toEqual([fresh.status, fresh.body]);
    expect((await lettersTo(hub, ADA)).at(-1)).toMatchObject({ template: 'account-known' });
    const wrong = await sendAnonymous('POST', '/account/session', { email: ADA, password: 'another password' });
    expect(wrong.json().code).toBe('SIGN_IN_FAILED');
    expect((await sendAnonymous('POST', '/account/proof', { email: 'nobody@nord.example' })).status).toBe(202);
    await hub.database.takeJobs();
  });

  it('gets no more than three letters, and their codes end', async () => {
    await sendAnonymous('POST', '/account', { email: ADA, password: A_PASSWORD });
    for (let time = 0; time < 5; time += 1) await sendAnonymous('POST', '/account/proof', { email: ADA });
    const letters = await lettersTo(hub, ADA);
    expect(letters).toHaveLength(3);
    clock.advance(61 * 60);
    const { code } = letters[0]!.values as { code: string };
    expect((await sendAnonymous('POST', '/account/verify', { code })).json().code).toBe('PROOF_REFUSED');
    await hub.database.takeJobs();
  });

  it('acts by its cookie only from the hub’s own pages, and not after signing out', async () => {
    const ada = await aPerson(hub, ADA);
    const forged = await askJson(
      hub,
      'POST',
      '/account/publishers',
      { cookie: ada.cookie },
      { name: 'Nord', agreement_version: '1' },
    );
    expect(forged.status).toBe(401);
    expect((await ada.send('GET', '/account')).json()).toMatchObject({ email: ADA });
    expect((await ada.send('DELETE', '/account/session')).status).toBe(204);
    expect((await ada.send('GET', '/account')).status).toBe(401);
  });

  it('ends every other session with a new password', async () => {
    const ada = await aPerson(hub, ADA);
    const thief = await aPerson(hub, ADA);
    const change = { password: A_PASSWORD, next: 'quite another password' };
    expect((await ada.send('PUT', '/account/password', { ...change, password: 'wrong' })).json().code).toBe(
      'SIGN_IN_FAILED',
    );
    expect((await ada.send('PUT', '/account/password', change)).status).toBe(204);
    expect((await ada.send('GET', '/account')).status).toBe(200);
    expect((await thief.send('GET', '/account')).status).toBe(401);
  });
});

describe('a second factor', () => {
  const codeAt = (secret: string) => generate({ secret, epoch: clock.now().getTime() / 1_000 });

  it('is asked for once it was confirmed, and takes a code once', async () => {
    const ada = await aPerson(hub, ADA);
    const { secret } = (await ada.send('POST', '/account/second-factor', { password: A_PASSWORD })).json();
    const signIn = (code?: string) =>
      sendAnonymous('POST', '/account/session', { email: ADA, password: A_PASSWORD, ...(code ? { code } : {}) });
    expect((await signIn()).status).toBe(200);
    expect((await ada.send('POST', '/account/second-factor/confirm', { code: '000000' })).json().code).toBe(
      'SECOND_FACTOR_REFUSED',
    );
    expect((await ada.send('POST', '/account/second-factor/confirm', { code: await codeAt(secret) })).status).toBe(204);
    expect((await signIn()).json().code).toBe('SECOND_FACTOR_REQUIRED');
    expect((await signIn(await codeAt(secret))).json().code).toBe('SECOND_FACTOR_REFUSED');
    clock.advance(30);
    const code = await codeAt(secret);
    const both = await Promise.all([signIn(code), signIn(code)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect((await ada.send('POST', '/account/second-factor', { password: A_PASSWORD })).json().code).toBe(
      'SECOND_FACTOR_ON',
    );
    clock.advance(30);
    const remove = { password: A_PASSWORD, code: await codeAt(secret) };
    expect((await ada.send('POST', '/account/second-factor/remove', remove)).status).toBe(204);
    expect((await signIn()).status).toBe(200);
  });

  it('is taken away from somebody who lost it, with the sessions he had', async () => {
    const ada = await aPerson(hub, ADA);
    const { secret } = (await ada.send('POST', '/account/second-factor', { password: A_PASSWORD })).json();
    await ada.send('POST', '/account/second-factor/confirm', { code: await codeAt(secret) });
    const accounts = hub.app.get(AccountsService, { strict: false });
    await expect(accounts.dropSecondFactor('nobody@nord.example', 'ops')).rejects.toMatchObject({
      code: 'ACCOUNT_UNKNOWN',
    });
    const { id } = await accounts.dropSecondFactor(ADA.toUpperCase(), 'ops');
    expect((await ada.send('GET', '/account')).status).toBe(401);
    expect((await (await aPerson(hub, ADA)).send('GET', '/account')).json()).toMatchObject({ second_factor: false });
    expect(
      await hub.database.dataSource.query(
        `SELECT subject FROM audit_entries WHERE actor = 'ops' AND action = 'account.second_factor_off'`,
      ),
    ).toEqual([{ subject: id }]);
  });

  it('guards operators as well', async () => {
    const ada = await aPerson(hub, ADA);
    await hub.database.dataSource.query('UPDATE accounts SET is_operator = true');
    const { secret } = (await ada.send('POST', '/account/second-factor', { password: A_PASSWORD })).json();
    await ada.send('POST', '/account/second-factor/confirm', { code: await codeAt(secret) });
    const console = (body: object) =>
      sendAnonymous('POST', '/console/session', { email: ADA, password: A_PASSWORD, ...body });
    expect((await console({})).json().code).toBe('SECOND_FACTOR_REQUIRED');
    clock.advance(30);
    expect((await console({ code: await codeAt(secret) })).status).toBe(201);
  });
});

describe('a namespace', () => {
  it('is claimed once and waits for an operator', async () => {
    const ada = await aPerson(hub, ADA);
    const publisherId = await aPublisherOf(ada);
    const asNord = { 'x-publisher-id': publisherId };
    const claim = (namespace: string) => ada.send('POST', '/publisher/namespaces', { namespace }, asNord);
    expect((await claim('@nord')).json()).toMatchObject({ namespace: '@nord', verified: false });
    expect((await claim('@nord')).status).toBe(201);
    const bob = await aPerson(hub, BOB);
    const other = { 'x-publisher-id': await aPublisherOf(bob, 'Sued') };
    expect((await bob.send('POST', '/publisher/namespaces', { namespace: '@nord' }, other)).json().code).toBe(
      'NAMESPACE_TAKEN',
    );
    await claim('@nord-b');
    await claim('@nord-c');
    expect((await claim('@nord-d')).json().code).toBe('NAMESPACE_LIMIT');
    const publishers = hub.app.get(PublishersService, { strict: false });
    await bob.send('POST', '/publisher/namespaces', { namespace: '@n0rd' }, other);
    const waiting = await publishers.listUnverified();
    expect(waiting.find(({ namespace }) => namespace.namespace === '@n0rd')).toMatchObject({ resembles: ['@nord'] });
    await publishers.verifyNamespace('@nord', 'operator:test');
    expect((await ada.send('GET', '/publisher', undefined, asNord)).json()).toMatchObject({
      verified: true,
      agreement_version: '1',
      namespaces: expect.arrayContaining([expect.objectContaining({ namespace: '@nord', verified: true })]),
    });
  });

  it('needs a publisher, and that the agreement in force', async () => {
    const ada = await aPerson(hub, ADA);
    const outdated = await ada.send('POST', '/account/publishers', { name: 'Nord', agreement_version: '0' });
    expect(outdated.json().code).toBe('AGREEMENT_OUTDATED');
    expect((await askBytes(hub, '/account/agreement')).json()).toMatchObject({ version: '1' });
    expect((await ada.send('GET', '/publisher')).status).toBe(403);
  });
});

describe('members', () => {
  async function invited(role: string) {
    const ada = await aPerson(hub, ADA);
    const publisherId = await aPublisherOf(ada);
    const header = { 'x-publisher-id': publisherId };
    expect((await ada.send('POST', '/publisher/invitations', { email: BOB, role }, header)).status).toBe(202);
    const { token } = (await lettersTo(hub, BOB)).at(-1)!.values as { token: string };
    return { ada, publisherId, header, token };
  }

  it('join with the letter that was sent to them, and do what their role allows', async () => {
    const { header, token } = await invited('developer');
    const mallory = await aPerson(hub, 'mallory@nord.example');
    expect((await mallory.send('POST', '/account/invitations', { token })).json().code).toBe('INVITATION_REFUSED');
    const bob = await aPerson(hub, BOB);
    expect((await bob.send('POST', '/account/invitations', { token })).json()).toMatchObject({ role: 'developer' });
    expect((await bob.send('POST', '/account/invitations', { token })).status).toBe(200);
    expect((await bob.send('GET', '/publisher/keys', undefined, header)).status).toBe(200);
    expect((await bob.send('GET', '/publisher/members', undefined, header)).status).toBe(403);
    const key = { name: 'k', public_key: JSON.stringify(generateEd25519().publicJwk) };
    expect((await bob.send('POST', '/publisher/keys', key, header)).status).toBe(403);
    expect((await mallory.send('GET', '/publisher/keys', undefined, header)).status).toBe(403);
    await hub.database.takeJobs();
  });

  it('keep at least one owner, even when two owners remove each other at once', async () => {
    const { ada, publisherId, header, token } = await invited('owner');
    const bob = await aPerson(hub, BOB);
    await bob.send('POST', '/account/invitations', { token });
    const people = (await ada.send('GET', '/publisher/members', undefined, header)).json().items as {
      account_id: string;
    }[];
    const members = hub.app.get(MembersService, { strict: false });
    const { dataSource } = hub.database;
    // Nobody can be removed while this holds their rows: without a lock before it, both have counted two owners by then.
    const removals = await dataSource.transaction(async (tx) => {
      await tx.query('SELECT 1 FROM publisher_members WHERE publisher_id = $1 FOR UPDATE', [publisherId]);
      const started = people.map(({ account_id: id }) => members.remove(publisherId, id, 'test'));
      const settled = Promise.allSettled(started);
      await eventually('both wait', async () => {
        const [{ n }] = await dataSource.query(
          `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return n === 2;
      });
      return { settled };
    });
    const outcomes = await removals.settled;
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await members.list(publisherId)).toMatchObject([{ role: 'owner' }]);
    await hub.database.takeJobs();
  });
});

describe('a token', () => {
  it('publishes and does nothing else, ends, and can be ended', async () => {
    const ada = await aPerson(hub, ADA);
    const header = { 'x-publisher-id': await aPublisherOf(ada) };
    const issue = (scopes: string[]) => ada.send('POST', '/publisher/tokens', { name: 'ci', days: 1, scopes }, header);
    expect((await issue(['full'])).status).toBe(400);
    const { id, token } = (await issue(['releases:read'])).json() as { id: string; token: string };
    expect(token).toMatch(/^hpub_[0-9A-Za-z]{49}$/);
    const bearer = { authorization: `Bearer ${token}` };
    const withToken = (method: string, path: string) => askJson(hub, method, path, bearer, {});
    expect((await askBytes(hub, '/publisher/keys', bearer)).status).toBe(200);
    expect((await withToken('POST', '/publisher/keys')).status).toBe(403);
    expect((await withToken('POST', '/publisher/tokens')).status).toBe(403);
    expect((await withToken('PUT', '/publisher/packages/@nord/x')).status).toBe(403);
    expect((await ada.send('GET', '/publisher/tokens', undefined, header)).json()).toMatchObject({
      count: 1,
      items: [{ id, hint: token.slice(0, 9), scopes: ['releases:read'] }],
    });
    const tokens = hub.app.get(PublisherTokens, { strict: false });
    const altered = token.slice(0, 20) + (token[20] === 'a' ? 'b' : 'a') + token.slice(21);
    expect(await tokens.identify(altered)).toBeUndefined();
    clock.advance(86_400);
    expect((await askBytes(hub, '/publisher/keys', bearer)).status).toBe(401);
    const later = (
      await (
        await aPerson(hub, ADA)
      ).send('POST', '/publisher/tokens', { name: 'x', days: 9, scopes: ['releases:read'] }, header)
    ).json();
    const again = await aPerson(hub, ADA);
    expect((await again.send('DELETE', `/publisher/tokens/${later.id}`, undefined, header)).status).toBe(204);
    expect((await askBytes(hub, '/publisher/keys', { authorization: `Bearer ${later.token}` })).status).toBe(401);
  });
});

describe('keys', () => {
  const jwk = () => JSON.stringify(generateEd25519().publicJwk);

  it('are added with a validity, rotated with an overlap, and revoked with a reason', async () => {
    const ada = await aPerson(hub, ADA);
    const header = { 'x-publisher-id': await aPublisherOf(ada) };
    const send = (path: string, body: object) => ada.send('POST', `/publisher/keys${path}`, body, header);
    const first = await send('', { name: 'first', public_key: jwk(), valid_until: '2031-01-01T00:00:00Z' });
    expect(first.json()).toMatchObject({ name: 'first', valid_until: '2031-01-01T00:00:00.000Z', revoked_at: null });
    const past = { name: 'x', public_key: jwk(), valid_until: '2029-01-01T00:00:00Z' };
    expect((await send('', past)).json().code).toBe('KEY_VALIDITY_INVALID');
    const { kid } = first.json();
    const rotated = await send(`/${kid}/rotate`, { name: 'second', public_key: jwk(), overlap_days: 7 });
    expect(rotated.status).toBe(201);
    const { items } = (await ada.send('GET', '/publisher/keys', undefined, header)).json() as {
      items: { kid: string; name: string }[];
    };
    const [old, next] = ['first', 'second'].map((name) => items.find((key) => key.name === name)!);
    expect(old).toMatchObject({ kid, valid_until: '2030-01-08T00:00:00.000Z' });
    expect((await send(`/${next!.kid}/revoke`, { reason: 'laptop lost' })).json()).toMatchObject({
      revoked_reason: 'laptop lost',
    });
    expect((await send(`/${next!.kid}/revoke`, { reason: 'again' })).json()).toMatchObject({
      revoked_reason: 'laptop lost',
    });
    expect((await send('/unknown/revoke', { reason: 'x' })).json().code).toBe('KEY_NOT_FOUND');
  });

  it('that are weak or somebody else’s are refused', async () => {
    const ada = await aPerson(hub, ADA);
    const header = { 'x-publisher-id': await aPublisherOf(ada) };
    const weak = JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: Buffer.alloc(32).toString('base64url') });
    const add = (by: Person, text: string, as: object) =>
      by.send('POST', '/publisher/keys', { name: 'x', public_key: text }, as);
    expect((await add(ada, weak, header)).json().code).toBe('PUBLISHER_KEY_REFUSED');
    const text = jwk();
    const bob = await aPerson(hub, BOB);
    const other = { 'x-publisher-id': await aPublisherOf(bob, 'Sued') };
    const both = await Promise.all([add(ada, text, header), add(bob, text, other)]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
  });
});

const ROUTES = [
  ['DELETE', '/account/session'],
  ['GET', '/account'],
  ['PUT', '/account/password'],
  ['POST', '/account/second-factor'],
  ['POST', '/account/second-factor/confirm'],
  ['POST', '/account/second-factor/remove'],
  ['POST', '/account/publishers'],
  ['POST', '/account/invitations'],
  ['GET', '/publisher'],
  ['POST', '/publisher/namespaces'],
  ['POST', '/publisher/tokens'],
  ['GET', '/publisher/tokens'],
  ['DELETE', '/publisher/tokens/x'],
  ['GET', '/publisher/members'],
  ['POST', '/publisher/invitations'],
  ['PUT', '/publisher/members/x'],
  ['DELETE', '/publisher/members/x'],
  ['POST', '/publisher/keys'],
  ['GET', '/publisher/keys'],
  ['POST', '/publisher/keys/x/rotate'],
  ['POST', '/publisher/keys/x/revoke'],
] as const;

describe('the routes of the portal', () => {
  it('are closed to strangers', async () => {
    for (const [method, path] of ROUTES) {
      const body = ['GET', 'DELETE'].includes(method) ? undefined : {};
      const { status } = await askJson(hub, method, path, {}, body);
      expect({ method, path, status }).toEqual({ method, path, status: 401 });
    }
  });
});
