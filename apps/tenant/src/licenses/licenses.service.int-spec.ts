import { SecretBox } from '@hansa/platform';
import type { VerifyLicenseResponse } from '@hansa/contracts';
import { A_LICENSE_KEY, aPlugin, FakeHub, fixedClock, startTenant, type TestTenant } from '#test';
import { RegistrationService } from '#hub';
import { License } from './license.entity.js';
import { LicensesService } from './licenses.service.js';

const ID = '@acme/hello';
const DAY = 24 * 60 * 60;
const NO: VerifyLicenseResponse = { valid: false, reason: 'EXPIRED' };

describe(LicensesService.name, () => {
  const clock = fixedClock(new Date().toISOString());
  let hub: FakeHub;
  let tenant: TestTenant;
  let licenses: LicensesService;
  beforeEach(async () => {
    clock.set(new Date());
    hub = await new FakeHub().start();
    tenant = await startTenant({ hub, worker: false, clock });
    await tenant.app.get(RegistrationService).register();
    licenses = tenant.app.get(LicensesService);
    await aPlugin(tenant.dataSource, { marketplaceId: ID });
    const issued = { marketplaceId: ID, licenseKey: A_LICENSE_KEY, token: await hub.licenseToken(ID, clock.now()) };
    const claims = await licenses.readToken(issued);
    expect(claims).not.toBeNull();
    await tenant.dataSource.transaction((tx) => licenses.keep(tx, issued, claims));
  });
  afterEach(async () => {
    await tenant.stop();
    await hub.stop();
  });

  const check = () => licenses.check({ marketplaceId: ID });
  const standing = () =>
    tenant.dataSource.manager.findOneByOrFail(License, { marketplaceId: ID }).then((row) => row.standing);
  const isEnabled = () =>
    tenant.dataSource.query('SELECT enabled FROM plugins').then(([{ enabled }]) => enabled as boolean);
  const events = () =>
    tenant.dataSource
      .query(`SELECT data FROM shop_events WHERE name = 'plugin.license_failed' ORDER BY id`)
      .then((rows: { data: { stopped: boolean } }[]) => rows.map(({ data }) => data.stopped));

  it('keeps the key sealed', async () => {
    const [{ key_sealed: sealed }] = await tenant.dataSource.query('SELECT key_sealed FROM licenses');
    expect(sealed.toString('latin1')).not.toContain(A_LICENSE_KEY);
    expect(await licenses.keyFor(ID)).toBe(A_LICENSE_KEY);
    expect(() => new SecretBox([Buffer.alloc(32, 7)]).open(sealed, 'license-key:@acme/other')).toThrow();
  });

  it('gives seven days after a no, then stops the plugin, telling each once', async () => {
    hub.verdict = NO;
    await check();
    await check();
    expect([await standing(), await isEnabled(), await events()]).toEqual(['grace', true, [false]]);
    clock.advance(7 * DAY - 1);
    await check();
    expect(await standing()).toBe('grace');
    clock.advance(1);
    await check();
    await check();
    expect([await standing(), await isEnabled(), await events()]).toEqual(['stopped', false, [false, true]]);
  });

  it('stops at once when the hub grants no grace', async () => {
    hub.verdict = { valid: false, reason: 'REVOKED', grace: 0 };
    await check();
    expect([await standing(), await isEnabled(), await events()]).toEqual(['stopped', false, [true]]);
  });

  it('lets the plugin run again when the license is good again, but not one an admin disabled', async () => {
    hub.verdict = { valid: false, reason: 'SUSPENDED', grace: 0 };
    await check();
    hub.verdict = { valid: true, token: await hub.licenseToken(ID, clock.now()) };
    await check();
    expect([await standing(), await isEnabled()]).toEqual(['active', true]);
    await tenant.admin('POST', '/admin/plugins/hello/disable');
    hub.verdict = { valid: false, reason: 'SUSPENDED', grace: 0 };
    await check();
    hub.verdict = { valid: true };
    await check();
    expect(await isEnabled()).toBe(false);
  });

  it('takes silence for no verdict: the token carries for 30 days, then seven more', async () => {
    hub.isAway = true;
    clock.advance(30 * DAY - 2);
    await check();
    expect(await standing()).toBe('active');
    clock.advance(4);
    await check();
    expect([await standing(), await isEnabled()]).toEqual(['grace', true]);
    clock.advance(7 * DAY);
    await licenses.applyStandings();
    expect([await standing(), await isEnabled()]).toEqual(['stopped', false]);
  });

  it('gains nothing when its clock is moved back, and takes the time from the hub again', async () => {
    hub.isAway = true;
    const start = clock.now();
    clock.advance(40 * DAY);
    await check();
    expect(await standing()).toBe('stopped');
    clock.set(start);
    await check();
    await licenses.applyStandings();
    expect([await standing(), await isEnabled()]).toEqual(['stopped', false]);
    const [{ count }] = await tenant.dataSource.query(
      `SELECT count(*)::int AS count FROM notifications WHERE code = 'CLOCK_MOVED_BACK'`,
    );
    expect(count).toBe(1);
    hub.isAway = false;
    hub.verdict = { valid: true, token: await hub.licenseToken(ID, start), checked_at: start.toISOString() };
    await check();
    expect([await standing(), await isEnabled()]).toEqual(['active', true]);
  });

  it('stops at once for money that went back, also when the hub names no days', async () => {
    hub.verdict = { valid: false, reason: 'REVOKED' };
    await check();
    expect([await standing(), await isEnabled()]).toEqual(['stopped', false]);
  });

  it('tells its admins what happens on which day', async () => {
    const { body } = await tenant.admin('GET', '/admin/marketplace/licenses');
    const lapses = new Date(clock.now().getTime() + 30 * DAY * 1_000).toISOString();
    expect(body.items).toMatchObject([{ marketplace_id: ID, state: 'active' }]);
    expect(body.items[0].until.slice(0, 16)).toBe(lapses.slice(0, 16));
    expect(body.items[0].words[1]).toMatch(/^On \d{4}-\d\d-\d\d \d\d:\d\d UTC: The last word of the hub lapses/);
    expect(JSON.stringify(body)).not.toContain(A_LICENSE_KEY);
  });

  it.each<[string, (token: (hub: FakeHub, id: string) => Promise<string>) => Promise<string>]>([
    [
      'another shop',
      (token) => {
        hub.instanceId = 'inst_01ARZ3NDEKTSV4RRFFQ69G5FAV';
        return token(hub, ID);
      },
    ],
    ['another package', (token) => token(hub, '@acme/other')],
    [
      'another hub',
      async (token) => {
        const other = await new FakeHub().start();
        other.instanceId = hub.instanceId;
        return token(other, ID).finally(() => other.stop());
      },
    ],
  ])('does not believe a token for %s', async (_, make) => {
    const token = await make((issuer, id) => issuer.licenseToken(id, clock.now()));
    expect(await licenses.readToken({ marketplaceId: ID, licenseKey: A_LICENSE_KEY, token })).toBeNull();
  });
});
