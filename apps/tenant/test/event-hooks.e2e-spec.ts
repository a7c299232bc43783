import { newWebhookSecret, verifyWebhook } from '@hansa/trust';
import { aPlugin, aRelease, eventually, FakeHub, fixedClock, Listener, startTenant, type TestTenant } from '#test';
import { recordEvent } from '#audit';
import { DeliverEventJob, FanOutEventJob } from '#event-hooks';

const NEXT_DOOR = { webhooks: { allowPrivate: true } };

describe('webhooks of the shop', () => {
  const clock = fixedClock(new Date().toISOString());
  let listener: Listener;
  let tenant: TestTenant;
  beforeEach(async () => {
    clock.set(new Date());
    listener = await new Listener().start();
    tenant = await startTenant({ worker: false, clock, config: NEXT_DOOR });
    await aPlugin(tenant.dataSource);
  });
  afterEach(async () => {
    await tenant.stop();
    await listener.stop();
  });

  const add = async (more: object = {}) => {
    const reply = await tenant.admin('POST', '/admin/webhooks', { url: listener.url, events: ['plugin.*'], ...more });
    expect([reply.status, reply.body.code]).toEqual([201, undefined]);
    return reply.body as { id: string; signing_secret: string };
  };
  const rows = (sql: string) => tenant.dataSource.query(sql);
  const disable = () => tenant.admin('POST', '/admin/plugins/hello/disable');
  /** An event, and its deliveries as rows that nobody has tried. */
  const happen = async () => {
    await tenant.dataSource.transaction((tx) =>
      recordEvent(tx, clock.now(), 'plugin.enabled', { plugin_id: 'hello', marketplace_id: '@acme/hello' }),
    );
    const [{ id: eventId }] = await rows('SELECT id FROM shop_events ORDER BY id DESC LIMIT 1');
    await tenant.app.get(FanOutEventJob).fanOut({ eventId });
    const found = await rows(`SELECT id FROM hook_deliveries WHERE event_id = ${eventId}`);
    return found.map(({ id }: { id: string }) => id) as string[];
  };
  const deliver = (deliveryId: string) => tenant.app.get(DeliverEventJob).deliver({ deliveryId });
  const one = async (id: string) => (await tenant.admin('GET', `/admin/webhooks/deliveries/${id}`)).body;
  const verified = (index: number, secret: string) => {
    const { headers, bytes } = listener.heard[index]!;
    return verifyWebhook({ headers, body: bytes, secrets: [secret], now: clock.now() });
  };

  it('tells a listener once, signed like the hub’s own webhooks, with a row in the ledger', async () => {
    const { id, signing_secret: secret } = await add();
    await disable();
    const [{ id: eventId }] = await rows(`SELECT id FROM shop_events`);
    await tenant.app.get(FanOutEventJob).fanOut({ eventId });
    await tenant.app.get(FanOutEventJob).fanOut({ eventId });
    const { body: list } = await tenant.admin('GET', `/admin/webhooks/${id}/deliveries`);
    expect(list).toMatchObject({ count: 1, items: [{ event: 'plugin.disabled', status: 'pending' }] });
    const deliveryId = list.items[0].id;
    await deliver(deliveryId);
    await deliver(deliveryId);
    expect(listener.heard).toHaveLength(1);
    expect(verified(0, secret)).toMatchObject({ deliveryId, event: 'plugin.disabled' });
    expect(listener.heard[0]!.body).toEqual({
      id: eventId,
      type: 'plugin.disabled',
      timestamp: clock.now().toISOString(),
      data: { plugin_id: 'hello', marketplace_id: '@acme/hello', reason: 'BY_ADMIN' },
    });
    expect(await one(deliveryId)).toMatchObject({ status: 'delivered', tries: [{ attempt: 1, status: 200 }] });
    const { body: ledger } = await tenant.admin('GET', '/admin/egress');
    expect(ledger).toMatchObject({ count: 1, items: [{ method: 'POST', path: '/hook', status: 200 }] });
    expect(ledger.items[0].fields).toEqual(expect.arrayContaining(['body.type', 'header.x-carpha-signature']));
  });

  it('shows a secret once and keeps it sealed', async () => {
    const given = newWebhookSecret();
    const { id, signing_secret: secret } = await add({ signing_secret: given });
    expect(secret).toBe(given);
    for (const path of ['/admin/webhooks', `/admin/webhooks/${id}`]) {
      expect((await tenant.admin('GET', path)).text).not.toContain('secret');
    }
    const [{ secret_sealed: sealed }] = await rows('SELECT secret_sealed FROM event_hooks');
    expect(sealed.toString('latin1')).not.toContain(given);
  });

  it('records an event only with the change it tells of', async () => {
    await tenant.dataSource
      .transaction(async (tx) => {
        await recordEvent(tx, clock.now(), 'plugin.enabled', { plugin_id: 'hello', marketplace_id: '@acme/hello' });
        throw new Error('the change fails');
      })
      .catch(() => undefined);
    expect(await rows('SELECT 1 FROM shop_events')).toEqual([]);
    await disable();
    const jobs = await rows(`SELECT 1 FROM graphile_worker.jobs WHERE task_identifier = 'fan-out-event'`);
    expect([await rows('SELECT name FROM shop_events'), jobs.length]).toEqual([[{ name: 'plugin.disabled' }], 1]);
  });

  it('leaves alone who listens to something else', async () => {
    await add({ events: ['plugin.installed', 'order.*'] });
    expect(await happen()).toEqual([]);
  });

  it('tries again after 5 s, 1 m, 5 m, 30 m, 2 h and 12 h with the same id, then keeps a dead letter that can be sent again', async () => {
    const { id, signing_secret: secret } = await add();
    listener.status = 500;
    const [deliveryId] = await happen();
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 7; attempt += 1) {
      await deliver(deliveryId!);
      const { next_attempt_at: next } = await one(deliveryId!);
      if (next === null) break;
      const seconds = (Date.parse(next) - clock.now().getTime()) / 1_000;
      waits.push(seconds);
      await deliver(deliveryId!); // too early: nothing
      clock.advance(seconds);
    }
    expect(waits).toEqual([5, 60, 300, 1_800, 7_200, 43_200]);
    expect(listener.heard).toHaveLength(7);
    const ids = new Set(listener.heard.map(({ headers }) => headers['x-carpha-delivery-id']));
    const signatures = new Set(listener.heard.map(({ headers }) => headers['x-carpha-signature']));
    expect([ids.size, signatures.size]).toEqual([1, 7]);
    expect(await one(deliveryId!)).toMatchObject({ status: 'dead', attempts: 7 });
    expect(await rows('SELECT code FROM notifications')).toEqual([{ code: 'WEBHOOK_FAILING' }]);

    listener.status = 204;
    const range = { from: new Date(0).toISOString(), to: clock.now().toISOString() };
    const replay = await tenant.admin('POST', `/admin/webhooks/${id}/replay`, range);
    expect([replay.status, replay.body]).toEqual([202, { replayed: 1 }]);
    await deliver(deliveryId!);
    expect(verified(7, secret).deliveryId).toBe(deliveryId);
    expect(await one(deliveryId!)).toMatchObject({ status: 'delivered' });
    expect((await one(deliveryId!)).tries).toHaveLength(8);
    expect((await tenant.admin('POST', `/admin/webhooks/deliveries/${deliveryId}/replay`)).status).toBe(202);
    const twice = await tenant.admin('POST', `/admin/webhooks/deliveries/${deliveryId}/replay`);
    expect([twice.status, twice.body.code]).toEqual([409, 'DELIVERY_PENDING']);
  });

  it('leaves a try to the process that began it, until its time is over', async () => {
    await add();
    listener.status = null;
    const [deliveryId] = await happen();
    const lost = deliver(deliveryId!); // hangs, as if its process had died
    await eventually('the listener hears', async () => listener.heard.length === 1);
    listener.status = 200;
    await deliver(deliveryId!);
    expect(listener.heard).toHaveLength(1);
    clock.advance(45);
    await deliver(deliveryId!);
    expect(listener.heard).toHaveLength(2);
    listener.drop();
    await lost;
    expect(await one(deliveryId!)).toMatchObject({ status: 'delivered' });
  });

  it('stops calling an endpoint that says it is gone, and resumes when it is enabled again', async () => {
    const { id } = await add();
    listener.status = 410;
    const [deliveryId] = await happen();
    await deliver(deliveryId!);
    expect((await tenant.admin('GET', `/admin/webhooks/${id}`)).body).toMatchObject({
      enabled: false,
      disabled_reason: 'GONE',
    });
    expect(await happen()).toEqual([]);
    listener.status = 200;
    const change = { url: listener.url, events: ['plugin.*'], enabled: true };
    expect((await tenant.admin('PUT', `/admin/webhooks/${id}`, change)).body).toMatchObject({ enabled: true });
    await deliver(deliveryId!);
    expect(await one(deliveryId!)).toMatchObject({ status: 'delivered' });
  });

  it('follows no redirect and counts it as a failure', async () => {
    await add();
    listener.status = 302;
    listener.location = `${listener.url}/elsewhere`;
    const [deliveryId] = await happen();
    await deliver(deliveryId!);
    expect(listener.heard).toHaveLength(1);
    expect(await one(deliveryId!)).toMatchObject({ status: 'pending', tries: [{ status: 302 }] });
  });

  it('signs with the secret before too for a day after a rotation', async () => {
    const { id, signing_secret: old } = await add();
    const { body } = await tenant.admin('POST', `/admin/webhooks/${id}/rotate-secret`);
    const [first] = await happen();
    await deliver(first!);
    expect(verified(0, old).deliveryId).toBe(first);
    expect(verified(0, body.signing_secret).deliveryId).toBe(first);
    clock.advance(24 * 3_600 - 60);
    clock.advance(60);
    const [second] = await happen();
    await deliver(second!);
    expect(() => verified(1, old)).toThrow(expect.objectContaining({ code: 'SIGNATURE_MISMATCH' }));
    expect(verified(1, body.signing_secret).deliveryId).toBe(second);
  });

  it('forgets a webhook with everything on its way', async () => {
    const { id } = await add();
    const [deliveryId] = await happen();
    expect((await tenant.admin('DELETE', `/admin/webhooks/${id}`)).status).toBe(204);
    await deliver(deliveryId!);
    expect(listener.heard).toEqual([]);
    expect((await tenant.admin('DELETE', `/admin/webhooks/${id}`)).body.code).toBe('WEBHOOK_NOT_FOUND');
  });

  it('forgets after a month what is done, and never what is on its way', async () => {
    await add();
    const [done] = await happen();
    await deliver(done!);
    const [waiting] = await happen();
    clock.advance(31 * 86_400);
    await tenant.app.get(FanOutEventJob).prune();
    expect(await rows('SELECT id FROM hook_deliveries')).toEqual([{ id: waiting }]);
    expect(await rows('SELECT 1 FROM shop_events')).toHaveLength(1);
  });

  it('never has more listeners than it may, however many ask at the same time', async () => {
    await tenant.dataSource
      .query(`INSERT INTO event_hooks SELECT 'whk_' || n, 'https://a.example/', '{plugin.*}', '', NULL, NULL,
      true, NULL, now(), now() FROM generate_series(1, 49) n`);
    const ask = () => tenant.admin('POST', '/admin/webhooks', { url: listener.url, events: ['plugin.*'] });
    const queued = () =>
      rows(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`);
    // All of them are on their way before the first may count.
    const asked = await tenant.dataSource.transaction(async (tx) => {
      await tx.query(`SELECT pg_advisory_xact_lock(hashtext('event_hooks'))`);
      const all = [ask(), ask(), ask(), ask()];
      await eventually('all wait', async () => (await queued()).length === 4);
      return all;
    });
    const codes = (await Promise.all(asked)).map(({ body }) => body.code as string | undefined);
    expect(codes.filter((code) => code === undefined)).toHaveLength(1);
    expect(codes.filter((code) => code === 'TOO_MANY_WEBHOOKS')).toHaveLength(3);
  });

  it.each<[string, object, string]>([
    ['no events', { events: [] }, 'VALIDATION_FAILED'],
    ['an event nobody tells', { events: ['plugin.exploded'] }, 'VALIDATION_FAILED'],
    ['the same event twice', { events: ['plugin.*', 'plugin.*'] }, 'VALIDATION_FAILED'],
    ['a short secret', { signing_secret: 'short' }, 'VALIDATION_FAILED'],
    ['a secret that is no base64', { signing_secret: 'whsec_not-base64-at-all' }, 'WEBHOOK_SECRET_UNSOUND'],
    ['credentials in the address', { url: 'https://a:b@shop.example/' }, 'WEBHOOK_URL_REFUSED'],
    ['no address', { url: 'hello' }, 'WEBHOOK_URL_REFUSED'],
  ])('refuses %s', async (_, flaw, code) => {
    const reply = await tenant.admin('POST', '/admin/webhooks', {
      url: listener.url,
      events: ['plugin.*'],
      ...flaw,
    });
    expect([reply.status, reply.body.code]).toEqual([400, code]);
    expect(await rows('SELECT 1 FROM event_hooks')).toEqual([]);
  });
});

describe('webhooks of a shop that is not told to trust its own network', () => {
  it('refuses a private address when it is typed in, and a name that turns out to be one when it is called', async () => {
    const listener = await new Listener().start();
    const tenant = await startTenant({ worker: false });
    const request = { events: ['plugin.*'] };
    const typed = await tenant.admin('POST', '/admin/webhooks', {
      ...request,
      url: listener.url.replace('http', 'https'),
    });
    expect([typed.status, typed.body.code]).toEqual([400, 'WEBHOOK_URL_REFUSED']);
    const { body } = await tenant.admin('POST', '/admin/webhooks', { ...request, url: 'https://shop.example/' });
    // As if the name had been pointed at this machine after it was typed in.
    await tenant.dataSource.query(`UPDATE event_hooks SET url = $1`, [listener.url.replace('127.0.0.1', 'localhost')]);
    await aPlugin(tenant.dataSource);
    await tenant.admin('POST', '/admin/plugins/hello/disable');
    const [{ id: eventId }] = await tenant.dataSource.query('SELECT id FROM shop_events');
    await tenant.app.get(FanOutEventJob).fanOut({ eventId });
    const { body: list } = await tenant.admin('GET', `/admin/webhooks/${body.id}/deliveries`);
    await tenant.app.get(DeliverEventJob).deliver({ deliveryId: list.items[0].id });
    const { body: delivery } = await tenant.admin('GET', `/admin/webhooks/deliveries/${list.items[0].id}`);
    expect(delivery.tries).toMatchObject([{ status: null, failure: 'ADDRESS_REFUSED' }]);
    expect(listener.heard).toEqual([]);
    await tenant.stop();
    await listener.stop();
  });
});

describe('what listeners hear of a plugin’s life', () => {
  it('is told in order of what happened, by the worker', async () => {
    const listener = await new Listener().start();
    const hub = await new FakeHub().start();
    const tenant = await startTenant({ hub, config: NEXT_DOOR });
    await tenant.admin('POST', '/admin/webhooks', { url: listener.url, events: ['plugin.*'] });
    const job = async (path: string, body: object) =>
      tenant.ended((await tenant.admin('POST', `/admin/plugins/${path}`, body)).body.job.id);
    hub.releases.push(await aRelease());
    await job('install', { marketplace_id: '@acme/hello' });
    hub.releases.push(await aRelease({ version: '1.1.0' }));
    await job('hello/update', {});
    await job('hello/rollback', {});
    const code = 'export async function register() { throw new Error("no"); }';
    hub.releases.push(await aRelease({ version: '1.2.0', code }));
    await job('hello/update', {});
    hub.changeBytes = (zip) => zip.subarray(1);
    hub.releases.push(await aRelease({ version: '1.3.0' }));
    await job('hello/update', {});
    await tenant.admin('POST', '/admin/plugins/hello/disable');
    await tenant.admin('POST', '/admin/plugins/hello/enable');
    await tenant.admin('DELETE', '/admin/plugins/hello');
    const inOrder = () => [...listener.heard].sort((a, b) => Number(a.body.id) - Number(b.body.id));
    await eventually('all are told', async () => listener.heard.length >= 8);
    expect(inOrder().map(({ body: { type, data } }) => [type, data])).toMatchObject([
      ['plugin.installed', { plugin_id: 'hello', version: '1.0.0' }],
      ['plugin.updated', { version: '1.1.0', from: '1.0.0' }],
      ['plugin.rolled_back', { version: '1.0.0', from: '1.1.0', code: 'BY_ADMIN' }],
      ['plugin.rolled_back', { version: '1.0.0', from: '1.2.0', code: 'PLUGIN_START_FAILED' }],
      ['plugin.failed', { marketplace_id: '@acme/hello', version: '1.3.0' }],
      ['plugin.disabled', { reason: 'BY_ADMIN' }],
      ['plugin.enabled', {}],
      ['plugin.uninstalled', { version: '1.0.0' }],
    ]);
    await tenant.stop();
    await hub.stop();
    await listener.stop();
  });
});
