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
  secondsAfterNoon,
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
/** What is told of one of the orders of a history, by its place. */
type TellOf = (orders: readonly Order[]) => string;

/** What is sold. A trial is a subscription that begins with one. */
const SOLD = ['one_time', 'per_instance', 'subscription', 'trial'] as const;
type Sold = (typeof SOLD)[number];
/** Orders after the first: bought again by mistake, or for the license the first one made. */
type Follower = 'again' | 'renewal' | 'seats';

interface Facts {
  readonly sold: Sold;
  readonly followers: readonly Follower[];
  readonly tells: readonly TellOf[];
  /** Whether there is a license in the end, and money in the ledger. */
  readonly isLicensed: boolean;
  readonly isPaid: boolean;
}

const TAX = 782;
const TRIAL_DAYS = 14;
const taxed = (tax: number) => ({ total_details: { amount_tax: tax } });
const paid =
  (tax: number): Tell =>
  (order) =>
    sessionEvent(order, taxed(tax));
const unpaid: Tell = (order) => sessionEvent(order, { payment_status: 'unpaid' });
const async =
  (outcome: string, tax: number): Tell =>
  (order) =>
    sessionEvent(order, taxed(tax), `checkout.session.async_payment_${outcome}`);
const outcomesWith = (tax: number): readonly { readonly tells: readonly Tell[]; readonly isPaid: boolean }[] => [
  { tells: [paid(tax)], isPaid: true },
  { tells: [paid(tax), paid(tax)], isPaid: true },
  { tells: [unpaid, async('succeeded', tax)], isPaid: true },
  { tells: [unpaid, async('failed', tax)], isPaid: false },
  { tells: [(order) => sessionEvent(order, {}, 'checkout.session.expired')], isPaid: false },
  { tells: [], isPaid: false },
];
const outcome = (tax: number) => fc.constantFrom(...outcomesWith(tax));
const anyTax = fc.constantFrom(0, TAX);

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
const paidInvoice = (number: number, tax: number): readonly Tell[] => [
  (order) => invoiceEvent(order, number, 'invoice.paid', { total_taxes: [{ amount: tax }] }),
  (order) => invoicePaymentEvent(order, number),
];
const WORDS: readonly Tell[] = [
  (order) => subscriptionEvent(order, 'trialing', 0),
  (order) => subscriptionEvent(order, 'incomplete', 1, {}, 'created'),
  (order) => subscriptionEvent(order, 'active', 1),
  (order) => subscriptionEvent(order, 'active', 5, { cancel_at_period_end: true }),
  (order) => subscriptionEvent(order, 'past_due', 31),
  (order) => subscriptionEvent(order, 'canceled', 60),
  (order) => invoiceEvent(order, 9, 'invoice.payment_failed'),
  (order) => invoiceEvent(order, 9, 'invoice.marked_uncollectible'),
  (order) => invoiceEvent(order, 9, 'invoice.voided'),
  (order) => invoiceEvent(order, 1, 'invoice.finalized'),
];
/** What no order was sold at: it must leave nothing behind, whenever it comes. */
const LIES: readonly Tell[] = [
  (order) => sessionEvent(order, { amount_total: 1 }),
  (order) => sessionEvent(order, { currency: 'huf' }),
  (order) => invoiceEvent(order, 8, 'invoice.paid', { amount_paid: 0.5 }),
];
const lies = fc.subarray([...LIES], { maxLength: 1 });

const of =
  (place: number) =>
  (tell: Tell): TellOf =>
  (orders) =>
    tell(orders[place]!);

