import { aRelease, FakeHub, startTenant, type TestTenant } from '#test';

describe('what the screens ask besides', () => {
  let hub: FakeHub;
  let tenant: TestTenant;
  beforeAll(async () => {
    hub = await new FakeHub().start();
    hub.releases.push(await aRelease({ version: '1.0.0', manifest: { permissions: { net: ['api.acme.example'] } } }));
    tenant = await startTenant({ hub });
  });
  afterAll(async () => {
    await tenant.stop();
    await hub.stop();
  });

  const bring = async (path: string, body: object) => {
    const { body: answer } = await tenant.admin('POST', path, body);
    return tenant.ended(answer.job.id);
  };

  it('lists jobs with their steps, newest first, and those of one package', async () => {
    const first = await bring('/admin/plugins/install', { marketplace_id: '@acme/hello' });
    hub.releases.push(await aRelease({ version: '1.1.0' }));
    const second = await bring('/admin/plugins/hello/update', { version: '1.1.0' });
    const { body } = await tenant.admin('GET', '/admin/plugins/jobs');
    expect(body).toMatchObject({ count: 2, limit: 20, offset: 0 });
    expect(body.items).toEqual([second, first]);
    expect(body.items[1].steps.at(-1).step).toBe('healthy');
    const { body: others } = await tenant.admin('GET', '/admin/plugins/jobs?marketplace_id=@acme/other');
    expect(others).toMatchObject({ items: [], count: 0 });
    const { body: oldest } = await tenant.admin('GET', '/admin/plugins/jobs?limit=1&offset=1');
    expect(oldest.items).toEqual([first]);
  });

  it('shows one plugin with what it may do and the releases it can go back to', async () => {
    const { body } = await tenant.admin('GET', '/admin/plugins/hello');
    expect(body).toMatchObject({ id: 'hello', version: '1.1.0', description: 'Says hello.', author: 'Acme' });
    expect(body.kept_releases).toEqual([{ version: '1.0.0', ran_until: expect.any(String) }]);
    expect(body.permissions).toEqual({});
    const missing = await tenant.admin('GET', '/admin/plugins/nothing');
    expect([missing.status, missing.body.code]).toEqual([404, 'PLUGIN_NOT_FOUND']);
  });

  it('gives settings in the order their publisher gave them', async () => {
    const field = (label: string) => ({ type: 'string', label });
    const schema = { zebra_company: field('Company'), tax: field('Tax'), a: field('A'), street: field('Street') };
    hub.releases.push(await aRelease({ id: 'forms', manifest: { config_schema: schema } }));
    await bring('/admin/plugins/install', { marketplace_id: '@acme/forms' });
    const { body } = await tenant.admin('GET', '/admin/plugins/forms/config');
    expect(Object.keys(body.config_schema)).toEqual(Object.keys(schema));
  });

  it('lists what the hub told, without what it said', async () => {
    const event = JSON.stringify({ marketplace_id: '@acme/hello', customer_email: 'ada@shop.example' });
    const sent = await tenant.raw('POST', '/admin/marketplace/events', event, hub.sign('package.updated', event));
    expect(sent.status).toBe(200);
    const { body, text } = await tenant.admin('GET', '/admin/marketplace/deliveries');
    expect(body.items).toEqual([
      {
        id: expect.stringMatching(/^dly_/),
        event: 'package.updated',
        received_at: expect.any(String),
        marketplace_id: '@acme/hello',
      },
    ]);
    expect(text).not.toContain('ada@shop.example');
  });

  it('tells how the shop is set up, and no secret', async () => {
    const { body } = await tenant.admin('GET', '/admin/settings');
    expect(body).toMatchObject({
      platform_version: '2.0.0',
      instance_id: hub.instanceId,
      hub: { url: hub.url, key: 'pk_test…', mode: 'push', root: null },
    });
  });
});
