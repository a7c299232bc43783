import { AsyncLocalStorage } from 'node:async_hooks';
import fc from 'fast-check';
import {
  aPaidPackage,
  anInstance,
  anOrder,
  fixedClock,
  startTestHub,
  stripeSignature,
  watchStatements,
  type TestHub,
} from '#test';
import type { Package } from '#catalog';
import type { Order } from '#checkout';
import { License } from '#licenses';
import {
  disputeEvent,
  invoiceEvent,
  invoicePaymentEvent,
  refundEvent,
  sessionEvent,
  subscriptionEvent,
} from './support/money.js';
import { StripeInbox } from '../src/webhooks/stripe-inbox.service.js';

/** Histories to try; each is told in two orders. */
const HISTORIES = Number(process.env['HANSA_MONEY_HISTORIES'] ?? 2_000);
/** Histories that are told at the same time, in one database. */
const LANES = 8;
const SEED = Number(process.env['HANSA_MONEY_SEED'] ?? 20_300_101);
const MAX_EVENTS = 20;

type Tell = (order: Order) => string;

interface Facts {
  readonly kind: 'one_time' | 'subscription';
  readonly tells: readonly Tell[];
  readonly isPaid: boolean;
}

const unpaid: Tell = (order) => sessionEvent(order, { payment_status: 'unpaid' });
const async =
  (outcome: string): Tell =>
  (order) =>
    sessionEvent(order, {}, `checkout.session.async_payment_${outcome}`);
const OUTCOMES: readonly { readonly tells: readonly Tell[]; readonly isPaid: boolean }[] = [
  { tells: [(order) => sessionEvent(order)], isPaid: true },
  { tells: [(order) => sessionEvent(order), (order) => sessionEvent(order)], isPaid: true },
  { tells: [unpaid, async('succeeded')], isPaid: true },
  { tells: [unpaid, async('failed')], isPaid: false },
  { tells: [(order) => sessionEvent(order, {}, 'checkout.session.expired')], isPaid: false },
  { tells: [], isPaid: false },
];

/** What may happen to one payment after it was made. */
const aftermath = (number: number): fc.Arbitrary<readonly Tell[]> =>
  fc.constantFrom<readonly Tell[]>(
    [],
    [],
    [(order) => refundEvent(order, number, order.amountMinor)],
    [(order) => refundEvent(order, number, 1)],
    [(order) => refundEvent(order, number, 1, 3), (order) => refundEvent(order, number, order.amountMinor, 4)],
    [(order) => disputeEvent(order, number, 'needs_response')],
    [(order) => disputeEvent(order, number, 'needs_response'), (order) => disputeEvent(order, number, 'won', 9)],
    [(order) => disputeEvent(order, number, 'under_review'), (order) => disputeEvent(order, number, 'lost', 9)],
    [(order) => disputeEvent(order, number, 'warning_needs_response')],
    [(order) => disputeEvent(order, number, 'lost', 9), (order) => refundEvent(order, number, 2)],
  );
const paidInvoice = (number: number): readonly Tell[] => [
  (order) => invoiceEvent(order, number),
  (order) => invoicePaymentEvent(order, number),
];
const WORDS: readonly Tell[] = [
  (order) => subscriptionEvent(order, 'active', 1),
  (order) => subscriptionEvent(order, 'active', 5, { cancel_at_period_end: true }),
  (order) => subscriptionEvent(order, 'past_due', 31),
  (order) => subscriptionEvent(order, 'canceled', 60),
  (order) => invoiceEvent(order, 9, 'invoice.payment_failed'),
];

const oneTime: fc.Arbitrary<Facts> = fc
  .tuple(fc.constantFrom(...OUTCOMES), aftermath(0))
  .map(([{ tells, isPaid }, after]) => ({ kind: 'one_time', isPaid, tells: [...tells, ...after] }));
const subscription: fc.Arbitrary<Facts> = fc
  .tuple(
    fc.constantFrom(...OUTCOMES),
    fc.constantFrom(0, 0, 0, 1, 1, 2, 3),
    fc.tuple(aftermath(0), aftermath(1), aftermath(2), aftermath(3)),
    fc.subarray([...WORDS]),
  )
  .map(([{ tells, isPaid }, renewals, after, words]) => {
    const numbers = [0, 1, 2, 3].slice(0, renewals + 1);
    const paid = numbers.flatMap((number) => [...paidInvoice(number), ...after[number]!]);
    return { kind: 'subscription', isPaid, tells: [...tells, ...paid, ...words].slice(0, MAX_EVENTS) };
  });

