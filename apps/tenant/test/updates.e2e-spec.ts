import type { ProductVersion } from '@hansa/contracts';
import {
  A_LICENSE_KEY,
  aRelease,
  eventually,
  FakeHub,
  fixedClock,
  startTenant,
  type ReleaseOptions,
  type TestTenant,
} from '#test';
import { LicensesService } from '#licenses';
import { CheckForUpdatesJob } from '#updates';

const ILL = `export async function register() {}\nexport const health = () => ({ ok: false, message: 'no disk' });`;
const POLICY = {
  channel: 'stable',
  cooldown_hours: 24,
  cooldown_exempt: [],
  security_skips_cooldown: true,
  pins: [],
  allow_list: null,
  window: null,
};

describe('updates by themselves', () => {
  const clock = fixedClock(new Date().toISOString());
  let hub: FakeHub;
  let tenant: TestTenant;
  beforeEach(async () => {
    clock.set(new Date());
    hub = await new FakeHub().start();
    tenant = await startTenant({ hub, clock });
    await publish('1.0.0');
    const { body } = await tenant.admin('POST', '/admin/plugins/install', { marketplace_id: '@acme/hello' });
    expect((await tenant.ended(body.job.id)).outcome).toBe('done');
  });
  afterEach(async () => {
    await tenant.stop();
    await hub.stop();
  });

  const publish = async (version: string, listing: Partial<ProductVersion> = {}, more: ReleaseOptions = {}) => {
    hub.releases.push(await aRelease({ version, listing, ...more }));
  };
  const scheduledCheck = () => tenant.app.get(CheckForUpdatesJob).run();
  const jobsDone = () =>
    eventually('no job is open', async () => {
      const [{ n }] = await tenant.dataSource.query(
        'SELECT count(*)::int AS n FROM install_jobs WHERE finished_at IS NULL',
      );
      return n === 0;
    });
  const installed = async () => (await tenant.dataSource.query('SELECT version FROM plugins'))[0].version;
  const checked = async () => (await tenant.admin('GET', '/admin/plugins/check-updates')).body.updates[0];
  const save = async (changes: object) => {
    expect((await tenant.admin('PUT', '/admin/plugins/update-policy', { ...POLICY, ...changes })).status).toBe(200);
  };
  const orders = () => tenant.dataSource.query(`SELECT version FROM install_jobs WHERE kind = 'update'`);
  const now = () => clock.now().toISOString();

  it('installs nothing that the license does not cover, and says so', async () => {
    const issued = { marketplaceId: '@acme/hello', licenseKey: A_LICENSE_KEY, licenseId: 'lic_1' };
    await tenant.dataSource.transaction((tx) => tenant.app.get(LicensesService).keep(tx, issued, null));
    const cover = (until: string) => tenant.dataSource.query('UPDATE licenses SET updates_until = $1', [until]);
    await publish('1.1.0', { published_at: '2025-06-01T00:00:00Z' });
    await cover('2025-05-31T23:59:59Z');
    expect(await checked()).toMatchObject({ automatic: null, decision: { verdict: 'hold', code: 'UPDATES_ENDED' } });
    await scheduledCheck();
    expect((await tenant.admin('POST', '/admin/plugins/update-all', {})).body.items).toMatchObject([
      { code: 'UPDATES_ENDED' },
    ]);
    expect(await orders()).toEqual([]);
    await cover('2025-06-01T00:00:00Z');
    expect(await checked()).toMatchObject({ automatic: '1.1.0' });
  });

  it('installs the minor step and asks about the major one', async () => {
    await publish('1.1.0');
    await publish('2.0.0');
    expect(await checked()).toMatchObject({
      latest: '2.0.0',
      automatic: '1.1.0',
      decision: { verdict: 'ask', code: 'MAJOR_STEP' },
      versions: [{ version: '2.0.0' }, { version: '1.1.0', decision: { verdict: 'automatic' } }],
    });
    await scheduledCheck();
    await scheduledCheck();
    await jobsDone();
    expect(await installed()).toBe('1.1.0');
    const { body } = await tenant.admin('GET', '/admin/notifications');
    const told = body.items.filter(({ code }: { code: string }) => code === 'UPDATE_AVAILABLE');
    expect(told).toHaveLength(1);
    expect(told[0].message).toContain('Held back until an admin decides because it may break');
  });

  it('takes a sick update back and never tries that version by itself again', async () => {
    await publish('1.1.0', {}, { code: ILL });
    await scheduledCheck();
    await jobsDone();
    expect(await installed()).toBe('1.0.0');
    expect((await checked()).decision).toMatchObject({ verdict: 'ask', code: 'TAKEN_BACK_BEFORE' });
    clock.advance(30 * 86_400);
    await scheduledCheck();
    await jobsDone();
    expect(await orders()).toHaveLength(1);
    await publish('1.1.1');
    await scheduledCheck();
    await jobsDone();
    expect(await installed()).toBe('1.1.1');
  });

  it('does not bring back a version an admin went back from', async () => {
    await publish('1.1.0');
    await scheduledCheck();
    await jobsDone();
    const { body } = await tenant.admin('POST', '/admin/plugins/hello/rollback', {});
    await tenant.ended(body.job.id);
    expect((await checked()).decision).toMatchObject({ code: 'TAKEN_BACK_BEFORE' });
    await scheduledCheck();
    await jobsDone();
    expect(await installed()).toBe('1.0.0');
  });

  it('waits out the cool-down, and checks again when it ends', async () => {
    await publish('1.1.0', { published_at: now() });
    await scheduledCheck();
    expect(await orders()).toEqual([]);
    expect((await checked()).decision).toMatchObject({ verdict: 'hold', code: 'TOO_YOUNG' });
    await save({ cooldown_hours: 2 });
    await scheduledCheck();
    const [{ next_at: nextAt }] = await tenant.dataSource.query('SELECT next_at FROM update_checks');
    expect(nextAt.getTime() - clock.now().getTime()).toBeLessThanOrEqual(2 * 3_600_000 + 300_000);
    expect(nextAt.getTime() - clock.now().getTime()).toBeGreaterThanOrEqual(2 * 3_600_000);
    clock.advance(2 * 3_600);
    await scheduledCheck();
    await jobsDone();
    expect(await installed()).toBe('1.1.0');
  });

  it('installs a security fix at once when its signed manifest calls it one, and not on the hub’s word alone', async () => {
    await publish('1.0.1', { published_at: now(), security: true });
    await scheduledCheck();
    await jobsDone();
    expect(await installed()).toBe('1.0.0');
    const [job] = await tenant.dataSource.query(`SELECT code FROM install_jobs WHERE kind = 'update'`);
    expect(job.code).toBe('NOT_A_SECURITY_FIX');
    await publish('1.0.2', { published_at: now(), security: true }, { manifest: { security: true } });
    await scheduledCheck();
    await jobsDone();
    expect(await installed()).toBe('1.0.2');
  });

  it('leaves a flaw behind without a cool-down, takes on no other one, and says what it knows', async () => {
    const flaw = (advisory_id: string, affected: string) => ({
      advisory_id,
      marketplace_id: '@acme/hello',
      affected,
      summary: `Flaw ${advisory_id}.`,
    });
    hub.advisories.push(flaw('adv_old', '<1.0.1'), flaw('adv_new', '>=1.1.0'));
    hub.advisories.push({ ...flaw('adv_wrong', '1.0.1'), withdrawn_at: now() });
    hub.deprecated.push({ marketplace_id: '@acme/hello', since: now(), message: 'Too old.', successor: '@acme/next' });
    await publish('1.0.1', { published_at: now() }, { manifest: { security: true } });
    await publish('1.1.0');
    const { body: view } = await tenant.admin('GET', '/admin/plugins/check-updates');
    expect(view).toMatchObject({
      advisories: [{ advisory_id: 'adv_old' }],
      deprecated: [{ successor: '@acme/next' }],
      updates: [
        {
          automatic: '1.0.1',
          versions: [
            { version: '1.1.0', decision: { verdict: 'ask', code: 'KNOWN_FLAW' } },
            { version: '1.0.1', security: true, decision: { needs_security_proof: true } },
          ],
        },
      ],
    });
    await scheduledCheck();
    await jobsDone();
    await scheduledCheck();
    expect(await installed()).toBe('1.0.1');
    const { body } = await tenant.admin('GET', '/admin/notifications');
    const told = body.items.map(({ code }: { code: string }) => code);
    const times = (code: string) => told.filter((each: string) => each === code).length;
    expect([times('ADVISORY_PUBLISHED'), times('PLUGIN_DEPRECATED')]).toEqual([1, 1]);
    expect(body.items.find(({ code }: { code: string }) => code === 'PLUGIN_DEPRECATED').message).toContain(
      'Its successor is @acme/next.',
    );
    const all = (await tenant.admin('POST', '/admin/plugins/update-all', { include_major: true })).body.items;
    expect(all).toMatchObject([{ code: 'KNOWN_FLAW' }]);
  });

  it('keeps out of a rollout that has not reached this shop, and takes the release before it', async () => {
    await publish('1.1.0');
    await publish('1.2.0', { rollout: { percent: 0, seed: 'rel_1' } });
    expect((await checked()).decision.code).toBe('ROLLOUT_NOT_HERE');
    await scheduledCheck();
    await jobsDone();
    expect(await installed()).toBe('1.1.0');
  });

  it('keeps a policy, replaces it as a whole and refuses half a one', async () => {
    expect((await tenant.admin('GET', '/admin/plugins/update-policy')).body).toEqual(POLICY);
    const wished = {
      channel: 'beta',
      cooldown_hours: 72,
      cooldown_exempt: ['@acme'],
      security_skips_cooldown: false,
      pins: [{ marketplace_id: '@acme/hello', range: '~1.0.0' }],
      allow_list: ['@acme'],
      window: { days: ['sun'], start: '02:00', end: '04:00', time_zone: 'Europe/Berlin' },
    };
    expect((await tenant.admin('PUT', '/admin/plugins/update-policy', wished)).body).toEqual(wished);
    for (const flaw of [
      { channel: 'wild' },
      { cooldown_hours: -1 },
      { cooldown_hours: 1.5 },
      { cooldown_exempt: ['acme'] },
      { pins: [{ marketplace_id: '@acme/hello', range: 'newest' }] },
      { allow_list: ['@acme/'] },
      { allow_list: undefined },
      { window: { days: [], start: '02:00', end: '04:00', time_zone: 'Europe/Berlin' } },
      { window: { days: ['sun'], start: '2:00', end: '24:00', time_zone: 'Europe/Berlin' } },
      { window: { days: ['sun'], start: '02:00', end: '04:00', time_zone: 'Middle/Earth' } },
      { surprise: true },
    ]) {
      const reply = await tenant.admin('PUT', '/admin/plugins/update-policy', { ...wished, ...flaw });
      expect([JSON.stringify(flaw), reply.status, reply.body.code]).toEqual([
        JSON.stringify(flaw),
        400,
        'VALIDATION_FAILED',
      ]);
    }
    expect((await tenant.admin('GET', '/admin/plugins/update-policy')).body).toEqual(wished);
    await publish('1.1.0-beta.1', { channel: 'beta' });
    expect((await checked()).decision.code).toBe('PINNED');
    expect(hub.asked.find(({ path }) => path.endsWith('/updates'))?.body['channel']).toBe('beta');
  });

  it('updates all when asked, whatever the policy says about when, and says what it left alone', async () => {
    await publish('1.1.0', { published_at: now() });
    await publish('2.0.0', { published_at: now() });
    await save({ allow_list: [] });
    const { status, body } = await tenant.admin('POST', '/admin/plugins/update-all', {});
    expect([status, body.items]).toEqual([
      202,
      [{ plugin_id: 'hello', version: '1.1.0', job_id: expect.stringMatching(/^job_/) }],
    ]);
    await tenant.ended(body.items[0].job_id);
    const left = (await tenant.admin('POST', '/admin/plugins/update-all', {})).body.items;
    expect(left).toMatchObject([{ plugin_id: 'hello', version: '2.0.0', code: 'MAJOR_STEP' }]);
    const major = (await tenant.admin('POST', '/admin/plugins/update-all', { include_major: true })).body.items;
    await tenant.ended(major[0].job_id);
    expect(await installed()).toBe('2.0.0');
  });

  it('does nothing by itself on an old answer of a hub that is away, and plans the next check', async () => {
    await publish('1.1.0');
    await checked();
    await tenant.dataSource.query('DELETE FROM update_checks');
    hub.isAway = true;
    expect((await checked()).decision.code).toBe('HUB_AWAY');
    await scheduledCheck();
    expect(await orders()).toEqual([]);
    const [row] = await tenant.dataSource.query('SELECT answered_at, next_at FROM update_checks');
    expect(row.answered_at).toBeNull();
    expect(row.next_at > clock.now()).toBe(true);
  });
});
