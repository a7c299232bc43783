import type { VerifyLicenseResponse } from '@hansa/contracts';
import { A_LICENSE_KEY, aPlugin, FakeHub, fixedClock, startTenant, type TestTenant } from '#test';
import { RegistrationService } from '#hub';
import { License } from './license.entity.js';
import { LicensesService } from './licenses.service.js';
import { RevocationsService } from './revocations.service.js';

const ID = '@acme/hello';
const DAY = 24 * 60 * 60;

describe(RevocationsService.name, () => {
  const clock = fixedClock(new Date().toISOString());
  let hub: FakeHub;
  let tenant: TestTenant;
  let licenses: LicensesService;
  let revocations: RevocationsService;
  beforeEach(async () => {
    clock.set(new Date());
    hub = await new FakeHub().start();
    tenant = await startTenant({ hub, worker: false, clock });
    await tenant.app.get(RegistrationService).register();
    licenses = tenant.app.get(LicensesService);
    revocations = tenant.app.get(RevocationsService);
    await aPlugin(tenant.dataSource, { marketplaceId: ID });
    const token = await hub.licenseToken(ID, clock.now());
    const issued = { marketplaceId: ID, licenseKey: A_LICENSE_KEY, licenseId: 'lic_1', token };
    const claims = await licenses.readToken(issued);
    await tenant.dataSource.transaction((tx) => licenses.keep(tx, issued, claims));
  });
  afterEach(async () => {
    await tenant.stop();
    await hub.stop();
  });

  const check = () => licenses.check({ marketplaceId: ID });
  const state = async () => {
    const { standing, failureReason } = await tenant.dataSource.manager.findOneByOrFail(License, { marketplaceId: ID });
    const [{ enabled }] = await tenant.dataSource.query('SELECT enabled FROM plugins');
    return [standing, failureReason, enabled];
  };
  const ACTIVE = ['active', null, true];
  const STOPPED = ['stopped', 'REVOKED', false];
  const yes = (checkedAt: Date): VerifyLicenseResponse => ({ valid: true, checked_at: checkedAt.toISOString() });
  /** The hub answers nothing about this license, but the list gets through. */
  const hearOnlyTheList = () => {
    hub.verdict = { valid: 'unheard' } as unknown as VerifyLicenseResponse;
  };
  const refusal = (jws: string) =>
    revocations.accept(jws).then(
      () => null,
      (error: unknown) => {
        const { code, facts } = error as { code: string; facts: { reason?: string } };
        return facts.reason ?? code;
      },
    );

  it('stops a listed license at once, though its own token is good for weeks', async () => {
    hearOnlyTheList();
    await hub.revoke(['lic_other'], clock.now());
    await check();
    expect(await state()).toEqual(ACTIVE);
    clock.advance(10 * 60);
    await hub.revoke(['lic_1'], clock.now());
    await check();
    expect(await state()).toEqual(STOPPED);
  });

  it('holds the license to the list while the hub is away, also after the list itself has expired', async () => {
    await revocations.accept(await hub.revoke(['lic_1'], clock.now(), { ttlSeconds: 60 }));
    hub.isAway = true;
    clock.advance(DAY);
    await check();
    expect(await state()).toEqual(STOPPED);
  });

  it('lets a license run again that the hub said yes to after the list was made', async () => {
    hearOnlyTheList();
    await hub.revoke(['lic_1'], clock.now());
    await check();
    expect(await state()).toEqual(STOPPED);
    clock.advance(2);
    hub.verdict = yes(clock.now());
    await check();
    expect(await state()).toEqual(ACTIVE);
    hub.isAway = true;
    await check();
    expect(await state()).toEqual(ACTIVE);
  });

  it('asks for a list once for all licenses that are checked together, and takes none twice', async () => {
    await hub.revoke([], clock.now());
    const asked = () => hub.asked.filter(({ path }) => path.endsWith('/revocations')).length;
    await check();
    await check();
    expect(asked()).toBe(1);
    clock.advance(5 * 60);
    await check();
    await check();
    expect(asked()).toBe(2);
    expect(hub.asked.findLast(({ path }) => path.endsWith('/revocations'))?.headers['if-none-match']).toBe('"1"');
  });

  it('goes on without a list when the hub has none', async () => {
    await check();
    expect(await state()).toEqual(ACTIVE);
  });

  it('refuses a list that is older than one it has seen, and keeps the newer', async () => {
    const older = await hub.revoke([], clock.now(), { sequence: 7 });
    await revocations.accept(await hub.revoke(['lic_1'], clock.now(), { sequence: 8 }));
    expect(await refusal(older)).toBe('REVOCATIONS_OUTDATED');
    hearOnlyTheList();
    await check();
    expect(await state()).toEqual(STOPPED);
  });

  it('refuses a list that has expired, also for a clock that was moved back', async () => {
    const start = clock.now();
    const list = await hub.revoke(['lic_1'], start, { ttlSeconds: 60 });
    clock.advance(DAY);
    expect(await refusal(list)).toBe('TOKEN_EXPIRED');
    clock.set(start);
    expect(await refusal(list)).toBe('TOKEN_EXPIRED');
  });

  it('refuses a list of another hub and one that was changed', async () => {
    const other = await new FakeHub().start();
    try {
      expect(await refusal(await other.revoke(['lic_1'], clock.now()))).toBe('KEY_UNKNOWN');
    } finally {
      await other.stop();
    }
    const [header, payload, signature] = (await hub.revoke([], clock.now())).split('.');
    const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as object;
    const changed = Buffer.from(JSON.stringify({ ...claims, revoked: ['lic_1'] })).toString('base64url');
    expect(await refusal(`${header}.${changed}.${signature}`)).toBe('SIGNATURE_MISMATCH');
    expect(await refusal(await hub.licenseToken(ID, clock.now()))).toBe('TOKEN_MALFORMED');
  });

  it('refuses a list under a key of another purpose', async () => {
    expect(await refusal(await hub.revoke([], clock.now(), { key: 'license' }))).toBe('KEY_UNKNOWN');
  });

  it('learns of a key that took over since it last looked', async () => {
    await revocations.accept(await hub.revoke([], clock.now()));
    hub.replaceRevocationKey();
    expect(await refusal(await hub.revoke(['lic_1'], clock.now()))).toBeNull();
  });
});
