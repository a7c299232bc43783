import { readFile } from 'node:fs/promises';
import { verifyWebhook } from '@hansa/trust';
import {
  aPaidPackage,
  anInstance,
  anOrder,
  doJobs,
  fixedClock,
  sendStripeEvent,
  startTestHub,
  startTestShop,
  stripeEvent,
  stripeSignature,
  type TestHub,
  type TestInstance,
  type TestShop,
} from '#test';
import { AuditEntry } from '#audit';
import type { Package } from '#catalog';
import { Order } from '#checkout';
import { LedgerPosting } from '#earnings';
import { License } from '#licenses';
import { Delivery } from '#outbox';
import { StripeEventRow } from '#webhooks';
import { ResumeLostWorkJob } from '../src/webhooks/resume-lost-work.job.js';
import { HEARD_TYPES, StripeInbox } from '../src/webhooks/stripe-inbox.service.js';

const NOON = '2030-01-01T12:00:00Z';

describe('what Stripe says', () => {
  const clock = fixedClock(NOON);
  let hub: TestHub;
  let shop: TestShop;
  let instance: TestInstance;
  let item: Package;
  let order: Order;

  beforeAll(async () => {
    hub = await startTestHub({ clock });
  });
  afterAll(() => hub.close());
  beforeEach(async () => {
    clock.set(NOON);
    shop = await startTestShop();
    instance = await anInstance(hub.database, { mode: 'push', baseUrl: shop.url });
    item = await aPaidPackage(hub.database);
    order = await anOrder(hub.database, { packageId: item.id, instanceId: instance.id });
  });
  afterEach(async () => {
    await shop.close();
    expect(await hub.database.takeJobs()).toEqual([]);
  });

  const db = () => hub.database.dataSource.manager;
  const statusNow = async () => (await db().findOneByOrFail(Order, { id: order.id })).status;
  const consequences = async () => ({
    licenses: await db().countBy(License, { orderId: order.id }),
    entries: await db().countBy(LedgerPosting, { orderId: order.id }),
    deliveries: await db().countBy(Delivery, { instanceId: instance.id }),
  });
  const ONCE = { licenses: 1, entries: 3, deliveries: 1 };
  const NOTHING = { licenses: 0, entries: 0, deliveries: 0 };

  it('refuses an event of the live mode while it has a key of the test mode', async () => {
    const event = JSON.stringify({ ...(JSON.parse(stripeEvent(order)) as object), livemode: true });
    const response = await sendStripeEvent(hub, event);
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'STRIPE_EVENT_OF_OTHER_MODE' }]);
    expect(await db().findOneBy(StripeEventRow, { id: (JSON.parse(event) as { id: string }).id })).toBeNull();
  });

  it('names in its manual exactly the events it hears', async () => {
    const manual = await readFile(new URL('../../../docs/operations/stripe.md', import.meta.url), 'utf8');
    const named = [...manual.matchAll(/^\| `([a-z_.]+)` /gm)].map(([, type]) => type);
    expect(named.sort()).toEqual([...HEARD_TYPES].sort());
  });

  it('does not believe an event of another account', async () => {
    const event = JSON.stringify({ ...(JSON.parse(stripeEvent(order)) as object), account: 'acct_other' });
    expect((await sendStripeEvent(hub, event)).status).toBe(200);
    await doJobs(hub);
    expect([await statusNow(), await consequences()]).toEqual(['open', NOTHING]);
  });
  /** Each event by itself, handled before the next one comes. */
  const say = async (...events: string[]) => {
    for (const event of events) {
      expect((await sendStripeEvent(hub, event)).status).toBe(200);
      await doJobs(hub);
    }
  };
  const unpaid = { session: { payment_status: 'unpaid' } };
  const outcomeOf = async (event: string) => {
    const { id } = JSON.parse(event) as { id: string };
    return (await db().findOneByOrFail(StripeEventRow, { id })).outcome;
  };

  describe('about a payment', () => {
    it('pays the order, issues the license, books the sale and tells the shop', async () => {
      await say(stripeEvent(order));
      const license = await db().findOneByOrFail(License, { orderId: order.id });
      expect(await db().findOneByOrFail(Order, { id: order.id })).toMatchObject({
        status: 'paid',
        paidAt: clock.now(),
        stripePaymentIntent: `pi_${order.id}`,
      });
      expect(license).toMatchObject({ kind: 'one_time', customerEmail: order.customerEmail, instanceId: instance.id });
      const entries = await db().find(LedgerPosting, { where: { orderId: order.id }, order: { account: 'ASC' } });
      expect(entries).toMatchObject([
        { account: 'hub_fee', amountMinor: 490, currency: 'EUR', publisherId: item.publisherId },
        { account: 'merchant_payment', amountMinor: -4_900, currency: 'EUR', publisherId: item.publisherId },
        { account: 'publisher_payable', amountMinor: 4_410, currency: 'EUR', publisherId: item.publisherId },
      ]);
      const actions = (await db().findBy(AuditEntry, { subject: order.id })).map(({ actor, action }) => [
        actor,
        action,
      ]);
      expect(actions).toEqual([['stripe', 'order.paid']]);

      const [webhook] = shop.received;
      const secrets = [instance.webhookSecret];
      expect(
        verifyWebhook({ headers: webhook!.headers, body: webhook!.body, secrets, now: clock.now() }),
      ).toMatchObject({
        event: 'license.issued',
      });
      expect(JSON.parse(webhook!.body.toString())).toEqual({
        marketplace_id: item.marketplaceId,
        version: '1.0.0',
        license_key: expect.stringMatching(/^CC-(\w{4}-){2}\w{4}$/),
        purchased_by: order.customerEmail,
        license_id: license.id,
        kind: 'one_time',
        expires_at: null,
        updates_until: '2031-01-01T12:00:00.000Z',
      });
    });

    it('counts once when the same event comes five times', async () => {
      const event = stripeEvent(order);
      await say(event, event, event, event, event);
      expect(await consequences()).toEqual(ONCE);
      expect(shop.received).toHaveLength(1);
    });

    it('counts once when the same event comes five times at the same moment', async () => {
      const event = stripeEvent(order);
      const answers = await Promise.all(Array.from({ length: 5 }, () => sendStripeEvent(hub, event)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
      expect(await hub.database.takeJobs()).toHaveLength(1);
      const { id: eventId } = JSON.parse(event) as { id: string };
      await hub.app.get(StripeInbox, { strict: false }).handle({ eventId });
      await doJobs(hub);
      expect(await consequences()).toEqual(ONCE);
    });

    it('counts once when two workers handle the same event, and when a job runs again', async () => {
      const event = stripeEvent(order);
      await sendStripeEvent(hub, event);
      const [job] = await hub.database.takeJobs();
      const inbox = hub.app.get(StripeInbox, { strict: false });
      const payload = job!.payload as { eventId: string };
      await Promise.all([inbox.handle(payload), inbox.handle(payload), inbox.handle(payload)]);
      await doJobs(hub);
      expect(await consequences()).toEqual(ONCE);

      const handled = await db().findOneByOrFail(StripeEventRow, { id: payload.eventId });
      clock.advance(1);
      await inbox.handle(payload);
      expect(await db().findOneByOrFail(StripeEventRow, { id: payload.eventId })).toEqual(handled);
      expect(handled.outcome).toBe('paid');
    });

    it('sets nothing in motion when it is told again later', async () => {
      const event = stripeEvent(order);
      await say(event);
      expect((await sendStripeEvent(hub, event)).status).toBe(200);
      expect(await hub.database.takeJobs()).toEqual([]);
    });

    it('counts once when several events say it and several workers hear them', async () => {
      const events = [1, 2, 3, 4].map(() => stripeEvent(order));
      for (const event of events) await sendStripeEvent(hub, event);
      const inbox = hub.app.get(StripeInbox, { strict: false });
      const jobs = await hub.database.takeJobs();
      await Promise.all(jobs.map(({ payload }) => inbox.handle(payload as { eventId: string })));
      await doJobs(hub);
      expect(await consequences()).toEqual(ONCE);
    });

    it('waits for money that comes later', async () => {
      await say(stripeEvent(order, unpaid));
      expect(await statusNow()).toBe('awaiting_payment');
      expect(await consequences()).toEqual(NOTHING);
      await say(stripeEvent(order, { type: 'checkout.session.async_payment_succeeded' }));
      expect(await statusNow()).toBe('paid');
      expect(await consequences()).toEqual(ONCE);
    });

    it('gives up on money that does not come', async () => {
      await say(stripeEvent(order, unpaid), stripeEvent(order, { type: 'checkout.session.async_payment_failed' }));
      expect(await statusNow()).toBe('failed');
      expect(await consequences()).toEqual(NOTHING);
    });

    it('closes an order whose page has closed', async () => {
      await say(stripeEvent(order, { type: 'checkout.session.expired' }));
      expect(await statusNow()).toBe('expired');
      expect(await consequences()).toEqual(NOTHING);
    });

    it('keeps the subscription of a subscription', async () => {
      item = await aPaidPackage(hub.database, { licenseKind: 'subscription', billingInterval: 'month' });
      order = await anOrder(hub.database, {
        packageId: item.id,
        instanceId: instance.id,
        licenseKind: 'subscription',
        billingInterval: 'month',
      });
      await say(stripeEvent(order, { session: { payment_intent: null, subscription: 'sub_1' } }));
      expect(await db().findOneByOrFail(Order, { id: order.id })).toMatchObject({ stripeSubscription: 'sub_1' });
      const expiresAt = new Date('2030-02-01T12:00:00Z');
      expect(await db().findOneByOrFail(License, { orderId: order.id })).toMatchObject({
        expiresAt,
        updatesUntil: expiresAt,
      });
    });
  });

  describe('in any order', () => {
    it.each([
      ['checkout.session.expired', {}],
      ['checkout.session.async_payment_failed', {}],
      ['checkout.session.completed', unpaid],
    ])('lets a paid order be, whatever comes late (%s)', async (type, change) => {
      const late = stripeEvent(order, { type, ...change });
      await say(stripeEvent(order), late);
      expect(await statusNow()).toBe('paid');
      expect(await outcomeOf(late)).toBe('late');
      expect(await consequences()).toEqual(ONCE);
    });

    it.each(['checkout.session.expired', 'checkout.session.async_payment_failed'])(
      'lets money count after %s',
      async (type) => {
        await say(stripeEvent(order, { type }), stripeEvent(order));
        expect(await statusNow()).toBe('paid');
        expect(await consequences()).toEqual(ONCE);
      },
    );
  });

  describe('that is not ours to act on', () => {
    it.each(['invoice.updated', 'charge.succeeded', 'payout.paid', 'toString'])(
      'is kept for later and changes nothing (%s)',
      async (type) => {
        const event = stripeEvent(order, { type });
        await say(event);
        expect(await outcomeOf(event)).toBe('ignored');
        expect(await statusNow()).toBe('open');
      },
    );

    it.each([
      ['an order nobody placed', { client_reference_id: 'ord_00000000000000000000000000' }, 'ignored'],
      ['no order', { client_reference_id: null }, 'ignored'],
      ['another session of the order', { id: 'cs_test_other' }, 'other_session'],
      ['a lower price', { amount_total: 1 }, 'amount_mismatch'],
      ['another currency', { currency: 'huf' }, 'currency_mismatch'],
    ])('is not believed about %s', async (_name, session, outcome) => {
      const event = stripeEvent(order, { session });
      await say(event);
      expect(await outcomeOf(event)).toBe(outcome);
      expect(await statusNow()).toBe('open');
      expect(await consequences()).toEqual(NOTHING);
    });
  });

  describe('without a good signature', () => {
    const send = async (payload: string, headers: Record<string, string>) =>
      fetch(`${hub.url}/webhooks/stripe`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: payload,
      });

    it.each<[string, (event: string) => Record<string, string>]>([
      ['none', () => ({})],
      ['garbage', () => ({ 'stripe-signature': 'garbage' })],
      ['another secret', (event) => ({ 'stripe-signature': stripeSignature(event, clock.now(), 'whsec_other') })],
      ['other bytes', (event) => ({ 'stripe-signature': stripeSignature(`${event} `, clock.now()) })],
      [
        'an hour ago',
        (event) => ({ 'stripe-signature': stripeSignature(event, new Date(clock.now().getTime() - 3_600_000)) }),
      ],
      [
        '301 seconds ago',
        (event) => ({ 'stripe-signature': stripeSignature(event, new Date(clock.now().getTime() - 301_000)) }),
      ],
    ])('is refused and not kept (%s)', async (_name, headers) => {
      const event = stripeEvent(order);
      const response = await send(event, headers(event));
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ type: 'invalid_data', code: 'STRIPE_SIGNATURE_REFUSED' });
      expect(await db().countBy(StripeEventRow, { id: (JSON.parse(event) as { id: string }).id })).toBe(0);
    });

    it('is taken from each endpoint the hub has at Stripe', async () => {
      const event = stripeEvent(order, { type: 'account.updated' });
      const signature = stripeSignature(event, clock.now(), 'whsec_connected');
      expect((await send(event, { 'stripe-signature': signature })).status).toBe(200);
      await doJobs(hub);
    });

    it('is taken up to 300 seconds old', async () => {
      const event = stripeEvent(order, { type: 'payout.paid' });
      const signature = stripeSignature(event, new Date(clock.now().getTime() - 300_000));
      expect((await send(event, { 'stripe-signature': signature })).status).toBe(200);
      await doJobs(hub);
    });
  });

  describe('and the work is lost on the way', () => {
    it('is left to its job while it has one, however long that takes', async () => {
      await sendStripeEvent(hub, stripeEvent(order));
      const jobs = () => hub.database.dataSource.query('SELECT * FROM graphile_worker._private_jobs');
      await hub.database.dataSource.query('UPDATE graphile_worker._private_jobs SET attempts = 7');
      const before: unknown = await jobs();
      clock.advance(3_600);
      await hub.app.get(ResumeLostWorkJob, { strict: false }).resume();
      expect(await jobs()).toEqual(before);
      await doJobs(hub);
    });

    it('is picked up by the sweep when its job is gone, and not before it is overdue', async () => {
      await sendStripeEvent(hub, stripeEvent(order));
      await hub.database.takeJobs();
      const resume = () => hub.app.get(ResumeLostWorkJob, { strict: false }).resume();
      await resume();
      expect(await hub.database.takeJobs()).toEqual([]);
      clock.advance(121);
      await resume();
      await resume();
      const jobs = await hub.database.takeJobs();
      expect(jobs.map(({ name }) => name)).toEqual(['handle-stripe-event']);
      const inbox = hub.app.get(StripeInbox, { strict: false });
      await inbox.handle(jobs[0]!.payload as { eventId: string });
      await doJobs(hub);
      expect(await consequences()).toEqual(ONCE);
    });
  });
});
