import { verifyLicenseToken, type Ed25519PublicJwk } from '@hansa/trust';
import {
  aPackage,
  aPaidPackage,
  anInstance,
  anOrder,
  fixedClock,
  startTestHub,
  TEST_SECRET_BOX,
  type TestHub,
} from '#test';
import { AuditEntry } from '#audit';
import type { Package } from '#catalog';
import { KeyRing } from '#signing';
import { License, LicenseActivation } from './license.entity.js';
import { LicenseKeys } from './license-keys.js';
import { LicensesService, type IssuedLicense, type IssueLicense } from './licenses.service.js';

const DAY = 24 * 3_600;

describe(LicensesService.name, () => {
  const clock = fixedClock('2030-01-01T00:00:00Z');
  let hub: TestHub;
  let licenses: LicensesService;
  let item: Package;
  beforeAll(async () => {
    hub = await startTestHub({ clock });
    licenses = hub.app.get(LicensesService, { strict: false });
    item = await aPaidPackage(hub.database);
  });
  afterAll(() => hub.close());
  beforeEach(() => clock.set('2030-01-01T00:00:00Z'));
  afterEach(async () => expect(await hub.database.takeJobs()).toEqual([]));

  async function issue(overrides: Partial<IssueLicense> = {}, seats = 1): Promise<IssuedLicense> {
    const terms = { packageId: item.id, kind: 'one_time', billingInterval: null } as const;
    const request = { orderId: null, ...terms, customerEmail: 'a@b.example', instanceId: null, actor: 'test' };
    const issued = await hub.database.dataSource.transaction((tx) => licenses.issue(tx, { ...request, ...overrides }));
    await hub.database.dataSource.manager.update(License, { id: issued.license.id }, { seats });
    return issued;
  }
  const verify = (licenseKey: string, instanceId: string, marketplaceId = item.marketplaceId) =>
    licenses.verify({ license_key: licenseKey, marketplace_id: marketplaceId, instance_id: instanceId });

  describe('issuing', () => {
    it('keeps the key so that neither a dump nor a guess gives it away', async () => {
      const { license, licenseKey } = await issue();
      const row = JSON.stringify(
        await hub.database.dataSource.query('SELECT * FROM licenses WHERE id = $1', [license.id]),
      );
      expect(row).not.toContain(licenseKey);
      expect(hub.app.get(LicenseKeys, { strict: false }).open(license)).toBe(licenseKey);
      expect(license.keyLookup).toHaveLength(32);
    });

    it('gives an order one license, for ever', async () => {
      const order = await anOrder(hub.database, { packageId: item.id });
      const first = await issue({ orderId: order.id });
      const again = await issue({ orderId: order.id, customerEmail: 'someone@else.example' });
      expect(again.license.id).toBe(first.license.id);
      expect(again.licenseKey).toBe(first.licenseKey);
    });

    it('gives an order one license when two transactions issue it together', async () => {
      const order = await anOrder(hub.database, { packageId: item.id });
      await Promise.allSettled([
        issue({ orderId: order.id }),
        issue({ orderId: order.id }),
        issue({ orderId: order.id }),
      ]);
      expect(await hub.database.dataSource.manager.countBy(License, { orderId: order.id })).toBe(1);
    });

    it('writes who caused it', async () => {
      const { license } = await issue({ actor: 'stripe' });
      const rows = await hub.database.dataSource.manager.findBy(AuditEntry, { subject: license.id });
      expect(rows).toMatchObject([{ actor: 'stripe', action: 'license.issued' }]);
    });
  });

  describe('finding a license by its key', () => {
    it('needs the key of this hub: another hub computes another lookup', async () => {
      const other = await startTestHub({ clock });
      const here = hub.app.get(LicenseKeys, { strict: false }).lookupOf('CC-AAAA-BBBB-CCCC');
      const there = other.app.get(LicenseKeys, { strict: false }).lookupOf('CC-AAAA-BBBB-CCCC');
      await other.close();
      expect(here.equals(there)).toBe(false);
    });

    it('finds it after a restart too: the lookup key is kept, sealed', async () => {
      const restarted = new LicenseKeys(hub.database.dataSource, TEST_SECRET_BOX, clock);
      await restarted.onModuleInit();
      const running = hub.app.get(LicenseKeys, { strict: false });
      expect(restarted.lookupOf('CC-AAAA-BBBB-CCCC')).toEqual(running.lookupOf('CC-AAAA-BBBB-CCCC'));
    });

    it('forgives how people type a key', async () => {
      const { licenseKey } = await issue();
      const instance = await anInstance(hub.database);
      expect(await verify(` ${licenseKey.toLowerCase().replaceAll('-', ' ')}`, instance.id)).toMatchObject({
        valid: true,
      });
    });
  });

  describe('a verdict', () => {
    it('takes the seat of a production instance the first time and none the next', async () => {
      const { license, licenseKey } = await issue();
      const [first, second] = [await anInstance(hub.database), await anInstance(hub.database)];
      expect(await verify(licenseKey, first.id)).toMatchObject({ valid: true, license: { seats: 1, seats_used: 1 } });
      expect(await verify(licenseKey, first.id)).toMatchObject({ valid: true, license: { seats_used: 1 } });
      expect(await verify(licenseKey, second.id)).toMatchObject({ valid: false, reason: 'SEATS_EXHAUSTED' });
      expect(await hub.database.dataSource.manager.countBy(LicenseActivation, { licenseId: license.id })).toBe(1);
    });

    it('never oversells the seats to instances that ask at the same time', async () => {
      const { license, licenseKey } = await issue({}, 2);
      const instances = await Promise.all(Array.from({ length: 8 }, () => anInstance(hub.database)));
      const verdicts = await Promise.all(instances.map(({ id }) => verify(licenseKey, id)));
      expect(verdicts.filter(({ valid }) => valid)).toHaveLength(2);
      expect(verdicts.filter(({ reason }) => reason === 'SEATS_EXHAUSTED')).toHaveLength(6);
      expect(await hub.database.dataSource.manager.countBy(LicenseActivation, { licenseId: license.id })).toBe(2);
    });

    it('gives one instance one seat when it asks many times at once', async () => {
      const { license, licenseKey } = await issue({}, 5);
      const { id } = await anInstance(hub.database);
      const verdicts = await Promise.all(Array.from({ length: 8 }, () => verify(licenseKey, id)));
      expect(verdicts.every(({ valid }) => valid)).toBe(true);
      expect(await hub.database.dataSource.manager.countBy(LicenseActivation, { licenseId: license.id })).toBe(1);
    });

    it.each(['staging', 'development'] as const)('lets a %s copy run without a seat', async (environment) => {
      const { licenseKey } = await issue();
      const [shop, copy] = [await anInstance(hub.database), await anInstance(hub.database, { environment })];
      await verify(licenseKey, shop.id);
      expect(await verify(licenseKey, copy.id)).toMatchObject({ valid: true, license: { seats_used: 1 } });
    });

    it('asks for a seat when a staging copy becomes a production shop', async () => {
      const { licenseKey } = await issue();
      const [shop, copy] = [await anInstance(hub.database), await anInstance(hub.database, { environment: 'staging' })];
      await verify(licenseKey, copy.id);
      await verify(licenseKey, shop.id);
      await hub.database.dataSource.query(`UPDATE instances SET environment = 'production' WHERE id = $1`, [copy.id]);
      expect(await verify(licenseKey, copy.id)).toMatchObject({ valid: false, reason: 'SEATS_EXHAUSTED' });
    });

    it('says no to unknown keys, instances and products with their reasons', async () => {
      const { licenseKey } = await issue();
      const shop = await anInstance(hub.database);
      const other = await aPackage(hub.database);
      const unknown = 'inst_00000000000000000000000000';
      expect(await verify('CC-0000-0000-0000', shop.id)).toMatchObject({ valid: false, reason: 'NOT_FOUND' });
      expect(await verify('nonsense', shop.id)).toMatchObject({ valid: false, reason: 'NOT_FOUND' });
      expect(await verify(licenseKey, unknown)).toMatchObject({ valid: false, reason: 'INSTANCE_MISMATCH' });
      expect(await verify(licenseKey, shop.id, other.marketplaceId)).toMatchObject({ reason: 'PRODUCT_MISMATCH' });
      expect(await verify(licenseKey, shop.id, '@no/thing')).toMatchObject({ reason: 'PRODUCT_MISMATCH' });
    });

    it('runs a license by instance on as many production instances as were paid for, wherever it was bought', async () => {
      const [buyer, other] = [await anInstance(hub.database), await anInstance(hub.database)];
      const { licenseKey } = await issue({ kind: 'per_instance', instanceId: buyer.id });
      expect(await verify(licenseKey, other.id)).toMatchObject({ valid: true });
      expect(await verify(licenseKey, buyer.id)).toMatchObject({ valid: false, reason: 'SEATS_EXHAUSTED' });
    });

    it('never runs on more staging and development shops than it may, however many ask at once', async () => {
      const { licenseKey } = await issue();
      const shops = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          anInstance(hub.database, { environment: index % 2 === 0 ? 'staging' : 'development' }),
        ),
      );
      const verdicts = await Promise.all(shops.map(({ id }) => verify(licenseKey, id)));
      expect(verdicts.filter(({ valid }) => valid)).toHaveLength(hub.ground.config.licenses.copies);
      const { id } = await anInstance(hub.database);
      expect(await verify(licenseKey, id)).toMatchObject({ valid: true, license: { seats_used: 1 } });
    });

    it.each([
      ['revokedAt', { revokedAt: new Date('2029-01-01'), revokedReason: 'fraud' }, 'REVOKED', 0],
      ['suspendedAt', { suspendedAt: new Date('2029-01-01') }, 'SUSPENDED', 0],
      ['expiresAt', { expiresAt: new Date('2029-01-01') }, 'EXPIRED', 7],
    ])('hears of %s at once, and how many days of grace follow', async (_field, change, reason, grace) => {
      const { license, licenseKey } = await issue();
      const { id } = await anInstance(hub.database);
      expect(await verify(licenseKey, id)).toMatchObject({ valid: true });
      await hub.database.dataSource.manager.update(License, { id: license.id }, change);
      const verdict = await verify(licenseKey, id);
      expect(verdict).toEqual({
        valid: false,
        reason,
        message: expect.any(String),
        grace,
        checked_at: '2030-01-01T00:00:00.000Z',
      });
    });
  });

  it('gives away ten thousand licenses at once, each with a key of its own', async () => {
    const terms = {
      packageId: item.id,
      kind: 'one_time',
      billingInterval: null,
      customerEmail: 'many@shop.example',
    } as const;
    const started = performance.now();
    const issued = await licenses.issueMany({ ...terms, instanceId: null, actor: 'test' }, 10_000);
    // A loaded machine gets five times what a free one may take.
    expect(performance.now() - started).toBeLessThan(100_000);
    expect(new Set(issued.map(({ licenseKey }) => licenseKey)).size).toBe(10_000);
    expect(await hub.database.dataSource.manager.countBy(License, { customerEmail: 'many@shop.example' })).toBe(10_000);
  }, 120_000);

  describe('the license token', () => {
    const keys = () =>
      hub.app
        .get(KeyRing, { strict: false })
        .accepted('license')
        .map(({ kid, publicJwk }) => ({ ...publicJwk, kid })) as unknown as Ed25519PublicJwk[];
    const expected = (instanceId: string) => ({
      issuer: hub.ground.config.hubUrl,
      instanceId,
      marketplaceId: item.marketplaceId,
    });

    it('is the hub’s word for this instance and product, for 30 days', async () => {
      const { license, licenseKey } = await issue();
      const { id } = await anInstance(hub.database);
      const { token } = await verify(licenseKey, id);
      const claims = await verifyLicenseToken(token!, keys(), expected(id), clock.now());
      expect(claims).toMatchObject({ sub: license.id, kind: 'one_time', license_expires_at: null });
      expect(claims.exp - claims.iat).toBe(30 * DAY);
    });

    it('is signed once until half its life is over', async () => {
      const { licenseKey } = await issue();
      const { id } = await anInstance(hub.database);
      const { token: first } = await verify(licenseKey, id);
      clock.advance(15 * DAY - 1);
      expect((await verify(licenseKey, id)).token).toBe(first);
      clock.advance(1);
      expect((await verify(licenseKey, id)).token).not.toBe(first);
    });

    it('is signed anew when the license says something else', async () => {
      const { license, licenseKey } = await issue();
      const { id } = await anInstance(hub.database);
      const { token: first } = await verify(licenseKey, id);
      const updatesUntil = new Date('2040-01-01T00:00:00Z');
      await hub.database.dataSource.manager.update(License, { id: license.id }, { updatesUntil });
      const { token } = await verify(licenseKey, id);
      expect(token).not.toBe(first);
      const claims = await verifyLicenseToken(token!, keys(), expected(id), clock.now());
      expect(claims.updates_until).toBe('2040-01-01T00:00:00.000Z');
    });

    it('does not outlive the license', async () => {
      const { licenseKey } = await issue({ kind: 'subscription', billingInterval: 'month' });
      const { id } = await anInstance(hub.database);
      clock.advance(30 * DAY);
      const { token, check_again_at } = await verify(licenseKey, id);
      const claims = await verifyLicenseToken(token!, keys(), expected(id), clock.now());
      expect(new Date(claims.exp * 1_000).toISOString()).toBe('2030-02-01T00:00:00.000Z');
      expect(check_again_at).toBe('2030-02-01T00:00:00.000Z');
    });
  });

  describe('verdictFor', () => {
    it('tells downloads what the license covers and takes no seat', async () => {
      const { license, licenseKey } = await issue();
      const instanceReference = (await anInstance(hub.database)).id;
      expect(await licenses.verdictFor({ licenseKey, packageId: item.id, instanceReference })).toEqual({
        valid: true,
        license: { id: license.id, kind: 'one_time', expiresAt: null, updatesUntil: new Date('2031-01-01T00:00:00Z') },
      });
      expect(await hub.database.dataSource.manager.countBy(LicenseActivation, { licenseId: license.id })).toBe(0);
    });

    it('says why not', async () => {
      const { licenseKey } = await issue();
      const other = await aPackage(hub.database);
      const instanceReference = (await anInstance(hub.database)).id;
      expect(await licenses.verdictFor({ licenseKey, packageId: other.id, instanceReference })).toEqual({
        valid: false,
        reason: 'PRODUCT_MISMATCH',
      });
    });
  });
});
