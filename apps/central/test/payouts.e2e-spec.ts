import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  anInstance,
  anOrder,
  aSeller,
  asPublisher,
  doJobs,
  fixedClock,
  sendStripeEvent,
  startHoldingProxy,
  startStripeSandbox,
  startTestHub,
  type StripeSandbox,
  type TestHub,
} from '#test';
import { AuditEntry } from '#audit';
import type { Order } from '#checkout';
import { centralConfigForTests } from '#config';
import { Payout, PayoutAccount, PayoutsService, StripeFee, StripeFees } from '#earnings';
import { Mail } from '#mail';
import { moneyEvent, refundEvent, sessionEvent } from './support/money.js';
import { ConnectGateway } from '../src/earnings/connect-gateway.js';

const WORKER = fileURLToPath(new URL('../dist/src/worker.js', import.meta.url));
const SUNDAY = '2030-01-06T23:59:59Z';
const MONDAY = '2030-01-07T05:00:00Z';
const DETAILS = { email: 'money@nord.example', country: 'DE' };

describe('what publishers earn', () => {
  const clock = fixedClock(SUNDAY);
  let sandbox: StripeSandbox;
  let hub: TestHub;
  let instanceId: string;

  beforeAll(async () => {
    sandbox = await startStripeSandbox();
    const stripe = { ...centralConfigForTests().stripe, apiBase: sandbox.url };
    hub = await startTestHub({ clock, config: { stripe } });
    instanceId = (await anInstance(hub.database)).id;
    await sandbox.pay(900_000);
  });
  afterAll(async () => {
    await hub.close();
    await sandbox.close();
  });
  beforeEach(() => clock.set(SUNDAY));

  const db = () => hub.database.dataSource.manager;
  const payouts = () => hub.app.get(PayoutsService, { strict: false });
  const say = async (...events: string[]) => {
    for (const event of events) {
      expect((await sendStripeEvent(hub, event)).status).toBe(200);
      await doJobs(hub);
    }
  };
  const aSale = async (packageId: string, amountMinor = 4_900): Promise<Order> => {
    const order = await anOrder(hub.database, { packageId, instanceId, amountMinor });
    await say(sessionEvent(order));
    return order;
  };
  const ask = async (publisherId: string, path: string, body?: object) => {
    const headers = { ...(await asPublisher(hub, publisherId)), 'content-type': 'application/json' };
    const init = body ? { method: 'POST', body: JSON.stringify(body) } : {};
    const answer = await fetch(`${hub.url}/publisher/${path}`, { headers, ...init });
    return (await answer.json()) as Record<string, unknown>;
  };
  const open = async (publisherId: string) => (await ask(publisherId, 'payout-account', DETAILS))['url'] as string;
  const fillIn = (url: string) =>
    fetch(`${sandbox.url}${new URL(url).pathname}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      redirect: 'manual',
    });
  const aPayableSeller = async () => {
    const seller = await aSeller(hub);
    await fillIn(await open(seller.publisherId));
    return seller;
  };
  const payAt = async (time: string) => {
    clock.set(time);
    await payouts().payPublishers();
    await doJobs(hub);
  };
  const payoutsOf = (publisherId: string) => db().find(Payout, { where: { publisherId }, order: { week: 'ASC' } });
  const transfersOf = async (publisherId: string) => {
    const { stripeAccount } = await db().findOneByOrFail(PayoutAccount, { publisherId });
    return (await sandbox.stripe.transfers.list({ destination: stripeAccount! })).data;
  };
  const balanceOf = async (publisherId: string) => {
    const { balances } = (await ask(publisherId, 'earnings')) as { balances: { balance_minor: number }[] };
    return balances[0]?.balance_minor;
  };

  describe('the payout account', () => {
    it('is opened once and payable once its owner has filled it in', async () => {
      const { publisherId } = await aSeller(hub);
      expect(await ask(publisherId, 'payout-account')).toMatchObject({ code: 'PAYOUT_ACCOUNT_MISSING' });
      const [url] = await Promise.all([open(publisherId), open(publisherId), open(publisherId)]);
      const account = await ask(publisherId, 'payout-account');
      expect(account).toMatchObject({ country: 'DE', payable: false, disabled_reason: 'requirements.past_due' });
      expect((await fillIn(url)).headers.get('location')).toBe(`${hub.ground.config.hubUrl}/payout-account/done`);
      expect(await ask(publisherId, 'payout-account')).toEqual({
        ...account,
        details_submitted: true,
        payable: true,
        currently_due: [],
        disabled_reason: null,
      });
      const all = await sandbox.stripe.accounts.list({ limit: 100 });
      expect(all.data.filter(({ metadata }) => metadata?.['publisher_id'] === publisherId)).toHaveLength(1);
    });

    it('is what Stripe last said, however late an older word arrives', async () => {
      const { publisherId } = await aPayableSeller();
      const { stripeAccount: id } = await db().findOneByOrFail(PayoutAccount, { publisherId });
      const word = (created: number, isPayable: boolean) =>
        moneyEvent('account.updated', created, {
          id,
          object: 'account',
          details_submitted: true,
          payouts_enabled: isPayable,
          capabilities: { transfers: isPayable ? 'active' : 'inactive' },
          requirements: { currently_due: isPayable ? [] : ['tos_acceptance.date'], disabled_reason: null },
        });
      const now = clock.now().getTime() / 1_000;
      await say(word(now - 10, true), word(now - 60, false));
      expect(await db().findOneByOrFail(PayoutAccount, { publisherId })).toMatchObject({ isPayable: true, due: [] });
      await say(word(now - 5, false));
      expect(await db().findOneByOrFail(PayoutAccount, { publisherId })).toMatchObject({ isPayable: false });
    });

    it.each([
      ['no e-mail', { country: 'DE' }],
      ['a bad e-mail', { email: 'nobody', country: 'DE' }],
      ['a bad country', { email: 'a@b.example', country: 'Germany' }],
      ['an unknown field', { ...DETAILS, stripe_account: 'acct_1' }],
    ])('is not opened with %s', async (_, body) => {
      const { publisherId } = await aSeller(hub);
      expect(await ask(publisherId, 'payout-account', body)).toMatchObject({ code: 'VALIDATION_FAILED' });
      expect(await db().countBy(PayoutAccount, { publisherId })).toBe(0);
    });
  });

  describe('the weekly payout', () => {
    it('pays what was earned, once, and says so in statement and mail', async () => {
      const { publisherId, item } = await aPayableSeller();
      const order = await aSale(item.id);
      await payAt(MONDAY);
      await payAt(MONDAY);
      const transfers = await transfersOf(publisherId);
      expect(transfers).toMatchObject([{ amount: 4_410, currency: 'eur', metadata: { publisher_id: publisherId } }]);
      const [payout, ...others] = await payoutsOf(publisherId);
      expect(others).toEqual([]);
      expect(payout).toMatchObject({ week: '2029-12-31', status: 'paid', stripeTransfer: transfers[0]!.id });
      expect(await ask(publisherId, 'earnings')).toMatchObject({
        balances: [{ currency: 'EUR', balance_minor: 0, paid_out_minor: 4_410 }],
        items: [
          { kind: 'payout', order_id: null, reference: payout!.id, amount_minor: -4_410 },
          { kind: 'sale', order_id: order.id, amount_minor: 4_410, currency: 'EUR' },
        ],
        count: 2,
      });
      expect(await ask(publisherId, 'payouts')).toMatchObject({
        items: [{ id: payout!.id, status: 'paid' }],
        count: 1,
      });
      expect(await db().findBy(Mail, { cause: `payout:${payout!.id}` })).toMatchObject([{ recipient: DETAILS.email }]);
    });

    it('takes the week in UTC: what was sold on Monday waits a week', async () => {
      const { publisherId, item } = await aPayableSeller();
      clock.set('2030-01-07T00:00:00Z');
      await aSale(item.id);
      await payAt(MONDAY);
      expect(await payoutsOf(publisherId)).toEqual([]);
      await payAt('2030-01-14T05:00:00Z');
      expect(await payoutsOf(publisherId)).toMatchObject([{ week: '2030-01-07', amountMinor: 4_410 }]);
    });

    it('takes what went back after the week from it', async () => {
      const { publisherId, item } = await aPayableSeller();
      const [first] = [await aSale(item.id), await aSale(item.id)];
      clock.set('2030-01-07T01:00:00Z');
      await say(refundEvent(first, 0, 4_900));
      await payAt(MONDAY);
      expect(await payoutsOf(publisherId)).toMatchObject([{ amountMinor: 4_410 }]);
    });

    it('claws back what is refunded later, and carries a negative balance', async () => {
      const { publisherId, item } = await aPayableSeller();
      const order = await aSale(item.id);
      await payAt(MONDAY);
      await say(refundEvent(order, 0, 4_900));
      expect(await balanceOf(publisherId)).toBe(-4_410);
      await aSale(item.id);
      await payAt('2030-01-14T05:00:00Z');
      expect(await balanceOf(publisherId)).toBe(0);
      await aSale(item.id);
      await payAt('2030-01-21T05:00:00Z');
      expect((await payoutsOf(publisherId)).map(({ amountMinor }) => amountMinor)).toEqual([4_410, 4_410]);
    });

    it('carries on what is less than the least payout, to the cent', async () => {
      const [enough, less] = [await aPayableSeller(), await aPayableSeller()];
      await aSale(enough.item.id, 2_777);
      await aSale(less.item.id, 2_776);
      await payAt(MONDAY);
      expect(await payoutsOf(enough.publisherId)).toMatchObject([{ amountMinor: 2_500 }]);
      expect(await payoutsOf(less.publisherId)).toEqual([]);
      expect(await balanceOf(less.publisherId)).toBe(2_499);
    });

    it('waits for a publisher that cannot be paid', async () => {
      const { publisherId, item } = await aSeller(hub);
      await open(publisherId);
      await aSale(item.id);
      await payAt(MONDAY);
      await fillIn(await open(publisherId));
      expect(await payoutsOf(publisherId)).toEqual([]);
      expect(await payouts().planByHand(undefined)).toMatchObject({ week: '2029-12-31' });
      await doJobs(hub);
      expect(await payoutsOf(publisherId)).toMatchObject([{ status: 'paid', amountMinor: 4_410 }]);
    });

    it('plans one payout for plans that run at the same time', async () => {
      const { publisherId, item } = await aPayableSeller();
      await aSale(item.id);
      clock.set(MONDAY);
      await Promise.all(Array.from({ length: 8 }, () => payouts().payPublishers()));
      await doJobs(hub);
      expect(await transfersOf(publisherId)).toMatchObject([{ amount: 4_410 }]);
      expect(await balanceOf(publisherId)).toBe(0);
    });

    it('makes one transfer, though the hub died before it could write that down', async () => {
      const { publisherId, item } = await aPayableSeller();
      await aSale(item.id);
      clock.set(MONDAY);
      await payouts().payPublishers();
      const [payout] = await payoutsOf(publisherId);
      const verdict = await hub.app.get(ConnectGateway, { strict: false }).transfer(payout!);
      const send = () => payouts().send({ payoutId: payout!.id });
      await Promise.all([send(), send(), send()]);
      await doJobs(hub);
      expect(await db().countBy(AuditEntry, { subject: payout!.id, action: 'payout.paid' })).toBe(1);
      const [transfer, ...others] = await transfersOf(publisherId);
      expect([verdict, others]).toEqual([{ transfer: transfer!.id }, []]);
      expect(await payoutsOf(publisherId)).toMatchObject([{ status: 'paid', stripeTransfer: transfer!.id }]);
    });

    it('pays once, though its worker was killed after Stripe had made the transfer and before that was written', async () => {
      const { publisherId, item } = await aPayableSeller();
      await aSale(item.id);
      clock.set(MONDAY);
      await payouts().payPublishers();
      const [payout] = await payoutsOf(publisherId);
      const proxy = await startHoldingProxy(
        sandbox.url,
        (method, path) => method === 'POST' && path === '/v1/transfers',
      );
      const dataDir = await mkdtemp(join(tmpdir(), 'hansa-payouts-'));
      const env = {
        PATH: process.env['PATH'],
        DATABASE_URL: hub.database.url,
        DATA_DIR: dataDir,
        MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
        STRIPE_SECRET_KEY: 'sk_test_shop',
        STRIPE_API_BASE: proxy.url,
        LOG_LEVEL: 'error',
      };
      const worker = spawn(process.execPath, [WORKER], { env, stdio: ['ignore', 'ignore', 'inherit'] });
      const ended = once(worker, 'exit');
      await Promise.race([proxy.held, ended.then(() => Promise.reject(new Error('the worker ended by itself')))]);
      worker.kill('SIGKILL');
      await ended;
      await proxy.close();
      await rm(dataDir, { recursive: true, force: true });
      expect(await transfersOf(publisherId)).toHaveLength(1);
      expect(await payoutsOf(publisherId)).toMatchObject([{ status: 'planned', stripeTransfer: null }]);
      await payouts().send({ payoutId: payout!.id });
      const [transfer, ...more] = await transfersOf(publisherId);
      expect(more).toEqual([]);
      expect(await payoutsOf(publisherId)).toMatchObject([{ status: 'paid', stripeTransfer: transfer!.id }]);
      expect(await balanceOf(publisherId)).toBe(0);
      await hub.database.takeJobs();
    });

    it('finds a transfer that Stripe made so long ago that it forgot the idempotency key', async () => {
      const { publisherId, item } = await aPayableSeller();
      await aSale(item.id);
      clock.set(MONDAY);
      await payouts().payPublishers();
      const [{ id, stripeAccount: destination, amountMinor: amount }] = (await payoutsOf(publisherId)) as [Payout];
      await sandbox.stripe.transfers.create({ amount, currency: 'eur', destination, transfer_group: id });
      await doJobs(hub);
      expect(await transfersOf(publisherId)).toHaveLength(1);
      expect(await payoutsOf(publisherId)).toMatchObject([{ status: 'paid' }]);
    });

    it('gives back what Stripe refuses and pays it the week after', async () => {
      const { publisherId, item } = await aPayableSeller();
      await aSale(item.id);
      clock.set(MONDAY);
      await payouts().payPublishers();
      const { stripeAccount } = await db().findOneByOrFail(PayoutAccount, { publisherId });
      await fetch(`${sandbox.url}/sandbox/accounts/${stripeAccount!}/restrict`, { method: 'POST' });
      await doJobs(hub);
      const failure = 'insufficient_capabilities_for_transfer';
      expect(await payoutsOf(publisherId)).toMatchObject([{ status: 'failed', failure }]);
      expect(await balanceOf(publisherId)).toBe(4_410);
      await fillIn(await open(publisherId));
      await payAt(MONDAY);
      expect(await payoutsOf(publisherId)).toHaveLength(1);
      await payAt('2030-01-14T05:00:00Z');
      expect(await payoutsOf(publisherId)).toMatchObject([
        { status: 'failed' },
        { status: 'paid', amountMinor: 4_410 },
      ]);
    });

    it.each(['2030-01-01', 'next week', '2099-01-05'])('is not planned by hand for %s', async (week) => {
      await expect(payouts().planByHand(week)).rejects.toMatchObject({ code: 'WEEK_REFUSED' });
    });
  });

  it('books Stripe’s fees once, at the cost of the hub', async () => {
    const { item } = await aSeller(hub);
    const order = await anOrder(hub.database, { packageId: item.id, instanceId });
    const intent = await sandbox.pay(4_900, { order_id: order.id });
    const fees = hub.app.get(StripeFees, { strict: false });
    expect(await fees.record(new Date(0))).toBe(0);
    await say(sessionEvent(order, { payment_intent: intent }));
    expect([await fees.record(new Date(0)), await fees.record(new Date(0))]).toEqual([1, 0]);
    expect(await db().findBy(StripeFee, { paymentId: intent })).toMatchObject([{ feeMinor: 99, currency: 'EUR' }]);
    const lines: unknown[] = await hub.database.dataSource.query(
      `SELECT account, sum(amount_minor)::int AS amount FROM ledger_postings WHERE order_id = $1 GROUP BY account ORDER BY account`,
      [order.id],
    );
    expect(lines).toEqual([
      { account: 'hub_fee', amount: 391 },
      { account: 'merchant_payment', amount: -4_900 },
      { account: 'publisher_payable', amount: 4_410 },
      { account: 'stripe_fee', amount: 99 },
    ]);
    await say(refundEvent(order, 0, 0), sessionEvent(order, { payment_intent: intent }));
    expect(await db().countBy(StripeFee, { paymentId: intent })).toBe(1);
  });
});
