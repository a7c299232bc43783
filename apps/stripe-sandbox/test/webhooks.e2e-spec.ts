import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../src/index.js';
import { type Received, Receiver } from './support/receiver.js';
import { clientOf, useClosing, useSandbox } from './support/sandbox.js';

interface DeliveryList {
  data: { id: string; status: string; event: string; attempts: { status: number | null; error: string | null }[] }[];
}

async function listDeliveries(base: string, query = ''): Promise<DeliveryList['data']> {
  const response = await fetch(`${base}/sandbox/deliveries${query}`);
  return ((await response.json()) as DeliveryList).data;
}

/** Waits until every delivery has ended this way: the receiver sees a request before the sandbox notes its answer. */
async function settledDeliveries(base: string, status: string): Promise<DeliveryList['data']> {
  for (;;) {
    const all = await listDeliveries(base);
    if (all.length > 0 && all.every((it) => it.status === status)) return all;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('webhooks', () => {
  const sandbox = useSandbox();
  const closing = useClosing();

  const deliveries = (query = '') => listDeliveries(sandbox.url, query);
  const settled = (status: string) => settledDeliveries(sandbox.url, status);

  it('are signed so that the package believes them, over the bytes as sent', async () => {
    const hook = closing(await Receiver.start(200));
    const { secret } = await sandbox.stripe.webhookEndpoints.create({ url: hook.url, enabled_events: ['*'] });
    await sandbox.stripe.customers.create({ email: 'jo@shop.test' });
    const [{ body, headers }] = (await hook.until(1)) as [Received];
    const signature = String(headers['stripe-signature']);
    const event = sandbox.stripe.webhooks.constructEvent(body, signature, String(secret));
    expect(event).toMatchObject({ object: 'event', type: 'customer.created', livemode: false, pending_webhooks: 1 });
    expect(event.api_version).toBe(sandbox.stripe.getApiField('version'));
    expect(() => sandbox.stripe.webhooks.constructEvent(`${body} `, signature, String(secret))).toThrow();
    expect(() => sandbox.stripe.webhooks.constructEvent(body, signature, 'whsec_other')).toThrow();
    await settled('succeeded');
    expect(await sandbox.stripe.events.retrieve(event.id)).toMatchObject({ pending_webhooks: 0 });
  });

  it('show their secret once', async () => {
    const { stripe } = sandbox;
    const { id, secret } = await stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:9/', enabled_events: ['*'] });
    expect(secret).toMatch(/^whsec_\w{32}$/);
    expect((await stripe.webhookEndpoints.retrieve(id)).secret).toBeUndefined();
    expect((await stripe.webhookEndpoints.list()).data[0]?.secret).toBeUndefined();
    const pages = await Promise.all(
      ['/', '/sandbox/deliveries'].map(async (path) => (await fetch(sandbox.url + path)).text()),
    );
    expect(pages.join()).not.toContain(secret);
  });

  it('go only to endpoints that listen', async () => {
    const hook = closing(await Receiver.start(200));
    const { stripe } = sandbox;
    const { id } = await stripe.webhookEndpoints.create({ url: hook.url, enabled_events: ['customer.updated'] });
    const customer = await stripe.customers.create({});
    await stripe.customers.update(customer.id, { name: 'Jo' });
    await hook.until(1);
    await stripe.webhookEndpoints.update(id, { disabled: true });
    await stripe.customers.update(customer.id, { name: 'Jo Doe' });
    await stripe.webhookEndpoints.del(id);
    await stripe.customers.update(customer.id, { name: 'Jo Roe' });
    expect(await deliveries()).toHaveLength(1);
    expect(hook.types()).toEqual(['customer.updated']);
  });

  it('are tried again after an error, a redirect and a refusal, with the same body and a fresh signature', async () => {
    const hook = closing(await Receiver.start(500, 302, 404, 204));
    const { secret } = await sandbox.stripe.webhookEndpoints.create({ url: hook.url, enabled_events: ['*'] });
    await sandbox.stripe.customers.create({});
    const received = await hook.until(4);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    for (const { body, headers } of received) {
      expect(() =>
        sandbox.stripe.webhooks.constructEvent(body, String(headers['stripe-signature']), String(secret)),
      ).not.toThrow();
    }
    const [delivery] = await settled('succeeded');
    expect(delivery?.attempts.map(({ status }) => status)).toEqual([500, 302, 404, 204]);
  });

  it('are given up when the schedule is used up, and can be sent again by hand', async () => {
    const hook = closing(await Receiver.start(500, 500, 500, 500, 200));
    await sandbox.stripe.webhookEndpoints.create({ url: hook.url, enabled_events: ['*'] });
    await sandbox.stripe.customers.create({});
    const [failed] = await settled('failed');
    expect(failed?.attempts).toHaveLength(4);
    const resent = await fetch(`${sandbox.url}/sandbox/events/${failed?.event}/resend`, { method: 'POST' });
    expect(resent.status).toBe(200);
    const received = await hook.until(5);
    expect(received[4]?.body).toBe(received[0]?.body);
    expect(await deliveries(`?event=${failed?.event}`)).toHaveLength(2);
    expect((await fetch(`${sandbox.url}/sandbox/events/evt_none/resend`, { method: 'POST' })).status).toBe(404);
  });

  it('note why nobody answered', async () => {
    const closed = closing(await Receiver.start(200));
    await closed.close();
    await sandbox.stripe.webhookEndpoints.create({ url: closed.url, enabled_events: ['*'] });
    await sandbox.stripe.customers.create({});
    const [failed] = await settled('failed');
    expect(failed?.attempts[0]).toMatchObject({ status: null, error: 'ECONNREFUSED' });
  });
});

describe('webhooks and restarts', () => {
  const closing = useClosing();
  let dataDir: string;
  beforeEach(async () => (dataDir = await mkdtemp(join(tmpdir(), 'sandbox-'))));
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('deliver after a restart what was owed before, to the endpoint as configured then', async () => {
    const down = closing(await Receiver.start(503));
    const webhook = { url: down.url, secret: 'whsec_a' };
    const first = closing(await startSandbox({ dataDir, latencyMs: 0, webhook, retryMs: [50, 3_600_000] }));
    await clientOf(first).customers.create({ name: 'owed' });
    await down.until(1);
    await first.close();

    const up = closing(await Receiver.start(200));
    const second = closing(await startSandbox({ dataDir, webhook: { url: up.url, secret: 'whsec_b' } }));
    const [{ body, headers }] = (await up.until(1)) as [Received];
    const event = clientOf(second).webhooks.constructEvent(body, String(headers['stripe-signature']), 'whsec_b');
    expect(event.data.object).toMatchObject({ name: 'owed' });
    expect((await clientOf(second).webhookEndpoints.list()).data).toHaveLength(1);
    await second.close();

    const third = closing(await startSandbox({ dataDir }));
    expect((await clientOf(third).webhookEndpoints.list()).data).toEqual([]);
  });

  it('do not count a try that the stop broke off', async () => {
    const hook = closing(await Receiver.start('silence', 200));
    const options = { dataDir, latencyMs: 0, webhook: { url: hook.url, secret: 'whsec_a' }, retryMs: [] };
    const first = closing(await startSandbox(options));
    await clientOf(first).customers.create({});
    await hook.until(1);
    await first.close();
    const second = closing(await startSandbox(options));
    await hook.until(2);
    const [delivery] = await settledDeliveries(`http://127.0.0.1:${second.port}`, 'succeeded');
    expect(delivery?.attempts).toMatchObject([{ status: 200 }]);
  });
});
