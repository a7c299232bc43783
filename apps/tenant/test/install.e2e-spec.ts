import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { generateEd25519 } from '@hansa/trust';
import { A_LICENSE_KEY, aRelease, FakeHub, startTenant, type TestTenant } from '#test';

describe('installing', () => {
  let hub: FakeHub;
  let tenant: TestTenant;
  beforeEach(async () => {
    hub = await new FakeHub().start();
    tenant = await startTenant({ hub });
  });
  afterEach(async () => {
    await tenant.stop();
    await hub.stop();
  });

  const install = (body: object) => tenant.admin('POST', '/admin/plugins/install', body);
  const filesLeft = async () => {
    const names = await readdir(join(tenant.dataDir, 'plugins'), { recursive: true }).catch(() => []);
    return names.filter((name) => !['incoming', 'store', 'live', 'data'].includes(name));
  };

  it('installs a free plugin, tells each step, and the plugin answers', async () => {
    hub.releases.push(await aRelease());
    const { status, body } = await install({ marketplace_id: '@acme/hello' });
    expect(status).toBe(202);
    const events = await tenant.admin('GET', `/admin/plugins/jobs/${body.job.id}/events`);
    expect(events.headers.get('content-type')).toContain('text/event-stream');
    const steps = [...events.text.matchAll(/"step":"(\w+)"/g)].map(([, step]) => step);
    expect(steps).toEqual(['requested', 'fetched', 'verified', 'staged', 'switched', 'healthy']);
    expect(events.text).toMatch(/event: outcome\nid: \d+\ndata: \{"outcome":"done"/);
    const hello = await tenant.admin('GET', '/plugins/hello/hello');
    expect(hello.body).toEqual({ hello: 'world', version: '1.0.0' });
    const list = await tenant.admin('GET', '/admin/plugins');
    expect(list.body).toMatchObject({ count: 1, limit: 20, offset: 0, items: [{ id: 'hello', enabled: true }] });
    expect(await tenant.dataSource.query('SELECT name FROM shop_events')).toEqual([{ name: 'plugin.installed' }]);
  });

  it('makes one job of orders that come at the same time', async () => {
    hub.releases.push(await aRelease());
    const replies = await Promise.all([1, 2, 3, 4].map(() => install({ marketplace_id: '@acme/hello' })));
    expect(new Set(replies.map(({ body }) => body.job.id)).size).toBe(1);
    await tenant.ended(replies[0]!.body.job.id);
  });

  it('asks for a license before a paid plugin, with what a checkout needs', async () => {
    hub.releases.push(await aRelease({ priceEur: 49 }));
    const { status, body } = await install({ marketplace_id: '@acme/hello' });
    expect(status).toBe(402);
    expect(body).toMatchObject({
      code: 'LICENSE_REQUIRED',
      version: '1.0.0',
      price_eur: 49,
      checkout: { path: '/admin/marketplace/checkout' },
    });
  });

  it('refuses what is installed, what is older, what does not exist', async () => {
    hub.releases.push(await aRelease(), await aRelease({ version: '1.1.0' }));
    const { body } = await install({ marketplace_id: '@acme/hello' });
    await tenant.ended(body.job.id);
    expect((await install({ marketplace_id: '@acme/hello' })).body.code).toBe('ALREADY_INSTALLED');
    expect((await install({ marketplace_id: '@acme/hello', version: '1.0.0' })).body.code).toBe('DOWNGRADE_REFUSED');
    expect((await install({ marketplace_id: '@acme/hello', version: '9.0.0' })).body.code).toBe('VERSION_NOT_FOUND');
    expect((await install({ marketplace_id: '@acme/other' })).body.code).toBe('PACKAGE_NOT_FOUND');
  });

  const other = generateEd25519();
  it.each<[string, (hub: FakeHub) => Promise<void>]>([
    [
      'DIGEST_MISMATCH',
      async (h) => void (h.changeBytes = (zip) => Buffer.concat([zip.subarray(0, -1), Buffer.from([1])])),
    ],
    ['SIZE_MISMATCH', async (h) => void (h.changeBytes = (zip) => Buffer.concat([zip, Buffer.from('more')]))],
    ['SIZE_MISMATCH', async (h) => void (h.changeBytes = (zip) => zip.subarray(0, -4))],
    ['DIGEST_MISMATCH', async (h) => void (h.changeDownload = (told) => ({ ...told, sha256: 'a'.repeat(64) }))],
    ['PACKAGE_TOO_LARGE', async (h) => void (h.changeDownload = (told) => ({ ...told, size_bytes: 2 ** 40 }))],
    ['URL_REFUSED', async (h) => void (h.changeDownload = (told) => ({ ...told, url: 'http://elsewhere.example/x' }))],
    ['SIGNATURE_MISSING', async (h) => void (h.changeDownload = ({ signature: _, ...told }) => told)],
    [
      'KEY_UNKNOWN',
      async (h) =>
        void (h.changeDownload = (told) => ({
          ...told,
          signature: { ...(told['signature'] as object), key: other.publicJwk },
        })),
    ],
    ['STATEMENT_MISMATCH', async (h) => void (h.releases[0] = await aRelease({ signedAs: { version: '2.0.0' } }))],
    ['MANIFEST_MISMATCH', async (h) => void (h.releases[0] = await aRelease({ packageVersion: '1.0.1' }))],
    [
      'MANIFEST_MISMATCH',
      async (h) => void (h.releases[0] = await aRelease({ manifest: { marketplace_id: '@evil/hello' } })),
    ],
    ['MANIFEST_INVALID', async (h) => void (h.releases[0] = await aRelease({ manifest: { type: 'virus' } }))],
    [
      'PLATFORM_UNSUPPORTED',
      async (h) => void (h.releases[0] = await aRelease({ manifest: { carphacom_min_version: '9.0.0' } })),
    ],
  ])('refuses a package with %s and leaves nothing behind', async (code, spoil) => {
    hub.releases.push(await aRelease());
    await spoil(hub);
    const { body } = await install({ marketplace_id: '@acme/hello' });
    const job = await tenant.ended(body.job.id);
    expect(job).toMatchObject({ outcome: 'failed', code });
    expect(await filesLeft()).toEqual([]);
    expect((await tenant.admin('GET', '/admin/plugins')).body.count).toBe(0);
  });

  it('refuses a publisher key other than the one it knows', async () => {
    hub.releases.push(await aRelease());
    await tenant.ended((await install({ marketplace_id: '@acme/hello' })).body.job.id);
    hub.releases.push(await aRelease({ version: '1.1.0', publisherKey: other.privateJwk }));
    const { body } = await tenant.admin('POST', '/admin/plugins/hello/update', {});
    expect(await tenant.ended(body.job.id)).toMatchObject({ outcome: 'failed', code: 'PUBLISHER_KEY_CHANGED' });
    expect((await tenant.admin('GET', '/plugins/hello/hello')).body.version).toBe('1.0.0');
  });

  it('goes back to the release before when the new one is not well', async () => {
    hub.releases.push(await aRelease());
    await tenant.ended((await install({ marketplace_id: '@acme/hello' })).body.job.id);
    const code = `export async function register() {}\nexport const health = () => ({ ok: false, message: 'no disk' });`;
    hub.releases.push(await aRelease({ version: '1.1.0', code }));
    const { body } = await tenant.admin('POST', '/admin/plugins/hello/update', {});
    expect(await tenant.ended(body.job.id)).toMatchObject({ outcome: 'rolled_back', code: 'PLUGIN_UNHEALTHY' });
    expect((await tenant.admin('GET', '/plugins/hello/hello')).body.version).toBe('1.0.0');
    expect((await tenant.admin('GET', '/admin/notifications')).body.items[0]).toMatchObject({
      code: 'INSTALL_ROLLED_BACK',
    });
  });

  it('updates, then uninstalls without a trace when asked to', async () => {
    hub.releases.push(await aRelease());
    await tenant.ended((await install({ marketplace_id: '@acme/hello' })).body.job.id);
    hub.releases.push(await aRelease({ version: '1.1.0' }));
    expect((await tenant.admin('GET', '/admin/plugins/check-updates')).body.updates).toMatchObject([
      { plugin_id: 'hello', latest: '1.1.0', automatic: '1.1.0', decision: { verdict: 'automatic' } },
    ]);
    const { body } = await tenant.admin('POST', '/admin/plugins/hello/update');
    expect(await tenant.ended(body.job.id)).toMatchObject({ outcome: 'done', kind: 'update' });
    expect((await tenant.admin('GET', '/plugins/hello/hello')).body.version).toBe('1.1.0');
    expect((await tenant.admin('DELETE', '/admin/plugins/hello?data=drop')).status).toBe(204);
    expect((await tenant.admin('GET', '/plugins/hello/hello')).body.code).toBe('PLUGIN_NOT_FOUND');
    expect(await filesLeft()).toEqual([]);
  });

  it('removes a plugin once for everybody who asks at the same time, more than there are connections', async () => {
    hub.releases.push(await aRelease());
    await tenant.ended((await install({ marketplace_id: '@acme/hello' })).body.job.id);
    const replies = await Promise.all(Array.from({ length: 14 }, () => tenant.admin('DELETE', '/admin/plugins/hello')));
    const statuses = replies.map(({ status }) => status).sort();
    expect(statuses).toEqual([204, ...Array<number>(13).fill(404)]);
  });

  it('keeps settings, hides secrets, and starts the plugin with them', async () => {
    const config_schema = {
      greeting: { type: 'string', label: 'Greeting', required: true, default: 'moin' },
      token: { type: 'string', label: 'Token', secret: true },
    };
    hub.releases.push(await aRelease({ manifest: { config_schema } }));
    await tenant.ended((await install({ marketplace_id: '@acme/hello' })).body.job.id);
    expect((await tenant.admin('GET', '/plugins/hello/hello')).body.hello).toBe('moin');
    const config = { greeting: 'servus', token: 'tell-nobody' };
    const saved = await tenant.admin('PUT', '/admin/plugins/hello/config', { config });
    expect(saved.body).toMatchObject({ config: { greeting: 'servus' }, secrets_set: ['token'] });
    expect((await tenant.admin('GET', '/admin/plugins/hello/config')).text).not.toContain('tell-nobody');
    expect((await tenant.admin('GET', '/plugins/hello/hello')).body.hello).toBe('servus');
    const rows = await tenant.dataSource.query(
      "SELECT encode(secrets_sealed, 'escape') AS sealed, config FROM plugins",
    );
    expect(JSON.stringify(rows)).not.toContain('tell-nobody');
    const bad = await tenant.admin('PUT', '/admin/plugins/hello/config', { config: { greeting: 5, more: 1 } });
    expect(bad.body).toMatchObject({
      code: 'PLUGIN_CONFIG_INVALID',
      details: [{ path: 'config.more' }, { path: 'config.greeting' }],
    });
  });

  it('stops a disabled plugin and starts it again', async () => {
    hub.releases.push(await aRelease());
    await tenant.ended((await install({ marketplace_id: '@acme/hello' })).body.job.id);
    await tenant.admin('POST', '/admin/plugins/hello/disable');
    expect((await tenant.admin('GET', '/plugins/hello/hello')).body.code).toBe('PLUGIN_DISABLED');
    await tenant.admin('POST', '/admin/plugins/hello/enable');
    expect((await tenant.admin('GET', '/plugins/hello/hello')).status).toBe(200);
  });

  it('never lets the license key leave for anywhere but the hub, and writes no value to the ledger', async () => {
    hub.releases.push(await aRelease());
    await tenant.ended((await install({ marketplace_id: '@acme/hello' })).body.job.id);
    const { body } = await tenant.admin('GET', '/admin/egress?limit=100');
    expect(body.items.every(({ host }: { host: string }) => hub.url.endsWith(host))).toBe(true);
    expect(body.count).toBe(hub.asked.length);
    const text = JSON.stringify(body);
    for (const secret of ['pk_test', 'sig=secret', A_LICENSE_KEY, hub.instanceId]) expect(text).not.toContain(secret);
    expect(text).toContain('header.x-publishable-api-key');
  });
});
