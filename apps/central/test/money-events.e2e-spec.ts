import {
  aPaidPackage,
  anInstance,
  anOrder,
  asOperator,
  doJobs,
  fixedClock,
  sendStripeEvent,
  startTestHub,
  startTestShop,
  type TestHub,
  type TestShop,
} from '#test';
import { AuditEntry } from '#audit';
import type { Package } from '#catalog';
import type { Order } from '#checkout';
import { License, LicenseActivation, LicensesService, Subscription } from '#licenses';
import { StripeEventRow } from '#webhooks';
import {
  disputeEvent,
  invoiceEvent,
  invoicePaymentEvent,
  refundEvent,
  secondsAfterNoon,
  sessionEvent,
  subscriptionEvent,
} from './support/money.js';

const MONTHLY = { licenseKind: 'subscription', billingInterval: 'month' } as const;
const day = (days: number) => new Date(secondsAfterNoon(days) * 1_000);

describe('what happens to money after the sale', () => {
  const clock = fixedClock('2030-01-01T12:00:00Z');
  let hub: TestHub;
  let shop: TestShop;
  let item: Package;
  let monthly: Package;
  let instanceId: string;

  beforeAll(async () => {
    hub = await startTestHub({ clock });
    item = await aPaidPackage(hub.database);
    monthly = await aPaidPackage(hub.database, MONTHLY);
  });
  afterAll(() => hub.close());
  beforeEach(async () => {
    shop = await startTestShop();
    instanceId = (await anInstance(hub.database, { mode: 'push', baseUrl: shop.url })).id;
  });
  afterEach(async () => {
    await shop.close();
    expect(await hub.database.takeJobs()).toEqual([]);
  });

  const db = () => hub.database.dataSource.manager;
  const aSale = () => anOrder(hub.database, { packageId: item.id, instanceId });
  const aSubscription = () => anOrder(hub.database, { packageId: monthly.id, instanceId, ...MONTHLY });
  const say = async (...events: string[]) => {
    for (const event of events) {
      expect((await sendStripeEvent(hub, event)).status).toBe(200);
      await doJobs(hub);
    }
  };
  const outcomeOf = async (event: string) =>
    (await db().findOneByOrFail(StripeEventRow, { id: (JSON.parse(event) as { id: string }).id })).outcome;
  const licenseOf = (order: Order) => db().findOneByOrFail(License, { orderId: order.id });
  const told = () =>
    shop.received.map(({ headers, body }) => {
      const { reason } = JSON.parse(body.toString()) as { reason?: string };
      return [headers['x-carpha-event'], ...(reason === undefined ? [] : [reason])].join(' ');
    });
  const ledgerOf = async (order: Order) => {
    const sums: { account: string; amount: number }[] = await hub.database.dataSource.query(
      `SELECT account, sum(amount_minor)::int AS amount FROM ledger_postings WHERE order_id = $1
        GROUP BY account HAVING sum(amount_minor) <> 0`,
      [order.id],
    );
    return Object.fromEntries(sums.map(({ account, amount }) => [account, amount]));
  };
  const PAID = { merchant_payment: -4_900, hub_fee: 490, publisher_payable: 4_410 };

  it('renews a license by every paid invoice, once, and tells the shop', async () => {
    const order = await aSubscription();
    await say(sessionEvent(order), invoiceEvent(order, 0), invoiceEvent(order, 1));
    expect(await licenseOf(order)).toMatchObject({ expiresAt: day(60), updatesUntil: day(60) });
    await say(invoiceEvent(order, 1));
    expect(await licenseOf(order)).toMatchObject({ expiresAt: day(60) });
    expect(await ledgerOf(order)).toEqual({ merchant_payment: -9_800, hub_fee: 980, publisher_payable: 8_820 });
    expect(told()).toEqual(['license.issued', 'license.renewed', 'license.renewed']);
  });

  it('divides every payment of an order by the rate it was sold at', async () => {
    const order = await anOrder(hub.database, { packageId: monthly.id, instanceId, ...MONTHLY, commissionPercent: 20 });
    await say(sessionEvent(order), invoiceEvent(order, 0), invoiceEvent(order, 1));
    expect(await ledgerOf(order)).toEqual({ merchant_payment: -9_800, hub_fee: 1_960, publisher_payable: 7_840 });
  });

  it('takes back the refunded renewal only', async () => {
    const order = await aSubscription();
    await say(sessionEvent(order), invoiceEvent(order, 0), invoiceEvent(order, 1), invoicePaymentEvent(order, 1));
    await say(refundEvent(order, 1, 4_900, 31));
    expect(await licenseOf(order)).toMatchObject({ expiresAt: day(30), revokedAt: null });
    expect(await ledgerOf(order)).toEqual({ ...PAID, merchant_payment: -9_800, refund: 4_900 });
  });

  it('keeps a refund that is heard of before its sale, and acts on it then', async () => {
    const order = await aSale();
    const refund = refundEvent(order, 0, 4_900);
    await say(refund);
    expect(await outcomeOf(refund)).toBe('parked');
    await say(sessionEvent(order));
    expect(await licenseOf(order)).toMatchObject({ revokedAt: day(1), revokedReason: 'refunded' });
    expect(told()).toEqual(['license.issued', 'license.revoked refunded']);
  });

  it('revokes by a refund and claws the earnings back', async () => {
    const order = await aSale();
    await say(sessionEvent(order), refundEvent(order, 0, 2_450));
    expect(await licenseOf(order)).toMatchObject({ revokedAt: null });
    expect(await ledgerOf(order)).toEqual({
      merchant_payment: -4_900,
      refund: 2_450,
      hub_fee: 245,
      publisher_payable: 2_205,
    });
    await say(refundEvent(order, 0, 4_900, 3));
    expect(await licenseOf(order)).toMatchObject({ revokedAt: day(3), revokedReason: 'refunded' });
    expect(await ledgerOf(order)).toEqual({ merchant_payment: -4_900, refund: 4_900 });
    expect(told()).toEqual(['license.issued', 'license.revoked refunded']);
  });

  it('suspends by a dispute and restores when it is won', async () => {
    const order = await aSale();
    await say(sessionEvent(order), disputeEvent(order, 0, 'needs_response'));
    expect(await licenseOf(order)).toMatchObject({ suspendedAt: day(2), revokedAt: null });
    expect(await ledgerOf(order)).toEqual({ merchant_payment: -4_900, dispute: 4_900 });
    await say(disputeEvent(order, 0, 'won', 9));
    expect(await licenseOf(order)).toMatchObject({ suspendedAt: null, revokedAt: null });
    expect(await ledgerOf(order)).toEqual(PAID);
    expect(told()).toEqual(['license.issued', 'license.suspended', 'license.renewed']);
  });

  it('revokes by a lost dispute, though its end is heard of before its beginning', async () => {
    const order = await aSale();
    await say(sessionEvent(order), disputeEvent(order, 0, 'lost', 9), disputeEvent(order, 0, 'needs_response'));
    expect(await licenseOf(order)).toMatchObject({ revokedReason: 'dispute_lost', suspendedAt: null });
    expect(await ledgerOf(order)).toEqual({ merchant_payment: -4_900, dispute: 4_900 });
    expect(told()).toEqual(['license.issued', 'license.revoked dispute_lost']);
  });

  it('remembers how a subscription stands and takes nothing for it', async () => {
    const order = await aSubscription();
    await say(sessionEvent(order), invoiceEvent(order, 1, 'invoice.payment_failed'));
    await say(subscriptionEvent(order, 'canceled', 40), subscriptionEvent(order, 'past_due', 31));
    const subscription = await db().findOneByOrFail(Subscription, { orderId: order.id });
    expect(subscription).toMatchObject({ status: 'canceled', endedAt: day(40), paymentFailedAt: day(30) });
    expect(await licenseOf(order)).toMatchObject({ suspendedAt: null, revokedAt: null });
    expect(told()).toEqual(['license.issued']);
  });

  it('knows a subscription from its first day, and takes its beginning for the oldest word of a second', async () => {
    const words = [
      (order: Order) => subscriptionEvent(order, 'active', 0, {}, 'created'),
      (order: Order) => subscriptionEvent(order, 'active', 0, { cancel_at_period_end: true }),
    ];
    for (const heard of [words, words.toReversed()]) {
      const order = await aSubscription();
      await say(sessionEvent(order), heard[0]!(order));
      expect(await db().findOneBy(Subscription, { orderId: order.id })).toMatchObject({ status: 'active' });
      await say(heard[1]!(order));
      expect(await db().findOneBy(Subscription, { orderId: order.id })).toMatchObject({ cancelAt: day(30) });
    }
  });

  it.each<[string, (order: Order) => string, string]>([
    ['another price', (order) => invoiceEvent(order, 1, 'invoice.paid', { amount_paid: 1 }), 'amount_mismatch'],
    ['another currency', (order) => invoiceEvent(order, 1, 'invoice.paid', { currency: 'huf' }), 'currency_mismatch'],
    ['a fraction of a cent', (order) => refundEvent(order, 0, 0.5), 'malformed'],
    ['a negative refund', (order) => refundEvent(order, 0, -4_900), 'malformed'],
    ['no order', (order) => invoiceEvent(order, 1, 'invoice.paid', { parent: null }), 'ignored'],
    ['something else', (order) => invoiceEvent(order, 1, 'invoice.paid', { billing_reason: 'manual' }), 'invoice_paid'],
  ])('does not believe an event about %s', async (_, make, outcome) => {
    const order = await aSubscription();
    await say(sessionEvent(order));
    const before = [await licenseOf(order), await ledgerOf(order)];
    const event = make(order);
    await say(event);
    expect(await outcomeOf(event)).toBe(outcome);
    expect([await licenseOf(order), await ledgerOf(order)]).toEqual(before);
  });

  it.each([
    [
      'a group that does not sum to zero',
      'does not sum to zero',
      "INSERT INTO ledger_postings (group_id, order_id, payment_id, publisher_id, account, amount_minor, currency, cause, posted_at) SELECT 'odd', order_id, payment_id, publisher_id, account, amount_minor, currency, cause, posted_at FROM ledger_postings LIMIT 1",
    ],
    ['a changed line', 'only ever added', 'UPDATE ledger_postings SET amount_minor = 1'],
    ['a removed line', 'only ever added', 'DELETE FROM ledger_postings'],
  ])('has a ledger that refuses %s', async (_, message, sql) => {
    await say(sessionEvent(await aSale()));
    await expect(hub.database.dataSource.query(sql)).rejects.toThrow(message);
  });

  it('gives the last seat to one of fifty instances that ask at the same moment', async () => {
    const order = await aSale();
    await say(sessionEvent(order));
    const { license_key } = JSON.parse(shop.received[0]!.body.toString()) as { license_key: string };
    const instances = await Promise.all(Array.from({ length: 50 }, () => anInstance(hub.database)));
    const licenses = hub.app.get(LicensesService, { strict: false });
    const ask = (id: string) => licenses.verify({ license_key, marketplace_id: item.marketplaceId, instance_id: id });
    const verdicts = await Promise.all(instances.map(({ id }) => ask(id)));
    expect(verdicts.filter(({ valid }) => valid)).toHaveLength(1);
    expect(new Set(verdicts.map(({ reason }) => reason))).toEqual(new Set([undefined, 'SEATS_EXHAUSTED']));
    expect(await db().countBy(LicenseActivation, { licenseId: (await licenseOf(order)).id })).toBe(1);
  });

  describe('by the hand of an operator', () => {
    const decide = async (licenseId: string, verb: string, body: object = { reason: 'a good reason' }) => {
      const headers = { ...(await asOperator(hub)), 'content-type': 'application/json' };
      const address = `${hub.url}/console/licenses/${licenseId}/${verb}`;
      const answer = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) });
      await doJobs(hub);
      return answer.status === 204 ? 204 : ((await answer.json()) as { code: string }).code;
    };

    it('suspends, revokes and reinstates with a reason, and tells the shop', async () => {
      const order = await aSale();
      await say(sessionEvent(order));
      const { id } = await licenseOf(order);
      expect([await decide(id, 'suspend'), await decide(id, 'suspend'), await decide(id, 'revoke')]).toEqual([
        204, 204, 204,
      ]);
      expect(await licenseOf(order)).toMatchObject({ revokedAt: clock.now(), revokedReason: 'a good reason' });
      expect(await decide(id, 'suspend')).toBe('LICENSE_REVOKED');
      expect(await decide(id, 'reinstate')).toBe(204);
      expect(await licenseOf(order)).toMatchObject({ suspendedAt: null, revokedAt: null, hold: null });
      expect(told()).toEqual([
        'license.issued',
        'license.suspended a good reason',
        'license.revoked a good reason',
        'license.renewed a good reason',
      ]);
      const [entry] = await db().findBy(AuditEntry, { subject: id, action: 'license.suspended' });
      expect(entry).toMatchObject({ actor: expect.stringMatching(/^operator:/), data: { reason: 'a good reason' } });
    });

    it('does not lift what follows from the payments', async () => {
      const order = await aSale();
      await say(sessionEvent(order), refundEvent(order, 0, 4_900));
      const { id } = await licenseOf(order);
      expect(await decide(id, 'reinstate')).toBe('LICENSE_NOT_HELD');
      expect([await decide(id, 'suspend'), await decide(id, 'reinstate')]).toEqual([204, 204]);
      expect(await licenseOf(order)).toMatchObject({ revokedReason: 'refunded', suspendedAt: null });
    });

    it('keeps what was decided whatever Stripe says later', async () => {
      const order = await aSubscription();
      await say(sessionEvent(order));
      await decide((await licenseOf(order)).id, 'suspend');
      await say(invoiceEvent(order, 1));
      expect(await licenseOf(order)).toMatchObject({ expiresAt: day(60), suspendedAt: clock.now() });
    });

    it.each([
      ['no license', 'lic_none', { reason: 'a good reason' }, 'LICENSE_UNKNOWN'],
      ['no reason', 'lic_none', {}, 'VALIDATION_FAILED'],
    ])('refuses %s', async (_, id, body, code) => {
      expect(await decide(id, 'revoke', body)).toBe(code);
    });
  });
});
