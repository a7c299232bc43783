import { A_LICENSE_KEY, aRelease, eventually, FakeHub, startTenant, type ReleaseOptions, type TestTenant } from '#test';

/** Answers its process number and settings; can be made to crash, to fill its memory, or to say what it should not. */
const FRAIL = `
export function register({ medusa, config }) {
  let settings = config;
  medusa.events.on('plugin.config_changed', (now) => { settings = now; });
  medusa.menu.add({ label: 'Report', path: '/report' });
  medusa.routes.get('/', () => ({ json: { pid: process.pid, greeting: settings.greeting, token: settings.token ?? null } }));
  medusa.routes.get('/crash', () => { console.error('lost ' + settings.token); setImmediate(() => process.exit(7)); return new Promise(() => {}); });
  medusa.routes.get('/fill', () => { const all = []; for (;;) all.push(Buffer.alloc(1e7, 1)); });
}`;
const CONFIG_SCHEMA = {
  greeting: { type: 'string', label: 'Greeting', default: 'moin' },
  token: { type: 'string', label: 'Token', secret: true },
};

describe('the life of a plugin', () => {
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

  const has = async (manifest: ReleaseOptions['manifest'] = {}, code = FRAIL) => {
    hub.releases.push(await aRelease({ code, manifest: { config_schema: CONFIG_SCHEMA, ...manifest } }));
    const { body } = await tenant.admin('POST', '/admin/plugins/install', { marketplace_id: '@acme/hello' });
    expect(await tenant.ended(body.job.id)).toMatchObject({ outcome: 'done' });
  };
  const ask = async (path = '') => tenant.admin('GET', `/plugins/hello${path}`);
  const item = async () => (await tenant.admin('GET', '/admin/plugins')).body.items[0];
  const down = (state: string) => eventually(`it is ${state}`, async () => (await item()).state === state && item());
  const notices = async () => (await tenant.admin('GET', '/admin/notifications')).body.items as { code: string }[];

  it('goes on after a crash, which the shop survives, shows and tells', async () => {
    await has();
    const { pid } = (await ask()).body;
    expect((await ask('/crash')).body.code).toBe('PLUGIN_ANSWER_FAILED');
    const shown = await down('backing_off');
    expect(shown).toMatchObject({ reason: { code: 'PLUGIN_CRASHED' }, health: null });
    expect((await ask()).body.code).toBe('PLUGIN_NOT_RUNNING');
    expect(
      await eventually('it is told', async () => (await notices()).find(({ code }) => code === 'PLUGIN_DOWN')),
    ).toBeDefined();
    await eventually('it runs again', async () => (await item()).state === 'running');
    expect((await ask()).body.pid).not.toBe(pid);
    expect(await item()).toMatchObject({ reason: null, health: { ok: true } });
  });

  it('hears what happens in the shop, each event once', async () => {
    const code = `export function register({ medusa }) {
      const heard = [];
      medusa.events.on('plugin.*', (data, event) => { heard.push(data); });
      medusa.routes.get('/', () => ({ json: { heard } }));
    }`;
    await has({ permissions: { events: ['plugin.*'] } }, code);
    await eventually('it runs', async () => (await item()).state === 'running');
    const heard = async (id: string) =>
      ((await ask()).body.heard as { plugin_id: string }[]).filter((data) => data.plugin_id === id);
    hub.releases.push(await aRelease({ id: 'other' }), await aRelease({ id: 'last' }));
    for (const id of ['other', 'last']) {
      const { body } = await tenant.admin('POST', '/admin/plugins/install', { marketplace_id: `@acme/${id}` });
      expect(await tenant.ended(body.job.id)).toMatchObject({ outcome: 'done' });
      await eventually(`it hears of ${id}`, async () => (await heard(id)).length > 0);
    }
    expect(await heard('other')).toHaveLength(1);
  });

  it('is ended when it takes more memory than it may, and the shop goes on', async () => {
    await has();
    expect((await ask('/fill')).body.code).toBe('PLUGIN_ANSWER_FAILED');
    expect(await down('backing_off')).toMatchObject({ reason: { code: 'PLUGIN_MEMORY_EXCEEDED' } });
    expect((await tenant.call('GET', '/ready')).status).toBe(200);
  });

  it('is left alone after a crash when its manifest says so, until it is enabled', async () => {
    await has({ auto_restart: false });
    await ask('/crash');
    await down('crashed');
    expect((await tenant.admin('POST', '/admin/plugins/hello/enable')).body.state).toBe('running');
    expect((await ask()).status).toBe(200);
  });

  it('is restarted with its new settings', async () => {
    await has();
    const { pid } = (await ask()).body;
    await tenant.admin('PUT', '/admin/plugins/hello/config', { config: { greeting: 'servus' } });
    const after = (await ask()).body;
    expect([after.greeting, after.pid === pid]).toEqual(['servus', false]);
  });

  it('hears its new settings and runs on when its manifest wants no restart, and has them after a crash', async () => {
    await has({ auto_restart: false });
    const { pid } = (await ask()).body;
    const config = { greeting: 'servus', token: 'tell-nobody' };
    await tenant.admin('PUT', '/admin/plugins/hello/config', { config });
    expect((await ask()).body).toEqual({ pid, ...config });
    await ask('/crash');
    await down('crashed');
    await tenant.admin('POST', '/admin/plugins/hello/enable');
    expect((await ask()).body).toMatchObject(config);
  });

  it('never has a secret in what the shop shows of it', async () => {
    await has(
      {},
      `export function register({ config }) { if (config.token) throw new Error('no use for ' + config.token); }`,
    );
    await tenant.admin('PUT', '/admin/plugins/hello/config', { config: { token: 'tell-nobody' } });
    const shown = await down('backing_off');
    expect(shown.reason.message).toContain('no use for [secret]');
    await eventually('it is told', async () => (await notices()).length > 0);
    for (const path of ['/admin/plugins', '/admin/plugins/hello/config', '/admin/notifications', '/admin/egress']) {
      expect([path, (await tenant.admin('GET', path)).text.includes('tell-nobody')]).toEqual([path, false]);
    }
  });

  it('adds what it registers to the menu of the shop', async () => {
    await has({ menu_items: [{ label: 'Home', path: '/' }] });
    await ask();
    expect((await item()).menu_items).toEqual([
      { label: 'Home', path: '/' },
      { label: 'Report', path: '/report' },
    ]);
    await tenant.admin('POST', '/admin/plugins/hello/disable');
    expect((await item()).menu_items).toEqual([{ label: 'Home', path: '/' }]);
  });

  it.each([
    ['gives its seat back to the hub when it goes and that is asked', '?license=release', 1],
    ['keeps its license when it goes otherwise', '', 0],
  ])('%s', async (_, query, times) => {
    await eventually(
      'the secret is kept',
      async () => (await tenant.dataSource.query('SELECT 1 FROM webhook_secrets')).length > 0,
    );
    hub.releases.push(await aRelease({ priceEur: 49 }));
    const license = {
      license_key: A_LICENSE_KEY,
      license_id: 'lic_1',
      kind: 'one_time',
      purchased_by: 'm@shop.example',
    };
    const body = JSON.stringify({ marketplace_id: '@acme/hello', version: '1.0.0', ...license });
    await tenant.raw('POST', '/admin/marketplace/license-issued', body, hub.sign('license.issued', body));
    await eventually('it answers', async () => (await ask('/hello')).status === 200);
    // The answer comes before the last step of the job.
    await eventually(
      'it goes',
      async () => (await tenant.admin('DELETE', `/admin/plugins/hello${query}`)).status === 204,
    );
    const asked = () => hub.asked.filter(({ path }) => path === '/store/marketplace/licenses/lic_1/deactivate').length;
    if (times > 0) await eventually('the hub is told', async () => asked() === times);
    expect(asked()).toBe(times);
    expect(await tenant.dataSource.query('SELECT 1 FROM licenses')).toHaveLength(1 - times);
  });
});
