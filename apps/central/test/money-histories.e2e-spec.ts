import fc from 'fast-check';
import { aPaidPackage, anInstance, anOrder, fixedClock, startTestHub, stripeSignature, type TestHub } from '#test';
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
const HISTORIES = Number(process.env['HANSA_MONEY_HISTORIES'] ?? 60);
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
    fc.integer({ min: 0, max: 3 }),
    fc.tuple(aftermath(0), aftermath(1), aftermath(2), aftermath(3)),
    fc.subarray([...WORDS]),
  )
  .map(([{ tells, isPaid }, renewals, after, words]) => {
    const numbers = [0, 1, 2, 3].slice(0, renewals + 1);
    const paid = numbers.flatMap((number) => [...paidInvoice(number), ...after[number]!]);
    return { kind: 'subscription', isPaid, tells: [...tells, ...paid, ...words].slice(0, MAX_EVENTS) };
  });

/** One order of telling: places in the history, with some told twice, in groups that are heard at the same moment. */
interface Telling {
  readonly places: readonly number[];
  readonly together: readonly number[];
}

const tellingOf = (count: number): fc.Arbitrary<Telling> => {
  const places = Array.from({ length: count }, (_, place) => place);
  return fc
    .tuple(
      fc.subarray(places),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2 * count, maxLength: 2 * count }),
    )
    .chain(([twice, together]) => {
      const all = [...places, ...twice];
      return fc
        .shuffledSubarray(
          all.map((_, index) => index),
          { minLength: all.length },
        )
        .map((order) => ({ places: order.map((index) => all[index]!), together }));
    });
};
const histories = fc
  .oneof({ weight: 1, arbitrary: oneTime }, { weight: 3, arbitrary: subscription })
  .chain((facts) => fc.tuple(fc.constant(facts), tellingOf(facts.tells.length), tellingOf(facts.tells.length)));

describe('money, in any order', () => {
  const clock = fixedClock('2030-01-01T12:00:00Z');
  let hub: TestHub;
  let instanceId: string;
  const items = {} as Record<Facts['kind'], Package>;

  beforeAll(async () => {
    hub = await startTestHub({ clock });
    instanceId = (await anInstance(hub.database)).id;
    items.one_time = await aPaidPackage(hub.database);
    items.subscription = await aPaidPackage(hub.database, { licenseKind: 'subscription', billingInterval: 'month' });
  });
  afterAll(() => hub.close());

  let customers = 0;
  /** Only one order of the same terms may be open at a time. */
  const aCustomer = () => `merchant-${(customers += 1)}@shop.example`;
  const rows = (sql: string, ...values: string[]): Promise<Record<string, unknown>[]> =>
    hub.database.dataSource.query(sql, values);

  /** What is left when all is told, without the names that differ from order to order. */
  async function stateOf(order: Order) {
    const [{ status }] = (await rows('SELECT status FROM orders WHERE id = $1', order.id)) as [{ status: string }];
    const state = {
      status,
      licenses: await rows(
        `SELECT kind, expires_at, updates_until, suspended_at, revoked_at, revoked_reason FROM licenses WHERE order_id = $1`,
        order.id,
      ),
      ledger: await rows(
        `SELECT payment_id, account, sum(amount_minor)::int AS amount FROM ledger_postings WHERE order_id = $1
          GROUP BY payment_id, account HAVING sum(amount_minor) <> 0 ORDER BY payment_id, account`,
        order.id,
      ),
      subscriptions: await rows(
        'SELECT status, cancel_at, ended_at, payment_failed_at FROM subscriptions WHERE order_id = $1',
        order.id,
      ),
    };
    return JSON.parse(JSON.stringify(state).replaceAll(order.id, 'ord')) as typeof state;
  }

  async function tell({ kind, tells }: Facts, { places, together }: Telling): Promise<Order> {
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
    const inbox = hub.app.get(StripeInbox, { strict: false });
    const events = tells.map((tellOne) => tellOne(order));
    const hear = async (event: string) => {
      await inbox.receive(Buffer.from(event), stripeSignature(event, clock.now()));
      await inbox.handle({ eventId: (JSON.parse(event) as { id: string }).id });
    };
    const waiting = places.map((place) => events[place]!);
    for (const size of together) await Promise.all(waiting.splice(0, size).map(hear));
    await Promise.all(waiting.map(hear));
    return order;
  }

  it(
    'ends the same for every order of the same facts: one license for a paid order, none without, no cent lost',
    async () => {
      await fc.assert(
        fc.asyncProperty(histories, async ([facts, one, other]) => {
          const orders = [await tell(facts, one), await tell(facts, other)];
          const [state, again] = [await stateOf(orders[0]!), await stateOf(orders[1]!)];
          expect(again).toEqual(state);
          expect(state.licenses).toHaveLength(facts.isPaid ? 1 : 0);
          expect(state.status === 'paid').toBe(facts.isPaid);
          expect(state.ledger.reduce((sum, { amount }) => sum + (amount as number), 0)).toBe(0);
          expect(state.ledger.length > 0).toBe(facts.isPaid);
        }),
        { numRuns: HISTORIES, seed: SEED },
      );
      expect(
        await rows('SELECT group_id FROM ledger_postings GROUP BY group_id HAVING sum(amount_minor) <> 0'),
      ).toEqual([]);
      const [keys] = await rows(
        'SELECT count(*) = count(DISTINCT key_lookup) AS fresh, count(*) = count(DISTINCT order_id) AS once FROM licenses',
      );
      expect(keys).toEqual({ fresh: true, once: true });
      await hub.database.takeJobs();
    },
    60_000 + HISTORIES * 2_000,
  );

  it('counts once what twenty handlers hear at the same moment', async () => {
    const order = await anOrder(hub.database, { packageId: items.one_time.id, instanceId, customerEmail: aCustomer() });
    const event = sessionEvent(order);
    const inbox = hub.app.get(StripeInbox, { strict: false });
    const hear = async () => {
      await inbox.receive(Buffer.from(event), stripeSignature(event, clock.now()));
      await inbox.handle({ eventId: (JSON.parse(event) as { id: string }).id });
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
