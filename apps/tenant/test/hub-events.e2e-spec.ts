import type { InstanceEventName, VerifyLicenseResponse } from '@hansa/contracts';
import { A_LICENSE_KEY, aRelease, eventually, FakeHub, startTenant, type TestTenant } from '#test';

const ISSUED = '/admin/marketplace/license-issued';
const EVENTS = '/admin/marketplace/events';
const MINUTE_MS = 60_000;

describe('events of the hub', () => {
  let hub: FakeHub;
  let tenant: TestTenant;
  beforeEach(async () => {
    hub = await new FakeHub().start();
    hub.releases.push(await aRelease({ priceEur: 49 }));
  });
  afterEach(async () => {
    await tenant.stop();
    await hub.stop();
  });

  const purchase = async () => ({
    marketplace_id: '@acme/hello',
    version: '1.0.0',
    license_key: A_LICENSE_KEY,
    purchased_by: 'merchant@shop.example',
    license_id: 'lic_1',
    kind: 'one_time',
    token: await hub.licenseToken('@acme/hello', new Date()),
  });
  const secretsKnown = () => tenant.dataSource.query('SELECT 1 FROM webhook_secrets').then(({ length }) => length > 0);
  const start = async () => {
    tenant = await startTenant({ hub });
    await eventually('the secret is kept', secretsKnown);
  };
  const deliver = (path: string, body: string, headers: Record<string, string>) =>
    tenant.raw('POST', path, body, headers);
  const installed = () =>
    eventually(
      'the plugin answers',
      async () => (await tenant.admin('GET', '/plugins/hello/hello')).body?.version === '1.0.0',
    );
  const count = (table: string) =>
    tenant.dataSource.query(`SELECT count(*)::int AS n FROM ${table}`).then(([{ n }]) => n as number);

  it('installs what was bought, once, however often the delivery comes', async () => {
    await start();
    const body = JSON.stringify(await purchase());
    const headers = hub.sign('license.issued', body);
    const replies = await Promise.all([1, 2, 3].map(() => deliver(ISSUED, body, headers)));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(replies.filter(({ body: { taken } }) => taken)).toHaveLength(1);
    await installed();
    expect((await deliver(ISSUED, body, headers)).body).toEqual({ taken: false });
    expect([await count('licenses'), await count('install_jobs'), await count('hub_deliveries')]).toEqual([1, 1, 1]);
    const kept = await tenant.dataSource.query('SELECT d.body, l.* FROM hub_deliveries d, licenses l');
    for (const secret of [A_LICENSE_KEY, 'merchant@shop.example']) expect(JSON.stringify(kept)).not.toContain(secret);
  });

  it('does nothing new when the same purchase comes under another delivery id', async () => {
    await start();
    const body = JSON.stringify(await purchase());
    await deliver(ISSUED, body, hub.sign('license.issued', body));
    await installed();
    expect((await deliver(ISSUED, body, hub.sign('license.issued', body))).status).toBe(200);
    expect(await count('install_jobs')).toBe(1);
  });

  it('refuses late, early, tampered, foreign and unsigned deliveries, each with its code', async () => {
    await start();
    const body = JSON.stringify(await purchase());
    const at = (offset: number) => hub.sign('license.issued', body, new Date(Date.now() + offset));
    const now = at(0);
    const headersOf = (names: (name: string) => boolean) =>
      Object.fromEntries(Object.entries(now).filter(([name]) => names(name)));
    const unsigned = headersOf((name) => !name.toLowerCase().endsWith('signature'));
    const signature = (now as Record<string, string>)['X-Carpha-Signature'];
    const foreign = hub.sign(
      'license.issued',
      body,
      new Date(),
      'dly_x',
      'whsec_' + Buffer.alloc(32).toString('base64'),
    );
    const json = { 'content-type': 'application/json' };
    const cases: [string, string, Record<string, string>][] = [
      ['TIMESTAMP_TOO_OLD', body, at(-6 * MINUTE_MS)],
      ['TIMESTAMP_IN_FUTURE', body, at(6 * MINUTE_MS)],
      ['SIGNATURE_MISMATCH', body.replace('1.0.0', '6.6.6'), now],
      ['SIGNATURE_MISMATCH', body, foreign],
      ['SIGNATURE_MISSING', body, { ...unsigned, ...json }],
      ['SIGNATURE_MISSING', body, json],
      ['SIGNATURE_MALFORMED', body, { ...now, 'X-Carpha-Signature': signature!.replace('t=', 'x=') }],
    ];
    for (const [code, bytes, headers] of cases) {
      const reply = await deliver(ISSUED, bytes, headers);
      expect([reply.status, reply.body.code]).toEqual([401, code]);
    }
    expect([await count('licenses'), await count('hub_deliveries')]).toEqual([0, 0]);
  });

  it('validates what is signed, records what it does not know', async () => {
    await start();
    const bad = JSON.stringify({ ...(await purchase()), marketplace_id: '../../etc' });
    expect((await deliver(ISSUED, bad, hub.sign('license.issued', bad))).body.code).toBe('EVENT_MALFORMED');
    const future = JSON.stringify({ moon: 'full' });
    expect((await deliver(EVENTS, future, hub.sign('moon.risen', future))).body).toEqual({ taken: true });
    expect(await tenant.dataSource.query('SELECT event, body FROM hub_deliveries')).toEqual([
      { event: 'moon.risen', body: { moon: 'full' } },
    ]);
  });

  it('tells the admins of yanks and flaws of what is installed, once, and looks for an update at once', async () => {
    await start();
    const body = JSON.stringify(await purchase());
    await deliver(ISSUED, body, hub.sign('license.issued', body));
    await installed();
    const tell = async (event: string, news: object) => {
      const bytes = JSON.stringify(news);
      return (await deliver(EVENTS, bytes, hub.sign(event, bytes))).status;
    };
    const codes = async () => {
      const { body: page } = await tenant.admin('GET', '/admin/notifications');
      const about = /RELEASE_YANKED|ADVISORY/;
      return page.items.map(({ code }: { code: string }) => code).filter((code: string) => about.test(code));
    };
    const asked = () => hub.asked.filter(({ path }) => path.endsWith('/updates')).length;
    const flaw = { advisory_id: 'adv_1', marketplace_id: '@acme/hello', affected: '<1.0.0', summary: 'Reads files.' };
    await tell('release.yanked', { marketplace_id: '@acme/hello', version: '0.9.0', reason: 'broken' });
    await tell('release.yanked', { marketplace_id: '@acme/other', version: '1.0.0', reason: 'broken' });
    await tell('advisory.published', flaw);
    await tell('advisory.published', { ...flaw, marketplace_id: '@acme/other', affected: '*' });
    const withdrawn = { advisory_id: 'adv_2', marketplace_id: '@acme/hello', withdrawn_at: 'now', reason: 'wrong' };
    await tell('advisory.withdrawn', withdrawn);
    expect(await codes()).toEqual([]);
    const before = asked();
    for (let time = 0; time < 2; time += 1) {
      await tell('release.yanked', { marketplace_id: '@acme/hello', version: '1.0.0', reason: 'broken' });
      await tell('advisory.published', { ...flaw, advisory_id: 'adv_2', affected: '^1.0.0', fixed_in: '2.0.0' });
    }
    expect(await codes()).toEqual(['ADVISORY_PUBLISHED', 'RELEASE_YANKED']);
    await eventually('the hub is asked for updates', async () => asked() > before);
    await tell('advisory.withdrawn', withdrawn);
    expect(await codes()).toEqual(['ADVISORY_WITHDRAWN', 'ADVISORY_PUBLISHED', 'RELEASE_YANKED']);
  });

  it('disables the plugin at once when the hub revokes its license without grace', async () => {
    await start();
    const body = JSON.stringify(await purchase());
    await deliver(ISSUED, body, hub.sign('license.issued', body));
    await installed();
    hub.verdict = { valid: false, reason: 'REVOKED', grace: 0 };
    const revoked = JSON.stringify({ license_id: 'lic_1', marketplace_id: '@acme/hello' });
    await deliver(EVENTS, revoked, hub.sign('license.revoked', revoked));
    await eventually(
      'the plugin stops',
      async () => (await tenant.admin('GET', '/plugins/hello/hello')).body.code === 'PLUGIN_DISABLED',
    );
    expect((await tenant.admin('POST', '/admin/plugins/hello/enable')).body.code).toBe('LICENSE_REQUIRED');
  });

  it.each<[InstanceEventName, VerifyLicenseResponse, string]>([
    ['license.suspended', { valid: false, reason: 'SUSPENDED' }, 'stopped'],
    ['license.revoked', { valid: false, reason: 'REVOKED' }, 'stopped'],
    ['license.transferred', { valid: false, reason: 'SEATS_EXHAUSTED' }, 'grace'],
  ])(
    'acts on %s when it comes, not at the next check, and on license.renewed after it',
    async (event, verdict, state) => {
      await start();
      const body = JSON.stringify(await purchase());
      await deliver(ISSUED, body, hub.sign('license.issued', body));
      await installed();
      const held = async () => (await tenant.admin('GET', '/admin/marketplace/licenses')).body.items[0];
      await eventually('its first check is done', async () => (await held()).checked_at !== null);
      expect((await held()).state).toBe('active');
      const tell = (name: string) => {
        const news = JSON.stringify({ license_id: 'lic_1', marketplace_id: '@acme/hello' });
        return deliver(EVENTS, news, hub.sign(name, news));
      };
      hub.verdict = verdict;
      await tell(event);
      await eventually(`the license is in ${state}`, async () => (await held()).state === state);
      const said = {
        reason: verdict.valid ? null : verdict.reason,
        stops_at: state === 'stopped' ? null : expect.any(String),
      };
      expect(await held()).toMatchObject(said);
      hub.verdict = { valid: true };
      await tell('license.renewed');
      await eventually('the license is good again', async () => (await held()).state === 'active');
      expect((await held()).reason).toBeNull();
    },
  );

  it('fetches its events when the hub cannot reach it, and acknowledges them', async () => {
    hub.mode = 'pull';
    await start();
    const spoiled = hub.leave('license.issued', { ...(await purchase()), version: 'latest' });
    const deliveryId = hub.leave('license.issued', await purchase());
    await installed();
    await eventually('it is acknowledged', async () => hub.acknowledged.includes(deliveryId));
    expect(hub.acknowledged).not.toContain(spoiled);
  });
});
