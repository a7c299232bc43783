import { AsyncLocalStorage } from 'node:async_hooks';
import {
  aPaidPackage,
  anInstance,
  anOrder,
  FRAME,
  fixedClock,
  startTestHub,
  stripeSignature,
  watchStatements,
  type TestHub,
} from '#test';
import { inTransaction } from '@hansa/platform';
import type { Package } from '#catalog';
import type { Order } from '#checkout';
import { StripeEventRow } from '#webhooks';
import {
  disputeEvent,
  invoiceEvent,
  invoicePaymentEvent,
  moneyEvent,
  NOON_SECONDS,
  refundEvent,
  sessionEvent,
  subscriptionEvent,
} from './support/money.js';
import { StripeInbox } from '../src/webhooks/stripe-inbox.service.js';

const MONTHLY = { licenseKind: 'subscription', billingInterval: 'month' } as const;
const ONCE = { licenseKind: 'one_time' } as const;
/** One to keep the event and give it its job, four to do the job. */
const MOST = 5;

interface Sent {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** One step of a plan, as far as it tells a read of a whole table. */
interface Step {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly Step[];
}

function scansOf(step: Step): string[] {
  const isScan = step['Node Type'] === 'Seq Scan' || ('Index Name' in step && !('Index Cond' in step));
  const own = isScan ? [step['Relation Name'] ?? step['Index Name'] ?? ''] : [];
  return [...own, ...(step.Plans ?? []).flatMap(scansOf)];
}

type Tell = (order: Order) => string;

const paid: Tell = (order) => sessionEvent(order);
const unpaid: Tell = (order) => sessionEvent(order, { payment_status: 'unpaid' });
const asyncPayment =
  (outcome: string): Tell =>
  (order) =>
    sessionEvent(order, {}, `checkout.session.async_payment_${outcome}`);
const trial: Tell = (order) => sessionEvent(order, { amount_total: 0, payment_status: 'no_payment_required' });
const expired: Tell = (order) => sessionEvent(order, {}, 'checkout.session.expired');
const invoice =
  (number: number): Tell =>
  (order) =>
    invoiceEvent(order, number);
const link =
  (number: number): Tell =>
  (order) =>
    invoicePaymentEvent(order, number);
const refund =
  (number: number): Tell =>
  (order) =>
    refundEvent(order, number, order.amountMinor);
const dispute =
  (status: string, day?: number): Tell =>
  (order) =>
    disputeEvent(order, 0, status, day);

/** Event, what was heard before it, what comes of it, the terms of its order. */
const CASES: [string, Tell, readonly Tell[], string, Partial<Order>][] = [
  ['a payment', paid, [], 'paid', ONCE],
  ['a payment again', paid, [paid], 'already_paid', ONCE],
  ['a payment whose refund was heard of first', paid, [refund(0)], 'paid', ONCE],
  ['the payment of a subscription', paid, [invoice(0)], 'paid', MONTHLY],
  ['a payment that takes time', unpaid, [], 'awaiting_payment', ONCE],
  ['a payment that succeeds later', asyncPayment('succeeded'), [unpaid], 'paid', ONCE],
  ['a payment that fails later', asyncPayment('failed'), [unpaid], 'failed', ONCE],
  ['a session that expires', expired, [], 'expired', ONCE],
  ['a session that expires late', expired, [paid], 'late', ONCE],
  ['a renewal', invoice(1), [paid, invoice(0)], 'period_paid', MONTHLY],
  ['an invoice before its session', invoice(0), [], 'parked', MONTHLY],
  [
    'an invoice that cannot be paid',
    (order) => invoiceEvent(order, 1, 'invoice.payment_failed'),
    [paid],
    'payment_failed',
    MONTHLY,
  ],
  ['an invoice that is owed', (order) => invoiceEvent(order, 1, 'invoice.finalized'), [paid], 'invoice_open', MONTHLY],
  ['which payment paid an invoice', link(1), [paid, invoice(1)], 'linked', MONTHLY],
  [
    'a subscription that changes',
    (order) => subscriptionEvent(order, 'active', 1),
    [paid],
    'subscription_active',
    MONTHLY,
  ],
  [
    'a subscription that ends',
    (order) => subscriptionEvent(order, 'canceled', 40),
    [paid],
    'subscription_canceled',
    MONTHLY,
  ],
  ['a refund', refund(0), [paid], 'refunded', ONCE],
  ['a part of a refund', (order) => refundEvent(order, 0, 1), [paid], 'refunded', ONCE],
  ['a refund of a renewal', refund(1), [paid, invoice(1), link(1)], 'refunded', MONTHLY],
  ['a refund before its payment', refund(0), [], 'parked', ONCE],
  ['a dispute', dispute('needs_response'), [paid], 'open', ONCE],
  ['a dispute that is won', dispute('won', 9), [paid, dispute('needs_response')], 'won', ONCE],
  ['a dispute that is lost', dispute('lost', 9), [paid, dispute('needs_response')], 'lost', ONCE],
  ['a trial', trial, [], 'trial_started', { ...MONTHLY, trialDays: 14 }],
  ['a payment with tax', (order) => sessionEvent(order, { total_details: { amount_tax: 782 } }), [], 'paid', ONCE],
  ['a payment that is not believed', (order) => sessionEvent(order, { amount_total: 1 }), [], 'amount_mismatch', ONCE],
  ['something else', () => moneyEvent('customer.created', NOON_SECONDS, { id: 'cus_1' }), [], 'ignored', ONCE],
];

describe('what an event of Stripe costs', () => {
  const clock = fixedClock('2030-01-01T12:00:00Z');
  let hub: TestHub;
  let inbox: StripeInbox;
  let item: Package;
  let monthly: Package;

  beforeAll(async () => {
    hub = await startTestHub({ clock });
    inbox = hub.app.get(StripeInbox, { strict: false });
    item = await aPaidPackage(hub.database);
    monthly = await aPaidPackage(hub.database, MONTHLY);
  });
  afterAll(() => hub.close());

  const idOf = (event: string) => (JSON.parse(event) as { id: string }).id;
  const hear = async (event: string) => {
    await inbox.receive(Buffer.from(event), stripeSignature(event, clock.now()));
    await inbox.handle({ eventId: idOf(event) });
  };

  /** What `work` sends itself: the hub has other things to ask meanwhile. */
  const statementsOf = async (work: () => Promise<void>) => {
    const own = new AsyncLocalStorage<Sent[]>();
    const stop = watchStatements(
      hub.database,
      (text, _, values) => FRAME.test(text) || own.getStore()?.push({ text, values }),
    );
    const sent: Sent[] = [];
    await own.run(sent, work);
    stop();
    return sent;
  };

  /** Tables that a statement reads from end to end even where PostgreSQL would rather take any index. */
  const tablesReadWhole = async (sent: readonly Sent[]): Promise<string[]> => {
    const found = await inTransaction(hub.database.dataSource, async (tx) => {
      await tx.query('SET LOCAL enable_seqscan = off');
      const whole: string[] = [];
      for (const { text, values } of sent) {
        const [row]: [{ 'QUERY PLAN': [{ Plan: Step }] }] = await tx.query(`EXPLAIN (FORMAT JSON) ${text}`, [
          ...values,
        ]);
        whole.push(...scansOf(row['QUERY PLAN'][0].Plan));
      }
      return whole;
    });
    return [...new Set(found)].sort();
  };

  it.each(CASES)(
    `is at most ${MOST} statements that read no table whole: %s`,
    async (_, tell, before, outcome, terms) => {
      const packageId = terms.billingInterval ? monthly.id : item.id;
      const { id: instanceId } = await anInstance(hub.database);
      const order = await anOrder(hub.database, { instanceId, packageId, ...terms });
      for (const earlier of before) await hear(earlier(order));
      const event = tell(order);
      const sent = await statementsOf(() => hear(event));
      const { outcome: came } = await hub.database.dataSource.manager.findOneByOrFail(StripeEventRow, {
        id: idOf(event),
      });
      expect(came).toBe(outcome);
      expect(sent.length).toBeGreaterThan(2);
      expect(sent.length).toBeLessThanOrEqual(MOST);
      await expect(tablesReadWhole(sent)).resolves.toEqual([]);
      await hub.database.takeJobs();
    },
  );

  it('is two statements when it is heard again', async () => {
    const { id: instanceId } = await anInstance(hub.database);
    const event = paid(await anOrder(hub.database, { instanceId, packageId: item.id }));
    await hear(event);
    await expect(statementsOf(() => hear(event))).resolves.toHaveLength(2);
    await hub.database.takeJobs();
  });
});
