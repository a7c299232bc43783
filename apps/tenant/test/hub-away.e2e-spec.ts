import { A_LICENSE_KEY, ADMIN, aPlugin, aRelease, FakeHub, fixedClock, startTenant, type TestTenant } from '#test';
import { HubStatusService } from '#hub-events';
import { RegistrationService } from '#hub';
import { LicensesService } from '#licenses';
import { CheckForUpdatesJob } from '#updates';

const ID = '@acme/hello';
const DAY = 24 * 60 * 60;

describe.each<[string, 'isAway' | 'isSilent']>([
  ['switched off', 'isAway'],
  ['taking questions and answering none', 'isSilent'],
])('with the hub %s', (_, away) => {
  const clock = fixedClock(new Date().toISOString());
  let hub: FakeHub;
  let tenant: TestTenant;
  beforeEach(async () => {
    clock.set(new Date());
    hub = await new FakeHub().start();
  });
  afterEach(async () => {
    await tenant.stop();
    await hub.stop();
  });

  const start = async () => {
    tenant = await startTenant({ hub, worker: false, clock, hubTimeoutMs: 300 });
  };
  const buy = async () => {
    await tenant.app.get(RegistrationService).register();
    await aPlugin(tenant.dataSource);
    const licenses = tenant.app.get(LicensesService);
    const issued = { marketplaceId: ID, licenseKey: A_LICENSE_KEY, token: await hub.licenseToken(ID, clock.now()) };
    const claims = await licenses.readToken(issued);
    await tenant.dataSource.transaction((tx) => licenses.keep(tx, issued, claims));
  };
  const isEnabled = async () => (await tenant.dataSource.query('SELECT enabled FROM plugins'))[0].enabled;
  const status = () => tenant.app.get(HubStatusService).status();
  const signedIn = async (path: string) => {
    const { body } = await tenant.call('POST', '/auth/user/emailpass', ADMIN);
    return tenant.call('GET', path, undefined, { authorization: `Bearer ${body.token}` });
  };

  it('starts and serves without ever having seen it', async () => {
    hub[away] = true;
    await start();
    expect((await tenant.call('GET', '/ready')).status).toBe(200);
    expect((await tenant.admin('GET', '/admin/plugins')).status).toBe(200);
    const feed = await tenant.admin('GET', '/admin/marketplace/feed');
    expect([feed.status, feed.body.code]).toEqual([503, 'HUB_UNREACHABLE']);
    const install = await tenant.admin('POST', '/admin/plugins/install', { marketplace_id: ID });
    expect([install.status, install.body.code]).toEqual([503, 'HUB_UNREACHABLE']);
    await tenant.app.get(CheckForUpdatesJob).run();
    const { body } = await tenant.admin('GET', '/admin/marketplace/status');
    expect(body).toEqual({ configured: true, answered_at: null, silent_since: expect.any(String), stale: [] });
  });

  it('runs on the signed license for thirty days and seven of grace, and no longer', async () => {
    await start();
    await buy();
    hub[away] = true;
    const check = async (seconds: number) => {
      clock.advance(seconds);
      await tenant.app.get(LicensesService).check({ marketplaceId: ID });
      await tenant.app.get(LicensesService).applyStandings(); // as a start does
      return isEnabled();
    };
    expect(await check(30 * DAY - 2)).toBe(true);
    expect(await check(7 * DAY - 2)).toBe(true);
    expect(await check(4)).toBe(false);
  });

  it('names everything stale with its age, and is fresh again when the hub is back', async () => {
    hub.releases.push(await aRelease({ version: '1.0.0' }));
    await start();
    await buy();
    hub.verdict = { valid: true, token: await hub.licenseToken(ID, clock.now()) };
    await tenant.app.get(LicensesService).check({ marketplaceId: ID });
    await tenant.admin('GET', '/admin/marketplace/feed');
    expect(await status()).toMatchObject({ silent_since: null, stale: [] });
    const since = clock.now();
    hub[away] = true;
    clock.advance(2 * DAY);
    const feed = await signedIn('/admin/marketplace/feed');
    expect(feed.body).toMatchObject({ count: 1, stale_since: since.toISOString() });
    const seen = await status();
    expect(seen).toMatchObject({
      configured: true,
      silent_since: clock.now().toISOString(),
      stale: [
        { what: 'catalog', since: since.toISOString(), age_seconds: 2 * DAY, good_until: null },
        { what: 'keys', age_seconds: 2 * DAY },
        { what: 'license', name: ID, since: since.toISOString(), age_seconds: 2 * DAY },
      ],
    });
    const stops = Date.parse(seen.stale[2]?.good_until ?? '') - since.getTime();
    expect(Math.round(stops / 1_000 / DAY)).toBe(37);
    hub[away] = false;
    clock.advance(60);
    await tenant.app.get(LicensesService).check({ marketplaceId: ID });
    const fresh = await signedIn('/admin/marketplace/feed');
    expect(fresh.body).not.toHaveProperty('stale_since');
    expect(await status()).toMatchObject({ silent_since: null, answered_at: clock.now().toISOString(), stale: [] });
  });
});

describe('a hub that lets questions time out', () => {
  it('is waited for once, however many answers a page needs', async () => {
    const hub = await new FakeHub().start();
    const clock = fixedClock(new Date().toISOString());
    const tenant = await startTenant({ hub, worker: false, clock, hubTimeoutMs: 300 });
    for (const id of ['one', 'two', 'three']) {
      await aPlugin(tenant.dataSource, { id, marketplaceId: `@acme/${id}` });
      hub.releases.push(await aRelease({ id, version: '1.1.0' }));
    }
    expect((await tenant.admin('GET', '/admin/plugins/check-updates')).body.updates).toHaveLength(3);
    hub.isSilent = true;
    const { body } = await tenant.admin('GET', '/admin/plugins/check-updates');
    const codes = body.updates.map(({ decision }: { decision: { code: string } }) => decision.code);
    expect([codes, hub.unanswered]).toEqual([['HUB_AWAY', 'HUB_AWAY', 'HUB_AWAY'], 1]);
    clock.advance(30);
    await tenant.admin('GET', '/admin/plugins/check-updates');
    expect(hub.unanswered).toBe(2);
    await tenant.stop();
    await hub.stop();
  });
});