/** Something sold once, and up to two orders that add to it. */
const once: fc.Arbitrary<Facts> = fc
  .tuple(
    fc.constantFrom('one_time', 'per_instance'),
    fc.array(fc.constantFrom<Follower>('again', 'renewal', 'seats'), { maxLength: 2 }),
    anyTax,
    fc.tuple(aftermath(0), aftermath(0), aftermath(0)),
    lies,
  )
  .chain(([sold, wanted, tax, after, lied]) => {
    // Nobody can renew what is not sold yet: the first order of those is paid before anything else is told.
    const needsLicense = wanted.some((follower) => follower !== 'again');
    const first = needsLicense ? fc.constant(outcomesWith(tax)[0]!) : outcome(tax);
    return fc
      .tuple(first, fc.array(outcome(tax), { minLength: wanted.length, maxLength: wanted.length }))
      .map(([opening, others]): Facts => {
        const orders = [opening, ...others];
        const tells = orders.flatMap(({ tells }, place) => [...tells, ...after[place]!].map(of(place)));
        const isPaid = orders.some((order) => order.isPaid);
        return { sold, followers: wanted, isPaid, isLicensed: isPaid, tells: [...tells, ...lied.map(of(0))] };
      });
  });
const subscribed = (sold: 'subscription' | 'trial'): fc.Arbitrary<Facts> =>
  anyTax.chain((tax) =>
    fc
      .tuple(
        outcome(tax),
        fc.constantFrom(0, 0, 0, 1, 1, 2, 3),
        fc.tuple(aftermath(0), aftermath(1), aftermath(2), aftermath(3)),
        fc.subarray([...WORDS], { maxLength: 4 }),
        lies,
        fc.boolean(),
      )
      .map(([{ tells, isPaid }, renewals, after, words, lied, isBoughtTwice]): Facts => {
        const isTrial = sold === 'trial';
        const renewed = [1, 2, 3].slice(0, renewals);
        const begun = isTrial ? trialBegins(isPaid) : [...tells, ...paidInvoice(0, tax), ...after[0]];
        const paidLater = renewed.flatMap((number) => [...paidInvoice(number, tax), ...after[number]!]);
        const own = [...begun, ...paidLater, ...words, ...lied].slice(0, MAX_EVENTS - 3).map(of(0));
        const again = isBoughtTwice ? [paid(tax), ...paidInvoice(0, tax)].map(of(1)) : [];
        const isLicensed = isPaid || isBoughtTwice;
        const hasMoney = (isPaid && !isTrial) || isBoughtTwice || (isPaid && isTrial && renewals > 0);
        const followers: Follower[] = isBoughtTwice ? ['again'] : [];
        return { sold, followers, isLicensed, isPaid: hasMoney, tells: [...own, ...again] };
      }),
  );
/** A trial costs nothing, and its invoice is about nothing. */
function trialBegins(isBegun: boolean): readonly Tell[] {
  if (!isBegun) return [(order) => sessionEvent(order, {}, 'checkout.session.expired')];
  const lines = { data: [{ period: { end: secondsAfterNoon(TRIAL_DAYS) } }] };
  return [
    (order) => sessionEvent(order, { amount_total: 0, payment_status: 'no_payment_required' }),
    (order) => invoiceEvent(order, 0, 'invoice.paid', { amount_paid: 0, lines }),
  ];
}

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
  { weight: 19, arbitrary: fc.constant(null) },
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
  .oneof(
    { weight: 2, arbitrary: once },
    { weight: 2, arbitrary: subscribed('subscription') },
    { weight: 1, arbitrary: subscribed('trial') },
  )
  .chain((facts) => fc.tuple(fc.constant(facts), tellingOf(facts.tells.length), tellingOf(facts.tells.length)));

interface State {
  readonly orders: readonly { readonly status: string }[];
  readonly licenses: readonly object[];
  readonly ledger: readonly { readonly account: string; readonly amount: number }[];
  readonly subscriptions: readonly object[];
  readonly invoices: readonly object[];
}

function listingOf(sold: Sold): Partial<Package> & Pick<Package, 'licenseKind'> {
  if (sold === 'one_time' || sold === 'per_instance') return { licenseKind: sold };
  return { licenseKind: 'subscription', billingInterval: 'month', trialDays: sold === 'trial' ? TRIAL_DAYS : null };
}

