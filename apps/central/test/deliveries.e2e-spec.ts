import { verifyWebhook } from '@hansa/trust';
import {
  anInstance,
  asOperator,
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
import { Delivery, DeliveryAttempt, OutboxService } from '#outbox';
import { DeliverWebhookJob } from '../src/webhooks/deliver-webhook.job.js';
import { InboxService } from '../src/webhooks/inbox.service.js';
import { ResumeLostWorkJob } from '../src/webhooks/resume-lost-work.job.js';

const NOON = '2030-01-01T12:00:00.000Z';

describe('deliveries', () => {
  const clock = fixedClock(NOON);
  let hub: TestHub;
  let shop: TestShop;
  let instance: TestInstance;
  let job: DeliverWebhookJob;

  beforeAll(async () => {
    hub = await startTestHub({ clock });
    job = hub.app.get(DeliverWebhookJob, { strict: false });
  });
  afterAll(() => hub.close());
  beforeEach(async () => {
    clock.set(NOON);
    shop = await startTestShop();
    instance = await anInstance(hub.database, { mode: 'push', baseUrl: shop.url });
  });
  afterEach(async () => {
    await shop.close();
    expect(await hub.database.takeJobs()).toEqual([]);
  });

  const db = () => hub.database.dataSource.manager;
  /** Records an event for the instance, as a feature does. */
  const record = async (to = instance): Promise<string> => {
    const body = { marketplace_id: '@acme/p', version: '1.0.0', reason: 'broken' };
    const outbox = hub.app.get(OutboxService, { strict: false });
    const { deliveryId } = await hub.database.dataSource.transaction((tx) =>
      outbox.recordEvent(tx, 'release.yanked', to.id, body),
    );
    return deliveryId;
  };
  const now = (id: string) => db().findOneByOrFail(Delivery, { id });
  const waitingForLocks = async (): Promise<number> => {
    const [row]: { count: string }[] = await hub.database.dataSource.query(
      `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return Number(row?.count);
  };
  const attemptsOf = (deliveryId: string) =>
    db().find(DeliveryAttempt, { where: { deliveryId }, order: { attempt: 'ASC' } });

  describe('to a shop that answers', () => {
    it('are pushed once, signed, and done', async () => {
      const id = await record();
      expect(await doJobs(hub)).toEqual([]);
      const [webhook] = shop.received;
      expect(webhook?.path).toBe('/admin/marketplace/events');
      const secrets = [instance.webhookSecret];
      expect(
        verifyWebhook({ headers: webhook!.headers, body: webhook!.body, secrets, now: clock.now() }),
      ).toMatchObject({
        deliveryId: id,
        event: 'release.yanked',
      });
      expect(await now(id)).toMatchObject({
        status: 'delivered',
        attempts: 1,
        deliveredAt: clock.now(),
        nextAttemptAt: null,
      });
      expect(await attemptsOf(id)).toMatchObject([
        { attempt: 1, httpStatus: 200, error: null, startedAt: clock.now() },
      ]);
    });

    it('are not sent again when the job runs again', async () => {
      const deliveryId = await record();
      await doJobs(hub);
      await job.deliver({ deliveryId });
      expect(shop.received).toHaveLength(1);
    });

    it('are sent by one of two processes that try at once', async () => {
      const deliveryId = await record();
      await hub.database.takeJobs();
      await Promise.all([job.deliver({ deliveryId }), job.deliver({ deliveryId }), job.deliver({ deliveryId })]);
      expect(shop.received).toHaveLength(1);
      await hub.database.takeJobs(); // those that came second look again later
      expect(await now(deliveryId)).toMatchObject({ status: 'delivered' });
    });

    it('are not sent when another process is just writing them down as done', async () => {
      const deliveryId = await record();
      await hub.database.takeJobs();
      let sent: Promise<void> | undefined;
      await hub.database.dataSource.transaction(async (tx) => {
        const done = { status: 'delivered', deliveredAt: clock.now(), nextAttemptAt: null } as const;
        await tx.update(Delivery, { id: deliveryId }, done);
        sent = job.deliver({ deliveryId });
        await eventually('the try waits for the lock', async () => (await waitingForLocks()) > 0);
      });
      await sent;
      expect(shop.received).toHaveLength(0);
    });

    it('stay done when they were pulled while a push was under way that failed', async () => {
      shop.answerWith('hang');
      const deliveryId = await record();
      await hub.database.takeJobs();
      const sending = job.deliver({ deliveryId });
      await eventually('the push is under way', async () => shop.received.length === 1);
      await hub.app.get(InboxService, { strict: false }).acknowledge(instance.id, [deliveryId]);
      await shop.close();
      await sending;
      expect(await now(deliveryId)).toMatchObject({ status: 'delivered', attempts: 0 });
      expect(await attemptsOf(deliveryId)).toMatchObject([{ attempt: 1, httpStatus: null }]);
      shop = await startTestShop();
    });

    it('carry every secret that counts while one is rotated', async () => {
      const fresh = await hub.app.get(InstancesService, { strict: false }).rotateSecret(instance.id);
      await record();
      await doJobs(hub);
      const { headers, body } = shop.received[0]!;
      for (const secret of [fresh, instance.webhookSecret])
        expect(() => verifyWebhook({ headers, body, secrets: [secret], now: clock.now() })).not.toThrow();
    });

    it('stop carrying the old secret after a day', async () => {
      await hub.app.get(InstancesService, { strict: false }).rotateSecret(instance.id);
      clock.advance(24 * 3_600);
      await record();
      await doJobs(hub);
      const { headers, body } = shop.received[0]!;
      const secrets = [instance.webhookSecret];
      expect(() => verifyWebhook({ headers, body, secrets, now: clock.now() })).toThrow();
    });
  });

  describe('to a shop that does not', () => {
    it('follow the whole schedule, each try signed afresh under the same id, and end as a dead letter', async () => {
      shop.answerWith(500, 'out of order');
      const id = await record();
      const waits: number[] = [];
      for (;;) {
        const [next] = await doJobs(hub);
        const delivery = await now(id);
        expect(delivery.nextAttemptAt ?? undefined).toEqual(next?.runAt);
        if (!next) break;
        waits.push((next.runAt.getTime() - clock.now().getTime()) / 1_000);
        clock.set(next.runAt);
        await job.deliver({ deliveryId: id });
        // what that try set in motion is looked at in the next round
      }
      expect(waits).toEqual([5, 60, 300, 1_800, 7_200, 43_200]);
      expect(shop.received).toHaveLength(7);
      expect(new Set(shop.received.map(({ headers }) => headers['x-carpha-delivery-id']))).toEqual(new Set([id]));
      expect(new Set(shop.received.map(({ headers }) => headers['x-carpha-signature'])).size).toBe(7);
      expect(await now(id)).toMatchObject({ status: 'dead', attempts: 7, nextAttemptAt: null });
      const attempts = await attemptsOf(id);
      expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect(attempts[6]).toMatchObject({ httpStatus: 500, responseExcerpt: 'out of order' });
    });

    it.each(['reset', 301, 404, 429] as const)('wait for the next try (%s)', async (behaviour) => {
      shop.answerWith(behaviour);
      const id = await record();
      const [next] = await doJobs(hub);
      expect(next).toMatchObject({
        name: 'deliver-webhook',
        payload: { deliveryId: id },
        runAt: new Date('2030-01-01T12:00:05Z'),
      });
      expect(await now(id)).toMatchObject({ status: 'pending', attempts: 1, nextAttemptAt: next!.runAt });
    });

    it('arrive when it comes back', async () => {
      shop.answerWith('reset');
      const id = await record();
      const [next] = await doJobs(hub);
      shop.answerWith(200);
      clock.set(next!.runAt);
      await job.deliver({ deliveryId: id });
      expect(await now(id)).toMatchObject({ status: 'delivered', attempts: 2 });
    });

    it('wait until they are due', async () => {
      shop.answerWith(500);
      const deliveryId = await record();
      await doJobs(hub);
      await job.deliver({ deliveryId });
      expect(shop.received).toHaveLength(1);
      expect(await hub.database.takeJobs()).toMatchObject([{ runAt: new Date('2030-01-01T12:00:05Z') }]);
    });
  });

  describe('to a shop whose endpoint is gone (410)', () => {
    it('stop being pushed and wait in the inbox, and the log says so', async () => {
      shop.answerWith(410);
      const [first, second] = [await record(), await record()];
      expect(await doJobs(hub)).toEqual([]);
      expect(shop.received).toHaveLength(1);
      for (const id of [first, second]) expect(await now(id)).toMatchObject({ status: 'pending', nextAttemptAt: null });
      expect(await db().findOneByOrFail(Instance, { id: instance.id })).toMatchObject({ pushDisabledAt: clock.now() });
      const actions = (await db().findBy(AuditEntry, { subject: instance.id })).map(({ action }) => action);
      expect(actions).toEqual(['instance.push_disabled']);
    });
  });

  it('to an instance that pulls wait in its inbox', async () => {
    const puller = await anInstance(hub.database, { mode: 'pull', baseUrl: shop.url });
    const id = await record(puller);
    expect(await doJobs(hub)).toEqual([]);
    expect(shop.received).toHaveLength(0);
    expect(await now(id)).toMatchObject({ status: 'pending', attempts: 0, nextAttemptAt: null });
  });

  describe('when the process is killed between sending and writing it down', () => {
    // The sweep sees every delivery: those of other tests are put aside.
    beforeEach(() => db().update(Delivery, { status: 'pending' }, { nextAttemptAt: null }));

    it('are sent once more under the same id when the claim has ended, and not before', async () => {
      const deliveryId = await record();
      await hub.database.takeJobs();
      // What a killed process leaves: the claim, and no outcome.
      await db().update(Delivery, { id: deliveryId }, { nextAttemptAt: new Date(clock.now().getTime() + 45_000) });
      await job.deliver({ deliveryId });
      expect(shop.received).toHaveLength(0);
      const [again] = await hub.database.takeJobs();
      clock.set(again!.runAt);
      await job.deliver({ deliveryId });
      expect(shop.received.map(({ headers }) => headers['x-carpha-delivery-id'])).toEqual([deliveryId]);
      expect(await now(deliveryId)).toMatchObject({ status: 'delivered' });
    });

    it('are left to their job while they have one', async () => {
      await record();
      const jobs = () => hub.database.dataSource.query('SELECT * FROM graphile_worker._private_jobs');
      await hub.database.dataSource.query('UPDATE graphile_worker._private_jobs SET attempts = 7');
      const before: unknown = await jobs();
      clock.advance(3_600);
      await hub.app.get(ResumeLostWorkJob, { strict: false }).resume();
      expect(await jobs()).toEqual(before);
      await hub.database.takeJobs();
    });

    it('are picked up by the sweep when the job is gone too', async () => {
      const deliveryId = await record();
      await hub.database.takeJobs();
      const sweep = hub.app.get(ResumeLostWorkJob, { strict: false });
      clock.advance(119);
      await sweep.resume();
      expect(await hub.database.takeJobs()).toEqual([]);
      clock.advance(2);
      await sweep.resume();
      await sweep.resume();
      expect(await hub.database.takeJobs()).toMatchObject([{ name: 'deliver-webhook', payload: { deliveryId } }]);
    });
  });

  describe('at the console', () => {
    let operator: Record<string, string>;
    beforeEach(async () => {
      operator = await asOperator(hub);
    });
    const ask = async (path: string, method = 'GET', body?: object) => {
      const response = await fetch(`${hub.url}/console/deliveries${path}`, {
        method,
        headers: { ...operator, ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>) };
    };
    const deadLetter = async (): Promise<string> => {
      const id = await record();
      await hub.database.takeJobs();
      await db().update(Delivery, { id }, { status: 'dead', attempts: 7, nextAttemptAt: null });
      return id;
    };

    it('are listed by status and instance, newest first, without their bodies', async () => {
      const dead = await deadLetter();
      const waiting = await record();
      await hub.database.takeJobs();
      const all = await ask(`?instance=${instance.id}`);
      expect(all.body).toMatchObject({ count: 2, limit: 20, offset: 0, items: [{ id: waiting }, { id: dead }] });
      const { body } = await ask(`?status=dead&instance=${instance.id}`);
      expect(body).toEqual({
        items: [
          {
            id: dead,
            event: 'release.yanked',
            instance_id: instance.id,
            status: 'dead',
            attempts: 7,
            next_attempt_at: null,
            delivered_at: null,
            created_at: NOON,
          },
        ],
        count: 1,
        limit: 20,
        offset: 0,
      });
    });

    it('show every try', async () => {
      shop.answerWith(503, 'later');
      const id = await record();
      await doJobs(hub);
      const { body } = await ask(`/${id}`);
      expect(body).toMatchObject({
        id,
        status: 'pending',
        attempt_log: [{ attempt: 1, started_at: NOON, http_status: 503, error: null, response_excerpt: 'later' }],
      });
      expect(await ask('/dly_none')).toMatchObject({ status: 404, body: { code: 'DELIVERY_NOT_FOUND' } });
    });

    it('are sent again by hand, with the whole schedule before them', async () => {
      shop.answerWith(500);
      const id = await deadLetter();
      expect((await ask(`/${id}/replay`, 'POST')).status).toBe(204);
      expect(await doJobs(hub)).toMatchObject([{ runAt: new Date('2030-01-01T12:00:05Z') }]);
      expect(await now(id)).toMatchObject({ status: 'pending', attempts: 1 });
      const actions = await db().findBy(AuditEntry, { subject: id });
      expect(actions).toMatchObject([{ action: 'delivery.replayed', actor: expect.stringMatching(/^operator:acc_/) }]);
    });

    it('number their tries on after a replay', async () => {
      shop.answerWith(500);
      const id = await record();
      await doJobs(hub);
      await ask(`/${id}/replay`, 'POST');
      await doJobs(hub);
      expect((await attemptsOf(id)).map(({ attempt }) => attempt)).toEqual([1, 2]);
    });

    it('are not sent again once they are done', async () => {
      const id = await record();
      await doJobs(hub);
      expect(await ask(`/${id}/replay`, 'POST')).toMatchObject({ status: 409, body: { code: 'DELIVERY_DONE' } });
      expect(await ask('/dly_none/replay', 'POST')).toMatchObject({
        status: 404,
        body: { code: 'DELIVERY_NOT_FOUND' },
      });
    });

    it('are sent again for a range of time, dead ones only', async () => {
      clock.set('2031-06-01T00:00:00Z');
      const early = await deadLetter();
      clock.set('2031-06-02T00:00:00Z');
      const inside = await deadLetter();
      const waiting = await record();
      await hub.database.takeJobs();
      operator = await asOperator(hub); // a session lasts hours, not years
      const range = { from: '2031-06-01T12:00:00Z', to: '2031-06-02T12:00:00Z' };
      expect(await ask('/replay', 'POST', range)).toEqual({ status: 200, body: { replayed: 1 } });
      expect(await hub.database.takeJobs()).toMatchObject([{ payload: { deliveryId: inside } }]);
      expect(await now(early)).toMatchObject({ status: 'dead' });
      expect(await now(waiting)).toMatchObject({ status: 'pending' });
      expect(await ask('/replay', 'POST', range)).toEqual({ status: 200, body: { replayed: 0 } });
    });
  });
});