/** How one event is heard, each time it comes. */
interface Hearing {
  /** Place of the event in the history. */
  readonly place: number;
  /** Whether its job waits until everything else is done. */
  readonly isLate: boolean;
  /** The statement at which the connection breaks, beginning and ending a transaction included; null when it holds. */
  readonly crash: { readonly statement: number; readonly isSent: boolean } | null;
}

/** One order of telling: every event at least once, in groups that are heard at the same moment. */
interface Telling {
  readonly hearings: readonly Hearing[];
  readonly together: readonly number[];
}

/** Receiving and doing are at most this many statements. */
const STATEMENTS = 7;
/** A new connection costs more than a history: most hearings keep theirs. */
const crash = fc.oneof(
  { weight: 11, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.record({ statement: fc.integer({ min: 1, max: STATEMENTS }), isSent: fc.boolean() }) },
);

const tellingOf = (count: number): fc.Arbitrary<Telling> => {
  const places = Array.from({ length: count }, (_, place) => place);
  return fc.subarray(places, { maxLength: Math.min(count, 3) }).chain((twice) => {
    const all = [...places, ...twice];
    const length = { minLength: all.length, maxLength: all.length };
    return fc.record({
      hearings: fc
        .tuple(fc.shuffledSubarray([...all.keys()], length), fc.array(fc.boolean(), length), fc.array(crash, length))
        .map(([order, late, crashes]) =>
          order.map((index, at) => ({ place: all[index]!, isLate: late[at]!, crash: crashes[at]! })),
        ),
      together: fc.array(fc.integer({ min: 1, max: 4 }), length),
    });
  });
};
const histories = fc
  .oneof({ weight: 1, arbitrary: oneTime }, { weight: 3, arbitrary: subscription })
  .chain((facts) => fc.tuple(fc.constant(facts), tellingOf(facts.tells.length), tellingOf(facts.tells.length)));

interface State {
  readonly status: string;
  readonly licenses: readonly object[];
  readonly ledger: readonly { readonly account: string; readonly amount: number }[];
  readonly subscriptions: readonly object[];
}