describe('money, in any order', () => {
  const clock = fixedClock('2030-01-01T12:00:00Z');
  let hub: TestHub;
  let instanceId: string;
  const items = {} as Record<Sold, Package>;
  /** Statements until the connection of whoever runs in it breaks. */
  const crashes = new AsyncLocalStorage<{ left: number; readonly isSent: boolean }>();
  let crashed = 0;
  let stopWatching: () => void;

  beforeAll(async () => {
    hub = await startTestHub({ clock });
    instanceId = (await anInstance(hub.database)).id;
    for (const sold of SOLD) items[sold] = await aPaidPackage(hub.database, listingOf(sold));
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

  /** What is left when all is told, without the names that differ from telling to telling. */
  async function stateOf(orders: readonly Order[]): Promise<State> {
    const [row] = await rows(
      `WITH mine AS (SELECT * FROM orders WHERE customer_email = $1)
       SELECT json_build_object(
         'orders', (SELECT json_agg(o ORDER BY id) FROM (SELECT id, status FROM mine) AS o),
         'licenses', (SELECT coalesce(json_agg(l), '[]') FROM (SELECT kind, seats, expires_at, updates_until, suspended_at, revoked_at,
           revoked_reason FROM licenses WHERE customer_email = $1) AS l),
         'ledger', (SELECT coalesce(json_agg(p ORDER BY payment_id, account), '[]') FROM (SELECT payment_id, account,
           sum(amount_minor)::int AS amount FROM ledger_postings WHERE order_id IN (SELECT id FROM mine) GROUP BY payment_id, account
           HAVING sum(amount_minor) <> 0) AS p),
         'subscriptions', (SELECT coalesce(json_agg(s ORDER BY order_id), '[]') FROM (SELECT order_id, status, cancel_at, ended_at,
           payment_failed_at FROM subscriptions WHERE order_id IN (SELECT id FROM mine)) AS s),
         'invoices', (SELECT coalesce(json_agg(i ORDER BY id), '[]') FROM (SELECT id, status, amount_minor, issued_at FROM invoices
           WHERE order_id IN (SELECT id FROM mine)) AS i))::text AS state`,
      orders[0]!.customerEmail,
    );
    const named = orders.reduce((text, { id }, place) => text.replaceAll(id, `ord${place}`), row!['state'] as string);
    return JSON.parse(named) as State;
  }

  function orderOf(sold: Sold, more: Partial<Order>): Promise<Order> {
    const { licenseKind, billingInterval = null } = listingOf(sold);
    const trialDays = sold === 'trial' && more.version === undefined ? TRIAL_DAYS : null;
    const terms = { licenseKind, billingInterval, trialDays } as Partial<Order>;
    return anOrder(hub.database, { packageId: items[sold].id, instanceId, ...terms, ...more });
  }

  async function tell({ sold, followers, tells }: Facts, { hearings, together }: Telling): Promise<Order[]> {
    const customerEmail = aCustomer();
    const orders = [await orderOf(sold, { customerEmail, quantity: sold === 'per_instance' ? 2 : 1 })];
    if (followers.some((follower) => follower !== 'again')) {
      const opening = tells[0]!(orders);
      await receive(opening);
      await handle(opening);
    }
    for (const [place, follower] of followers.entries()) {
      const [license] = await rows('SELECT id FROM licenses WHERE order_id = $1', orders[0]!.id);
      const adds = { purpose: follower, licenseId: license?.['id'] as string } as Partial<Order>;
      const version = `1.0.${place + 1}`; // two orders of the same terms are one
      const quantity = sold === 'per_instance' ? 3 : 1;
      orders.push(await orderOf(sold, { customerEmail, version, quantity, ...(follower === 'again' ? {} : adds) }));
    }
    const events = tells.map((tellOne) => tellOne(orders));
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
    return orders;
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
    const [state, again] = [await stateOf(await tell(facts, one)), await stateOf(await tell(facts, other))];
    expect(again).toEqual(state);
    expect(state.licenses).toHaveLength(facts.isLicensed ? 1 : 0);
    expect(state.orders.some(({ status }) => status === 'paid')).toBe(facts.isLicensed);
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
    60_000 + HISTORIES * 1_000,
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
    const { ledger } = await stateOf([order]);
    expect(ledger.map(({ account, amount }) => [account, amount])).toEqual([
      ['hub_fee', 490],
      ['merchant_payment', -4_900],
      ['publisher_payable', 4_410],
    ]);
    await hub.database.takeJobs();
  });
});
