import {
  generateEd25519,
  sealInstanceId,
  signInstanceToken,
  thumbprint,
  verifyWebhook,
  type Ed25519PrivateJwk,
  type X25519PublicJwk,
} from '@hansa/trust';
import { newId } from '@hansa/platform';
import {
  anInstance,
  asInstance,
  asShop,
  doJobs,
  eventually,
  fixedClock,
  startTestHub,
  startTestShop,
  type TestHub,
  type TestInstance,
  type TestShop,
} from '#test';
import { AuditEntry } from '#audit';
import { Instance, InstancesService } from '#instances';
import { Delivery, OutboxService } from '#outbox';
import { KeyRing } from '#signing';
import { InboxWaiters } from '../src/webhooks/inbox-waiters.js';

const NOON = '2030-01-01T12:00:00.000Z';

describe('instances', () => {
  const clock = fixedClock(NOON);
  let hub: TestHub;
  let shopKey: Record<string, string>;
  let shop: TestShop;

  beforeAll(async () => {
    hub = await startTestHub({ clock });
    shopKey = await asShop(hub);
  });
  afterAll(() => hub.close());
  beforeEach(async () => {
    clock.set(NOON);
    shop = await startTestShop();
  });
  afterEach(async () => {
    await shop.close();
    expect(await hub.database.takeJobs()).toEqual([]);
  });

  const db = () => hub.database.dataSource.manager;
  const call = async (method: string, path: string, headers: Record<string, string>, body?: object) => {
    const response = await fetch(`${hub.url}/store/marketplace${path}`, {
      method,
      headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  };
  const record = async (instanceId: string, reason = 'broken'): Promise<string> => {
    const body = { marketplace_id: '@acme/p', version: '1.0.0', reason };
    const outbox = hub.app.get(OutboxService, { strict: false });
    const { deliveryId } = await hub.database.dataSource.transaction((tx) =>
      outbox.recordEvent(tx, 'release.yanked', instanceId, body),
    );
    return deliveryId;
  };

  describe('registering', () => {
    const newShop = () => ({ id: newId('inst'), ...generateEd25519() });
    const request = (self: ReturnType<typeof newShop>, overrides: object = {}) => ({
      instance_id: self.id,
      base_url: `${shop.url}/`,
      public_key: self.publicJwk,
      platform_version: '2.1.0',
      environment: 'production',
      ...overrides,
    });
    const prove = async (self: { id: string; privateJwk: Ed25519PrivateJwk }) =>
      asInstance(hub, { id: self.id, privateJwk: self.privateJwk, webhookSecret: '' });
    const register = (body: object, headers: Record<string, string> = {}) =>
      call('POST', '/instances', { ...shopKey, ...headers }, body);

    it('hands out a secret, the hub’s keys, and pushes to a shop that proves its address', async () => {
      const self = newShop();
      shop.prove(thumbprint(self.publicJwk));
      const { status, body } = await register(request(self));
      expect(status).toBe(201);
      expect(body).toEqual({
        instance_id: self.id,
        mode: 'push',
        webhook_secret: expect.stringMatching(/^whsec_/),
        keys: { keys: expect.arrayContaining([expect.objectContaining({ typ: 'license+jwt' })]) },
      });
      expect(await db().findOneByOrFail(Instance, { id: self.id })).toMatchObject({ baseUrl: shop.url, mode: 'push' });
    });

    it.each([
      ['names another key', () => shop.prove('x'.repeat(43)), {}],
      ['says nothing', () => undefined, {}],
      ['cannot be reached', () => undefined, { base_url: 'http://127.0.0.1:9' }],
    ])('lets a shop pull whose address %s', async (_name, arrange, overrides) => {
      arrange();
      expect(await register(request(newShop(), overrides))).toMatchObject({ status: 201, body: { mode: 'pull' } });
    });

    it('reads a sealed id', async () => {
      const self = newShop();
      const [key] = hub.app.get(KeyRing, { strict: false }).accepted('sealing');
      const jwk = { ...key!.publicJwk, kid: key!.kid } as unknown as X25519PublicJwk;
      const audience = hub.ground.config.hubUrl;
      const instance_id = await sealInstanceId(self.id, jwk, { audience, now: clock.now() });
      expect(await register(request(self, { instance_id }))).toMatchObject({
        status: 201,
        body: { instance_id: self.id },
      });
    });

    it('again, with the instance’s word, updates and shows no secret', async () => {
      const self = newShop();
      await register(request(self));
      const again = await register(request(self, { platform_version: '2.2.0' }), await prove(self));
      expect(again.status).toBe(200);
      expect(again.body).not.toHaveProperty('webhook_secret');
      expect(await db().findOneByOrFail(Instance, { id: self.id })).toMatchObject({ platformVersion: '2.2.0' });
    });

    it('again, without it, is refused: nobody takes over an instance', async () => {
      const self = newShop();
      await register(request(self));
      const thief = generateEd25519();
      const takeover = request(self, { public_key: thief.publicJwk });
      expect(await register(takeover)).toMatchObject({ status: 401, body: { code: 'INSTANCE_PROOF_REQUIRED' } });
      const asThief = await prove({ id: self.id, privateJwk: thief.privateJwk });
      expect(await register(takeover, asThief)).toMatchObject({
        status: 401,
        body: { code: 'INSTANCE_TOKEN_REFUSED' },
      });
      const other = newShop();
      await register(request(other));
      expect(await register(takeover, await prove(other))).toMatchObject({
        status: 401,
        body: { code: 'INSTANCE_PROOF_REQUIRED' },
      });
      expect(await db().findOneByOrFail(Instance, { id: self.id })).toMatchObject({
        keyThumbprint: thumbprint(self.publicJwk),
      });
    });

    it.each([
      ['no key', { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' }],
      ['a private key', generateEd25519().privateJwk],
      ['a low-order point', { kty: 'OKP', crv: 'Ed25519', x: Buffer.alloc(32).toString('base64url') }],
    ])('with %s is refused', async (_name, public_key) => {
      expect(await register(request(newShop(), { public_key }))).toMatchObject({
        status: 400,
        body: { code: 'INSTANCE_KEY_REFUSED' },
      });
    });

    it('in another mode takes waiting deliveries along', async () => {
      const self = newShop();
      await register(request(self));
      const id = await record(self.id);
      expect(await doJobs(hub)).toEqual([]);
      expect(await db().findOneByOrFail(Delivery, { id })).toMatchObject({ status: 'pending', nextAttemptAt: null });

      shop.prove(thumbprint(self.publicJwk));
      expect(await register(request(self), await prove(self))).toMatchObject({ body: { mode: 'push' } });
      await doJobs(hub);
      expect(shop.received.map(({ headers }) => headers['x-carpha-delivery-id'])).toEqual([id]);

      shop.answerWith(500);
      const later = await record(self.id);
      await doJobs(hub);
      shop.prove('x'.repeat(43));
      expect(await register(request(self), await prove(self))).toMatchObject({ body: { mode: 'pull' } });
      expect(await db().findOneByOrFail(Delivery, { id: later })).toMatchObject({
        status: 'pending',
        nextAttemptAt: null,
      });
    });

    it('again opens an endpoint that was gone', async () => {
      const self = newShop();
      shop.prove(thumbprint(self.publicJwk));
      await register(request(self));
      shop.answerWith(410);
      const id = await record(self.id);
      await doJobs(hub);
      shop.answerWith(200);
      await register(request(self), await prove(self));
      await doJobs(hub);
      expect(await db().findOneByOrFail(Delivery, { id })).toMatchObject({ status: 'delivered' });
    });
  });

  describe('proving who asks', () => {
    let self: TestInstance;
    beforeEach(async () => {
      self = await anInstance(hub.database);
    });

    it('counts once: the same token again is refused', async () => {
      const token = await asInstance(hub, self);
      expect((await call('GET', '/inbox', token)).status).toBe(200);
      expect(await call('GET', '/inbox', token)).toMatchObject({
        status: 401,
        body: { code: 'INSTANCE_TOKEN_REFUSED' },
      });
    });

    it('is forgotten by a job when no token could come back', async () => {
      await call('GET', '/inbox', await asInstance(hub, self));
      const uses = async () =>
        (await hub.database.dataSource.query('SELECT 1 FROM instance_token_uses WHERE instance_id = $1', [self.id]))
          .length as number;
      const forget = () => hub.app.get(InstancesService, { strict: false }).sweepTokenUses();
      clock.advance(300);
      await forget();
      expect(await uses()).toBe(1);
      clock.advance(1);
      await forget();
      await forget();
      expect(await uses()).toBe(0);
    });

    it('rotates the webhook secret', async () => {
      const { status, body } = await call('POST', '/instances/rotate-secret', await asInstance(hub, self));
      expect(status).toBe(200);
      const instance = await db().findOneByOrFail(Instance, { id: self.id });
      const secrets = hub.app.get(InstancesService, { strict: false }).webhookSecrets(instance);
      expect(secrets).toEqual([body['webhook_secret'], self.webhookSecret]);
    });

    it('rotates the key: from then on only the new one proves anything', async () => {
      const next = generateEd25519();
      const rotated = await call('POST', '/instances/rotate-key', await asInstance(hub, self), {
        public_key: next.publicJwk,
      });
      expect(rotated).toEqual({ status: 200, body: { key_thumbprint: next.kid } });
      expect((await call('GET', '/inbox', await asInstance(hub, self))).status).toBe(401);
      expect(
        (await call('GET', '/inbox', await asInstance(hub, { ...self, privateJwk: next.privateJwk }))).status,
      ).toBe(200);
      const audit = await db().findBy(AuditEntry, { subject: self.id, action: 'instance.key_rotated' });
      expect(audit).toHaveLength(1);
    });

    it('refuses a bad key for the next one', async () => {
      expect(
        await call('POST', '/instances/rotate-key', await asInstance(hub, self), { public_key: { kty: 'RSA' } }),
      ).toMatchObject({ status: 400, body: { code: 'INSTANCE_KEY_REFUSED' } });
    });

    it('is for this hub only', async () => {
      const token = await signInstanceToken(
        { instanceId: self.id, audience: 'https://other.example' },
        self.privateJwk,
        clock.now(),
      );
      expect((await call('GET', '/inbox', { authorization: `Bearer ${token}` })).status).toBe(401);
    });
  });

  describe('the inbox', () => {
    let self: TestInstance;
    beforeEach(async () => {
      self = await anInstance(hub.database);
    });
    const read = async (query = '') => {
      const { body } = await call('GET', `/inbox${query}`, await asInstance(hub, self));
      return body['items'] as unknown as {
        sequence: number;
        delivery_id: string;
        event: string;
        body: string;
        headers: Record<string, string>;
      }[];
    };
    const ack = async (...delivery_ids: string[]) =>
      call('POST', '/inbox/ack', await asInstance(hub, self), { delivery_ids });

    it('holds what was recorded, in order, signed as the webhook is', async () => {
      const ids = [await record(self.id, 'one'), await record(self.id, 'two'), await record(self.id, 'three')];
      await doJobs(hub);
      const items = await read();
      expect(items.map(({ delivery_id: id }) => id)).toEqual(ids);
      expect(items.map(({ body }) => (JSON.parse(body) as { reason: string }).reason)).toEqual(['one', 'two', 'three']);
      const [first, second] = items;
      expect(second!.sequence).toBeGreaterThan(first!.sequence);
      const headers = Object.fromEntries(
        Object.entries(first!.headers).map(([name, value]) => [name.toLowerCase(), value]),
      );
      const body = Buffer.from(first!.body);
      expect(verifyWebhook({ headers, body, secrets: [self.webhookSecret], now: clock.now() })).toMatchObject({
        deliveryId: ids[0],
        event: 'release.yanked',
      });
      expect((await read(`?after=${first!.sequence}`)).map(({ delivery_id: id }) => id)).toEqual(ids.slice(1));
    });

    it('shows nothing of other instances, and they cannot acknowledge it', async () => {
      const other = await anInstance(hub.database);
      const id = await record(other.id);
      await doJobs(hub);
      expect(await read()).toEqual([]);
      expect(await ack(id)).toEqual({ status: 200, body: { acknowledged: 0 } });
      expect(await db().findOneByOrFail(Delivery, { id })).toMatchObject({ status: 'pending' });
    });

    it('forgets what is acknowledged; acknowledging again is harmless', async () => {
      const id = await record(self.id);
      await doJobs(hub);
      expect(await ack(id, 'dly_00000000000000000000000000')).toEqual({ status: 200, body: { acknowledged: 1 } });
      expect(await ack(id)).toEqual({ status: 200, body: { acknowledged: 0 } });
      expect(await read()).toEqual([]);
      expect(await db().findOneByOrFail(Delivery, { id })).toMatchObject({
        status: 'delivered',
        deliveredAt: clock.now(),
      });
    });

    it('has no more of what was pushed, and is not pushed what was pulled', async () => {
      await db().update(Instance, { id: self.id }, { mode: 'push', baseUrl: shop.url });
      await record(self.id);
      await doJobs(hub);
      expect(await read()).toEqual([]);

      const pulled = await record(self.id);
      const [item] = await read();
      await ack(item!.delivery_id);
      await doJobs(hub);
      expect(shop.received.map(({ headers }) => headers['x-carpha-delivery-id'])).not.toContain(pulled);
    });

    it('still holds dead letters', async () => {
      const id = await record(self.id);
      await doJobs(hub);
      await db().update(Delivery, { id }, { status: 'dead' });
      expect((await read()).map(({ delivery_id }) => delivery_id)).toEqual([id]);
    });

    it('answers a long poll when an event comes, on whichever hub process it is recorded', async () => {
      const polls = [read('?wait=25'), read('?wait=25')];
      let answered = false;
      void Promise.race(polls).then(() => (answered = true));
      const id = await eventually('the polls wait', async () => !answered && record(self.id));
      const answers = await Promise.all(polls);
      expect(answers.map((items) => items.map(({ delivery_id }) => delivery_id))).toEqual([[id], [id]]);
      await doJobs(hub);
    });

    it('lets polls go when the process stops', async () => {
      const second = await startTestHub({ clock });
      const poller = await anInstance(second.database);
      const headers = await asInstance(second, poller);
      const poll = fetch(`${second.url}/store/marketplace/inbox?wait=25`, { headers });
      const waiters = second.app.get(InboxWaiters, { strict: false });
      await eventually('the poll waits', async () => waiters.countWaiting() > 0);
      const closing = second.close();
      expect(await (await poll).json()).toEqual({ items: [] });
      await closing;
    });

    it('takes any number for after, and waits no longer than it may', async () => {
      expect(await read('?after=99999999999999999999')).toEqual([]);
      expect(await read(`?after=${Number.MAX_SAFE_INTEGER}`)).toEqual([]);
      expect((await call('GET', '/inbox?after=-1', await asInstance(hub, self))).status).toBe(400);
    });
  });
});
