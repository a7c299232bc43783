import { aRelease, eventually, FakeHub, Listener, startTenant, type TestTenant } from '#test';

const HOST_TOKEN = 'a-token-of-the-host-platform-000001';
const EVENT = { id: 'evt_1', name: 'order.placed', data: { order_id: '1001' } };
const LISTENS = `export function register({ medusa }) {
  const heard = [];
  medusa.events.on('order.*', (data) => { heard.push(data); });
  medusa.routes.get('/', () => ({ json: { heard } }));
}`;

describe('events of the host platform', () => {
  let hub: FakeHub;
  let listener: Listener;
  let tenant: TestTenant;
  beforeEach(async () => {
    hub = await new FakeHub().start();
    listener = await new Listener().start();
    tenant = await startTenant({ hub, config: { hostToken: HOST_TOKEN, webhooks: { allowPrivate: true } } });
  });
  afterEach(async () => {
    await tenant.stop();
    await listener.stop();
    await hub.stop();
  });

  const tell = (event: object, token = HOST_TOKEN) =>
    tenant.call('POST', '/host/events', event, { authorization: `Bearer ${token}` });

  it('reach running plugins and webhooks that listen, once each, and not the hub', async () => {
    hub.releases.push(await aRelease({ manifest: { permissions: { events: ['order.*'] } }, code: LISTENS }));
    const { body } = await tenant.admin('POST', '/admin/plugins/install', { marketplace_id: '@acme/hello' });
    expect(await tenant.ended(body.job.id)).toMatchObject({ outcome: 'done' });
    for (const events of [['order.placed'], ['order.*'], ['cart.*']])
      await tenant.admin('POST', '/admin/webhooks', { url: `${listener.url}/${events.join()}`, events });
    const asked = hub.asked.length;

    for (const event of [EVENT, EVENT, { ...EVENT, id: 'evt_2', name: 'order.shipped' }])
      expect((await tell(event)).status).toBe(202);

    const heard = async () => (await tenant.admin('GET', '/plugins/hello/')).body.heard as object[];
    await eventually('the plugin hears of both', async () => (await heard()).length >= 2);
    expect(await heard()).toEqual([EVENT.data, EVENT.data]);
    await eventually('the listeners are told', async () => listener.heard.length >= 3);
    const told = listener.heard.map(({ body: { type, data } }) => [type, data]);
    expect(told.sort()).toEqual([
      ['order.placed', EVENT.data],
      ['order.placed', EVENT.data],
      ['order.shipped', EVENT.data],
    ]);
    expect(JSON.stringify(hub.asked.slice(asked))).not.toContain('1001');
  });

  it.each<[string, object, string]>([
    ['an event of the tenant', { name: 'plugin.installed' }, 'VALIDATION_FAILED'],
    ['a group', { name: 'order.*' }, 'VALIDATION_FAILED'],
    ['no id', { id: '' }, 'VALIDATION_FAILED'],
    ['data that is no object', { data: 'x' }, 'VALIDATION_FAILED'],
    ['more than 64 KiB', { data: { note: 'ä'.repeat(33_000) } }, 'EVENT_TOO_LARGE'],
  ])('are refused with %s', async (_, flaw, code) => {
    const reply = await tell({ ...EVENT, ...flaw });
    expect([reply.status, reply.body.code]).toEqual([400, code]);
    expect(await tenant.dataSource.query('SELECT 1 FROM shop_events')).toEqual([]);
  });

  it('are refused with another token', async () => {
    expect((await tell(EVENT, `${HOST_TOKEN}x`)).status).toBe(401);
    expect((await tell(EVENT, 'x'.repeat(HOST_TOKEN.length))).status).toBe(401);
    expect(await tenant.dataSource.query('SELECT 1 FROM shop_events')).toEqual([]);
  });
});

it('a shop without a token for its host platform takes events from nobody', async () => {
  const tenant = await startTenant();
  const reply = await tenant.call('POST', '/host/events', EVENT, { authorization: 'Bearer undefined' });
  expect([reply.status, reply.body.code]).toEqual([401, 'CREDENTIALS_REQUIRED']);
  await tenant.stop();
});
