import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { licenseResponseText, newLicenseKey, verifyLicenseRequest, type LicenseClaims } from '@hansa/trust';
import { aPlugin, FakeHub, fixedClock, startTenant, type Reply, type TestTenant } from '#test';
import { InstanceService } from '#hub';
import { License } from './license.entity.js';
import { LicensesService } from './licenses.service.js';
import { OfflineLicenses } from './offline-licenses.service.js';

const ID = '@acme/hello';
const LICENSE_KEY = newLicenseKey();
const DAY = 24 * 60 * 60;
const PATH = '/admin/marketplace/licenses';

describe(OfflineLicenses.name, () => {
  const clock = fixedClock(new Date().toISOString());
  let folder: string;
  let hub: FakeHub;
  let tenant: TestTenant;
  beforeEach(async () => {
    clock.set(new Date());
    hub = await new FakeHub().start();
    folder = await mkdtemp(join(tmpdir(), 'offline-'));
    const hubKeysFile = join(folder, 'jwks.json');
    await writeFile(hubKeysFile, JSON.stringify(hub.keys));
    // A shop that never reached its hub: what it knows of it was carried over by hand.
    hub.isAway = true;
    tenant = await startTenant({ hub, worker: false, clock, config: { hubKeysFile } });
    hub.instanceId = (await tenant.app.get(InstanceService).identity()).id;
    await aPlugin(tenant.dataSource, { marketplaceId: ID });
  });
  afterEach(async () => {
    await tenant.stop();
    await hub.stop();
    await rm(folder, { recursive: true });
  });

  const ask = (body: object = { marketplace_id: ID, license_key: LICENSE_KEY }) =>
    tenant.admin('POST', `${PATH}/requests`, body);
  const answer = (request: string, change: Partial<LicenseClaims> & { ttlSeconds?: number } = {}) =>
    hub.answerTo(request, { marketplace_id: ID, ...change }, clock.now());
  const give = (response: string) => tenant.admin('POST', `${PATH}/responses`, { response });
  const held = () => tenant.dataSource.manager.findOneBy(License, { marketplaceId: ID });
  const outcome = ({ status, body }: Reply) => (status === 200 ? 200 : body.code);
  const check = () => tenant.app.get(LicensesService).check({ marketplaceId: ID });

  it('asks with its own key, in a file and in a form that can be typed', async () => {
    const { status, body } = await ask();
    expect(status).toBe(201);
    const claims = await verifyLicenseRequest(body.license_request, { audience: hub.url }, clock.now());
    const { publicJwk } = await tenant.app.get(InstanceService).identity();
    expect(claims).toMatchObject({
      sub: hub.instanceId,
      license_key: LICENSE_KEY,
      environment: 'production',
      jti: body.request_id,
      publicJwk,
    });
    await expect(verifyLicenseRequest(body.text, { audience: hub.url }, clock.now())).resolves.toEqual(claims);
    await expect(verifyLicenseRequest(JSON.stringify(body), { audience: hub.url }, clock.now())).resolves.toEqual(
      claims,
    );
    const [{ key_sealed: sealed }] = await tenant.dataSource.query('SELECT key_sealed FROM license_requests');
    expect(sealed.toString('latin1')).not.toContain(LICENSE_KEY);
  });

  it.each(['token', 'file', 'typed'] as const)('runs on the answer to it, taken as %s', async (notation) => {
    const { request_id: id } = (await ask()).body;
    const token = await answer(id);
    const file = { license_response: token, revocations: await hub.revoke([], clock.now()), license_id: 'lic_x' };
    const reply = await give(
      { token, file: JSON.stringify(file), typed: licenseResponseText(token).toLowerCase() }[notation],
    );
    const lapses = new Date((Math.floor(clock.now().getTime() / 1_000) + 30 * DAY) * 1_000);
    expect([reply.status, reply.body]).toMatchObject([
      200,
      { marketplace_id: ID, license_id: FakeHub.LICENSE_ID, good_until: lapses.toISOString() },
    ]);
    expect(await held()).toMatchObject({ standing: 'active', token, carriedUntil: lapses });
    await check();
    expect(await held()).toMatchObject({ standing: 'active', failedAt: null });
    clock.advance(37 * DAY + 1);
    await check();
    expect(await held()).toMatchObject({ standing: 'stopped' });
  });

  it('renews with the key it holds, and is good again', async () => {
    await give(await answer((await ask()).body.request_id));
    clock.advance(37 * DAY + 1);
    await check();
    expect(await held()).toMatchObject({ standing: 'stopped' });
    const offline = tenant.app.get(OfflineLicenses);
    const { id, request } = await offline.request(ID, undefined, 'test');
    await expect(verifyLicenseRequest(request, { audience: hub.url }, clock.now())).resolves.toMatchObject({
      license_key: LICENSE_KEY,
    });
    await offline.accept(await answer(id), 'test');
    expect(await held()).toMatchObject({ standing: 'active' });
  });

  it('takes the same answer twice, and the newer of two', async () => {
    const { request_id: id } = (await ask()).body;
    const first = await answer(id);
    expect([outcome(await give(first)), outcome(await give(first))]).toEqual([200, 200]);
    clock.advance(60);
    const second = await answer(id);
    expect(outcome(await give(second))).toBe(200);
    expect(outcome(await give(first))).toBe('RESPONSE_OUTDATED');
    expect(await held()).toMatchObject({ token: second });
  });

  it('stops a license that the list beside the answer names', async () => {
    const { request_id: id } = (await ask()).body;
    const token = await answer(id);
    const revocations = await hub.revoke([FakeHub.LICENSE_ID], clock.now());
    await give(JSON.stringify({ license_response: token, revocations }));
    await check();
    expect(await held()).toMatchObject({ standing: 'stopped', failureReason: 'REVOKED' });
  });

  it('goes by an answer although the list beside it is older than one it has', async () => {
    const older = await hub.revoke([], clock.now());
    const { request_id: id } = (await ask()).body;
    const newer = JSON.stringify({
      license_response: await answer(id),
      revocations: await hub.revoke([], clock.now()),
    });
    expect(outcome(await give(newer))).toBe(200);
    clock.advance(60);
    const later = JSON.stringify({ license_response: await answer(id), revocations: older });
    expect(outcome(await give(later))).toBe(200);
  });

  const OTHER_SHOP = 'inst_01ARZ3NDEKTSV4RRFFQ69G5FAV';
  it.each<[string, (id: string) => Promise<string>, string]>([
    ['for another shop', (id) => answer(id, { aud: OTHER_SHOP }), 'RESPONSE_FOR_OTHER_SHOP'],
    [
      'for another shop, typed',
      async (id) => licenseResponseText(await answer(id, { aud: OTHER_SHOP })),
      'RESPONSE_ALTERED',
    ],
    ['for another package', (id) => answer(id, { marketplace_id: '@acme/other' }), 'RESPONSE_FOR_OTHER_LICENSE'],
    ['of another hub', (id) => answer(id, { iss: 'https://other.example' }), 'RESPONSE_OF_OTHER_HUB'],
    ['to a request it never made', () => answer('0123456789abcdef'), 'RESPONSE_NOT_ASKED'],
    [
      'that was changed',
      async (id) => {
        const [header, , signature] = (await answer(id)).split('.');
        const [, payload] = (await answer(id, { license_expires_at: '2999-01-01T00:00:00.000Z' })).split('.');
        return `${header}.${payload}.${signature}`;
      },
      'RESPONSE_ALTERED',
    ],
    [
      'that has expired, also for a clock that was moved back',
      async (id) => {
        const start = clock.now();
        const old = await answer(id, { ttlSeconds: 60 });
        clock.advance(3_600);
        await give(old);
        clock.set(start);
        return old;
      },
      'RESPONSE_EXPIRED',
    ],
    [
      'from the future',
      async (id) => {
        clock.advance(60);
        const early = await answer(id);
        clock.advance(-60);
        return early;
      },
      'RESPONSE_NOT_YET_VALID',
    ],
    ['that is mistyped', async (id) => licenseResponseText(await answer(id)).replace(/^./, 'Z'), 'RESPONSE_MISTYPED'],
    ['that is something else', () => Promise.resolve('hello'), 'RESPONSE_MISTYPED'],
    ['that is a file of something else', () => Promise.resolve('{"a":1}'), 'RESPONSE_MALFORMED'],
    [
      'with a list that is not the hub’s',
      async (id) => JSON.stringify({ license_response: await answer(id), revocations: 'a.b.c' }),
      'REVOCATIONS_REFUSED',
    ],
    [
      'to a request that it has made anew since',
      async (id) => {
        await ask();
        return answer(id);
      },
      'RESPONSE_OUTDATED',
    ],
  ])('refuses an answer %s', async (_, make, code) => {
    const { request_id: id } = (await ask()).body;
    const response = await make(id);
    expect(outcome(await give(response))).toBe(code);
    expect(await held()).toBeNull();
  });

  it('refuses an answer that names another license for the key it holds', async () => {
    await give(await answer((await ask()).body.request_id));
    const { request_id: id } = (await ask()).body;
    const other = await answer(id, { sub: 'lic_01ARZ3NDEKTSV4RRFFQ69G5FAV' });
    expect(outcome(await give(other))).toBe('RESPONSE_FOR_OTHER_LICENSE');
    expect(await held()).toMatchObject({ licenseId: FakeHub.LICENSE_ID });
  });

  it('names the line that was mistyped', async () => {
    const lines = licenseResponseText(await answer((await ask()).body.request_id)).split('\n');
    const line = lines[2]!;
    const reply = await give(lines.with(2, (line.startsWith('A') ? 'B' : 'A') + line.slice(1)).join('\n'));
    expect(reply.body).toMatchObject({ code: 'RESPONSE_MISTYPED', line: 3 });
  });

  it('says which keys it would ask with, and which file it needs', async () => {
    expect((await ask({ marketplace_id: ID })).body.code).toBe('LICENSE_KEY_REQUIRED');
    expect((await ask({ marketplace_id: ID, license_key: 'CC-1234-5678-9ABC' })).body.code).toBe(
      'LICENSE_KEY_MALFORMED',
    );
    const { request_id: id } = (await ask()).body;
    const response = await answer(id);
    await writeFile(join(folder, 'jwks.json'), 'no keys');
    expect(outcome(await give(response))).toBe('FEDERATION_KEYS_UNREADABLE');
    await writeFile(join(folder, 'jwks.json'), JSON.stringify({ keys: [] }));
    expect(outcome(await give(response))).toBe('HUB_UNREACHABLE');
    await writeFile(join(folder, 'jwks.json'), JSON.stringify({ keys: hub.keys.keys.slice(1) }));
    expect(outcome(await give(response))).toBe('RESPONSE_KEY_UNKNOWN');
  });
});