describe('money, in any order', () => {
  const clock = fixedClock('2030-01-01T12:00:00Z');
  let hub: TestHub;
  let instanceId: string;
  const items = {} as Record<Facts['kind'], Package>;
  /** Statements until the connection of whoever runs in it breaks. */
  const crashes = new AsyncLocalStorage<{ left: number; readonly isSent: boolean }>();
  let crashed = 0;
  let stopWatching: () => void;

  beforeAll(async () => {
    hub = await startTestHub({ clock });
    instanceId = (await anInstance(hub.database)).id;
    items.one_time = await aPaidPackage(hub.database);
    items.subscription = await aPaidPackage(hub.database, { licenseKind: 'subscription', billingInterval: 'month' });
    stopWatching = watchStatements(hub.database, (_, connection) => {
      const due = crashes.getStore();
      if (!due || (due.left -= 1) !== 0) return;
      crashed += 1;
      if (due.isSent) setImmediate(connection.kill);
      else connection.kill();
    });
  });
  afterAll(async () => {
    stopWatching();
    await hub.close();
  });

  let customers = 0;
  /** Only one order of the same terms may be open at a time. */
  const aCustomer = () => `merchant-${(customers += 1)}@shop.example`;
  const rows = (sql: string, ...values: string[]): Promise<Record<string, unknown>[]> =>
    hub.database.dataSource.query(sql, values);

  /** What is left when all is told, without the names that differ from order to order. */
  async function stateOf(order: Order): Promise<State> {
    const [row] = await rows(
      `SELECT json_build_object(
         'status', (SELECT status FROM orders WHERE id = $1),
         'licenses', (SELECT coalesce(json_agg(l), '[]') FROM (SELECT kind, expires_at, updates_until, suspended_at, revoked_at,
           revoked_reason FROM licenses WHERE order_id = $1) AS l),
         'ledger', (SELECT coalesce(json_agg(p ORDER BY payment_id, account), '[]') FROM (SELECT payment_id, account,
           sum(amount_minor)::int AS amount FROM ledger_postings WHERE order_id = $1 GROUP BY payment_id, account
           HAVING sum(amount_minor) <> 0) AS p),
         'subscriptions', (SELECT coalesce(json_agg(s), '[]') FROM (SELECT status, cancel_at, ended_at, payment_failed_at
           FROM subscriptions WHERE order_id = $1) AS s))::text AS state`,
      order.id,
    );
    return JSON.parse((row!['state'] as string).replaceAll(order.id, 'ord')) as State;
  }

  async function tell({ kind, tells }: Facts, { hearings, together }: Telling): Promise<Order> {
    const terms =
      kind === 'subscription'
        ? ({ licenseKind: kind, billingInterval: 'month' } as const)
        : ({ licenseKind: kind } as const);
    const order = await anOrder(hub.database, {
      packageId: items[kind].id,
      instanceId,
      customerEmail: aCustomer(),
      ...terms,
    });
    const events = tells.map((tellOne) => tellOne(order));
    const late: string[] = [];
    const hear = async ({ place, isLate, crash }: Hearing) => {
      const event = events[place]!;
      // Who is not answered sends again, and a job that fails runs again.
      await mayCrash(crash, async () => {
        await receive(event);
        if (!isLate) await handle(event);
      });
      if (isLate) late.push(event);
    };
    const waiting = [...hearings];
    for (const size of together) await Promise.all(waiting.splice(0, size).map(hear));
    await Promise.all(waiting.map(hear));
    await Promise.all(late.map(handle));
    return order;
  }

  async function mayCrash(crash: Hearing['crash'], work: () => Promise<void>): Promise<void> {
    if (!crash) return work();
    const due = { left: crash.statement, isSent: crash.isSent };
    await crashes.run(due, work).catch((error: unknown) => {
      if (due.left > 0) throw error;
      return work();
    });
  }
  const receive = (event: string) =>
    hub.app.get(StripeInbox, { strict: false }).receive(Buffer.from(event), stripeSignature(event, clock.now()));
  const handle = (event: string) =>
    hub.app.get(StripeInbox, { strict: false }).handle({ eventId: (JSON.parse(event) as { id: string }).id });

  async function check([facts, one, other]: readonly [Facts, Telling, Telling]): Promise<void> {
    const orders = [await tell(facts, one), await tell(facts, other)];
    const [state, again] = [await stateOf(orders[0]!), await stateOf(orders[1]!)];
    expect(again).toEqual(state);
    expect(state.licenses).toHaveLength(facts.isPaid ? 1 : 0);
    expect(state.status === 'paid').toBe(facts.isPaid);
    expect(state.ledger.reduce((sum, { amount }) => sum + amount, 0)).toBe(0);
    expect(state.ledger.length > 0).toBe(facts.isPaid);
  }

  it(
    'ends the same for every order of the same facts: one license for a paid order, none without, no cent lost',
    async () => {
      const lanes = Array.from({ length: LANES }, (_, lane) =>
        fc.assert(fc.asyncProperty(histories, check), { numRuns: Math.ceil(HISTORIES / LANES), seed: SEED + lane }),
      );
      await Promise.all(lanes);
      expect(crashed).toBeGreaterThan(HISTORIES / 4);
      expect(
        await rows('SELECT group_id FROM ledger_postings GROUP BY group_id HAVING sum(amount_minor) <> 0'),
      ).toEqual([]);
      const [keys] = await rows(
        'SELECT count(*) = count(DISTINCT key_lookup) AS fresh, count(*) = count(DISTINCT order_id) AS once FROM licenses',
      );
      expect(keys).toEqual({ fresh: true, once: true });
      const unpaid = await rows(
        'SELECT id FROM licenses WHERE order_id NOT IN (SELECT order_id FROM license_periods WHERE is_purchase)',
      );
      expect(unpaid).toEqual([]);
      const kept = await rows('SELECT id FROM stripe_events');
      const jobs = (await hub.database.takeJobs()).filter(({ name }) => name === 'handle-stripe-event');
      expect(new Set(jobs.map(({ payload }) => payload['eventId']))).toEqual(new Set(kept.map(({ id }) => id)));
    },
    60_000 + HISTORIES * 500,
  );

  it('counts once what twenty handlers hear at the same moment', async () => {
    const order = await anOrder(hub.database, { packageId: items.one_time.id, instanceId, customerEmail: aCustomer() });
    const event = sessionEvent(order);
    const hear = async () => {
      await receive(event);
      await handle(event);
    };
    await Promise.all(Array.from({ length: 20 }, hear));
    expect(await hub.database.dataSource.manager.countBy(License, { orderId: order.id })).toBe(1);
    const { ledger } = await stateOf(order);
    expect(ledger.map(({ account, amount }) => [account, amount])).toEqual([
      ['hub_fee', 490],
      ['merchant_payment', -4_900],
      ['publisher_payable', 4_410],
    ]);
    await hub.database.takeJobs();
  });
});
