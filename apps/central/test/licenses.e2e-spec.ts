import { readFileSync } from 'node:fs';
import { newId } from '@hansa/platform';
import {
  aPaidPackage,
  anInstance,
  asInstance,
  asShop,
  askBytes,
  fixedClock,
  startTestHub,
  statementsOf,
  wrongKeyLike,
  type TestHub,
  type TestInstance,
} from '#test';
import { Package } from '#catalog';
import { License, LicenseActivation, LicensesService } from '#licenses';
import { OutboxEvent, OutboxService } from '#outbox';
import { WRONG_KEYS_PER_PREFIX } from '../src/licenses/guess-limiter.js';

const NOON = '2030-01-01T12:00:00.000Z';

describe('licenses over HTTP', () => {
  const clock = fixedClock(NOON);
  let hub: TestHub;
  let item: Package;
  let instance: TestInstance;
  beforeAll(async () => {
    hub = await startTestHub({ clock });
    item = await aPaidPackage(hub.database);
  });
  afterAll(() => hub.close());
  beforeEach(async () => {
    clock.advance(3_600);
    instance = await anInstance(hub.database);
  });

  const issue = (instanceId: string | null = null) =>
    hub.database.dataSource.transaction((tx) =>
      hub.app.get(LicensesService, { strict: false }).issue(tx, {
        orderId: null,
        packageId: item.id,
        kind: 'one_time',
        billingInterval: null,
        customerEmail: 'a@b.example',
        instanceId,
        actor: 'test',
      }),
    );
  const verify = async (body: unknown, at: TestHub = hub) => {
    const answer = await askBytes(
      at,
      '/store/marketplace/license/verify',
      { 'content-type': 'application/json' },
      {
        method: 'POST',
        body: JSON.stringify(body),
      },
    );
    return { status: answer.status, headers: answer.headers, body: answer.json() as Record<string, unknown> };
  };
  const question = (licenseKey: string, overrides: object = {}) => ({
    license_key: licenseKey,
    marketplace_id: item.marketplaceId,
    instance_id: instance.id,
    ...overrides,
  });

  describe('verify', () => {
    it('answers without a publishable key, every documented field', async () => {
      const { license, licenseKey } = await issue();
      const { status, headers, body } = await verify(question(licenseKey));
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('application/json; charset=utf-8');
      expect(headers['ratelimit-limit']).toBe('1000000');
      expect(body).toEqual({
        valid: true,
        license: {
          id: license.id,
          kind: 'one_time',
          status: 'active',
          issued_at: clock.now().toISOString(),
          expires_at: null,
          updates_until: '2031-01-01T13:00:00.000Z',
          seats: 1,
          seats_used: 1,
        },
        token: expect.stringMatching(/^ey[\w-]+\.[\w-]+\.[\w-]+$/),
        checked_at: clock.now().toISOString(),
        check_again_at: new Date(clock.now().getTime() + 24 * 3_600_000).toISOString(),
      });
    });

    it('says no with 200', async () => {
      expect(await verify(question('CC-0000-0000-0000'))).toMatchObject({
        status: 200,
        body: { valid: false, reason: 'NOT_FOUND', message: expect.any(String) },
      });
    });

    it.each<[string, unknown]>([
      ['a field too many', { extra: 1 }],
      ['a key that is no text', { license_key: 1 }],
      ['an empty key', { license_key: '' }],
      ['a key too long', { license_key: 'x'.repeat(65) }],
      ['a package id that is none', { marketplace_id: 'no' }],
      ['an instance id that is none', { instance_id: 'no' }],
      ['an instance id too long', { instance_id: `inst_${'0'.repeat(3_000)}` }],
    ])('refuses %s with its field', async (_name, change) => {
      const { status, body } = await verify({ ...question('CC-0000-0000-0000'), ...(change as object) });
      expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'VALIDATION_FAILED' });
      const paths = (body['details'] as { path: string }[]).map(({ path }) => path);
      expect(new Set(paths)).toEqual(new Set(Object.keys(change as object)));
    });

    it.each([[[]], [null], ['text'], [1], [[{}]]])('refuses a body that is no object (%j)', async (body) => {
      expect((await verify(body)).status).toBe(400);
    });

    it('refuses a sealed id it cannot read', async () => {
      expect(await verify(question('CC-0000-0000-0000', { instance_id: 'a.b.c.d.e' }))).toMatchObject({
        status: 400,
        body: { code: 'INSTANCE_ID_REFUSED' },
      });
    });
  });

  describe('a key that is none', () => {
    const vectors = JSON.parse(
      readFileSync(new URL('../../../conformance/vectors/license-keys.json', import.meta.url), 'utf8'),
    ) as { invalid: { typed: string }[] };
    const malformed: readonly (readonly [string, unknown])[] = [
      ...vectors.invalid.map(({ typed }) => [typed, typed] as const),
      ['SQL', `CC-' OR 1=1 --`],
      ['a pattern', 'CC-%%%%-____-%%%%'],
      ['a path', '../../etc/passwd'],
      ['U+0000', 'CC-0000-0000-0000\u0000'],
      ['half a surrogate', 'CC-0000-0000-000\ud800'],
      ['letters of another script', 'СС-0000-0000-0000'],
      ['full-width digits', 'CC-００００-００００-００００'],
      ['right to left', '\u202eCC-0000-0000-0000'],
      ['an object', { $ne: '' }],
      ['a list', ['CC-0000-0000-0000']],
      ['a number', 1e300],
      ['a truth', true],
    ];
    it.each(malformed)('is answered like a wrong one, or refused: %s', async (_what, key) => {
      const { license } = await issue();
      const { status, body } = await verify({ ...question(''), license_key: key });
      const isRefused = status === 400 && ['VALIDATION_FAILED', 'BODY_MALFORMED'].includes(String(body['code']));
      expect(isRefused || (status === 200 && body['reason'] === 'NOT_FOUND')).toBe(true);
      expect(await hub.database.dataSource.manager.countBy(LicenseActivation, { licenseId: license.id })).toBe(0);
    });
  });

  describe('guessing', () => {
    it('tells nothing by its work: unknown keys, foreign ones and nonsense take the very same statements', async () => {
      const other = await aPaidPackage(hub.database);
      const { licenseKey } = await issue((await anInstance(hub.database)).id);
      const workFor = (body: object) => statementsOf(hub, () => verify(body));
      const unknown = await workFor(question(wrongKeyLike(licenseKey)));
      expect(unknown).toHaveLength(1);
      expect(await workFor(question(licenseKey, { marketplace_id: other.marketplaceId }))).toEqual(unknown);
      expect(await workFor(question(licenseKey, { marketplace_id: '@no/such-package' }))).toEqual(unknown);
      expect(await workFor(question(licenseKey, { instance_id: newId('inst') }))).toEqual(unknown);
      expect(await workFor(question('nonsense'))).toEqual(unknown);
    });

    it('is limited by address', async () => {
      const strict = await startTestHub({ clock, config: { rates: { anonymous: 1, key: 1, license: 2 } } });
      const ask = () => verify(question('CC-0000-0000-0000'), strict);
      expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
      const refused = await ask();
      expect(refused).toMatchObject({ status: 429, body: { type: 'rate_limited', code: 'RATE_LIMITED' } });
      expect(refused.headers).toMatchObject({
        'retry-after': '60',
        'ratelimit-limit': '2',
        'ratelimit-remaining': '0',
      });
      clock.advance(60);
      expect((await ask()).status).toBe(200);
      await strict.close();
    });

    it('is limited by the first characters of the key, also for the right key among them', async () => {
      const { license, licenseKey } = await issue();
      const wrong = wrongKeyLike(licenseKey);
      for (let i = 0; i < WRONG_KEYS_PER_PREFIX; i += 1) expect((await verify(question(wrong))).status).toBe(200);
      expect(await verify(question(wrong))).toMatchObject({ status: 429, headers: { 'retry-after': '60' } });
      expect((await verify(question(licenseKey))).status).toBe(429);
      const other = await issue();
      expect((await verify(question(other.licenseKey))).status).toBe(200);
      clock.advance(60);
      expect(await verify(question(licenseKey))).toMatchObject({ status: 200, body: { license: { id: license.id } } });
    });

    it('counts the wrong keys of downloads along', async () => {
      const { licenseKey } = await issue();
      const licenses = hub.app.get(LicensesService, { strict: false });
      const ask = (key: string) =>
        licenses.verdictFor({ licenseKey: key, packageId: item.id, instanceReference: instance.id });
      const wrong = wrongKeyLike(licenseKey);
      for (let i = 0; i < WRONG_KEYS_PER_PREFIX; i += 1)
        expect(await ask(wrong)).toMatchObject({ reason: 'NOT_FOUND' });
      await expect(ask(licenseKey)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
      expect((await verify(question(licenseKey))).status).toBe(429);
      clock.advance(60);
      expect(await ask(licenseKey)).toMatchObject({ valid: true });
    });

    it('does not count right answers', async () => {
      const { licenseKey } = await issue();
      for (let i = 0; i <= WRONG_KEYS_PER_PREFIX; i += 1) expect((await verify(question(licenseKey))).status).toBe(200);
    });
  });

  describe('an instance’s own', () => {
    const call = async (method: string, path: string, who = instance) => {
      const headers = await asInstance(hub, who);
      const response = await fetch(`${hub.url}/store/marketplace${path}`, { method, headers });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>) };
    };

    it('are those it bought and those it uses, without their keys', async () => {
      const [bought, used] = [await issue(instance.id), await issue()];
      await issue();
      await verify(question(used.licenseKey));
      const { status, body } = await call('GET', '/licenses');
      expect(status).toBe(200);
      expect(body).toMatchObject({ count: 2, offset: 0 });
      expect(body!['items']).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            id: bought.license.id,
            activated: false,
            seats_used: 0,
            marketplace_id: item.marketplaceId,
          }),
          expect.objectContaining({ id: used.license.id, activated: true, seats_used: 1 }),
        ]),
      );
      expect(JSON.stringify(body)).not.toContain(used.licenseKey);
    });

    it('can be deactivated, so that another instance takes the seat; twice is harmless', async () => {
      const { license, licenseKey } = await issue();
      const other = await anInstance(hub.database);
      await verify(question(licenseKey));
      expect((await verify(question(licenseKey, { instance_id: other.id }))).body).toMatchObject({
        reason: 'SEATS_EXHAUSTED',
      });
      expect((await call('POST', `/licenses/${license.id}/deactivate`)).status).toBe(204);
      expect((await call('POST', `/licenses/${license.id}/deactivate`)).status).toBe(204);
      expect((await verify(question(licenseKey, { instance_id: other.id }))).body).toMatchObject({ valid: true });
      expect((await verify(question(licenseKey))).body).toMatchObject({ reason: 'SEATS_EXHAUSTED' });
    });

    it('come once more to the shop that bought them, and to nobody else', async () => {
      const { license, licenseKey } = await issue(instance.id);
      const stranger = await anInstance(hub.database);
      const { manager } = hub.database.dataSource;
      const sent = async () =>
        (await manager.findBy(OutboxEvent, [{ instanceId: instance.id }, { instanceId: stranger.id }])).map(
          (event) => JSON.parse(hub.app.get(OutboxService, { strict: false }).openBody(event).toString()) as object,
        );
      expect(await call('POST', `/licenses/${license.id}/issue`, stranger)).toMatchObject({
        status: 404,
        body: { code: 'LICENSE_NOT_FOUND' },
      });
      expect(await sent()).toEqual([]);
      expect((await call('POST', `/licenses/${license.id}/issue`)).status).toBe(202);
      expect(await sent()).toMatchObject([{ license_key: licenseKey, license_id: license.id, version: '1.0.0' }]);
      await manager.update(License, { id: license.id }, { suspendedAt: clock.now() });
      expect(await call('POST', `/licenses/${license.id}/issue`)).toMatchObject({
        status: 409,
        body: { code: 'LICENSE_NOT_ACTIVE' },
      });
      expect(await sent()).toHaveLength(1);
    });

    it('come once more to a shop that uses them, and to none while there is nothing to install', async () => {
      const { license, licenseKey } = await issue();
      const again = () => call('POST', `/licenses/${license.id}/issue`);
      expect(await again()).toMatchObject({ status: 404 });
      await verify(question(licenseKey));
      expect((await again()).status).toBe(202);
      const { manager } = hub.database.dataSource;
      const { latestReleaseId } = item;
      await manager.update(Package, { id: item.id }, { latestReleaseId: null });
      try {
        expect(await again()).toMatchObject({ status: 409, body: { code: 'NOTHING_TO_INSTALL' } });
      } finally {
        await manager.update(Package, { id: item.id }, { latestReleaseId });
      }
      expect(await manager.countBy(OutboxEvent, { instanceId: instance.id })).toBe(1);
    });

    it('are nobody else’s to deactivate', async () => {
      const { license, licenseKey } = await issue();
      await verify(question(licenseKey));
      const stranger = await anInstance(hub.database);
      expect(await call('POST', `/licenses/${license.id}/deactivate`, stranger)).toMatchObject({
        status: 404,
        body: { code: 'LICENSE_NOT_FOUND' },
      });
      expect(await call('POST', '/licenses/lic_none/deactivate', stranger)).toMatchObject({ status: 404 });
    });
  });

  it('keeps license keys out of the answer to a shop that only has a publishable key', async () => {
    const { license } = await issue();
    const response = await fetch(`${hub.url}/store/marketplace/licenses`, { headers: await asShop(hub) });
    expect(response.status).toBe(401);
    expect(await hub.database.dataSource.manager.existsBy(License, { id: license.id })).toBe(true);
  });

  /** Another well-formed key that begins alike: one digit and the check digit differ. */
});
