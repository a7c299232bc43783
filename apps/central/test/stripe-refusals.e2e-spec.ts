import {
  aPaidPackage,
  anInstance,
  anOrder,
  asOperator,
  doJobs,
  fixedClock,
  sendStripeEvent,
  startTestHub,
  type TestHub,
} from '#test';
import { priceAt, type Package } from '#catalog';
import { Order } from '#checkout';
import { StripeEventRow } from '#webhooks';
import { disputeEvent, invoiceEvent, refundEvent, sessionEvent } from './support/money.js';

const MONTHLY = { licenseKind: 'subscription', billingInterval: 'month' } as const;

type Tell = (order: Order) => string;
/** The event with something of it changed. */
const but =
  (tell: Tell, change: (event: Record<string, unknown>, object: Record<string, unknown>) => unknown): Tell =>
  (order) => {
    const event = JSON.parse(tell(order)) as Record<string, unknown>;
    change(event, (event['data'] as { object: Record<string, unknown> }).object);
    return JSON.stringify(event);
  };
const withIn =
  (field: string, value: unknown, tell: Tell): Tell =>
  (order) =>
    but(tell, (_, object) => (object[field] = value))(order);

const paid: Tell = (order) => sessionEvent(order, { metadata: { order_id: order.id, price_id: order.priceId } });
const sale = (change: object) => (order: Order) =>
  sessionEvent(order, { metadata: { price_id: order.priceId }, ...change });
const invoice =
  (change: object, priceId?: string): Tell =>
  (order) =>
    invoiceEvent(order, 1, 'invoice.paid', {
      parent: {
        subscription_details: {
          metadata: { order_id: order.id, price_id: priceId ?? order.priceId },
          subscription: `sub_${order.id}`,
        },
      },
      ...change,
    });
const refund: Tell = (order) => refundEvent(order, 0, order.amountMinor);
const dispute: Tell = (order) => disputeEvent(order, 0, 'needs_response');
const elsewhere = (tell: Tell) => but(tell, (event) => (event['account'] = 'acct_other'));

/** What is wrong, with what, why it is refused; of an order nobody has paid, and of one that is paid. */
const OF_OPEN: readonly [string, Tell, string][] = [
  ['a sale on another account', elsewhere(paid), 'other_account'],
  ['a sale at a price that is not the order’s', sale({ metadata: { price_id: 'prc_other' } }), 'unknown_price'],
  ['a sale at no price', sale({ metadata: {} }), 'unknown_price'],
  ['a sale for less', sale({ amount_total: 4_899 }), 'amount_mismatch'],
  ['a sale for more', sale({ amount_total: 4_901 }), 'amount_mismatch'],
  ['a sale for nothing', sale({ amount_total: 0 }), 'amount_mismatch'],
  ['a sale for nothing at all', sale({ amount_total: null }), 'amount_mismatch'],
  ['a sale below nothing', sale({ amount_total: -4_900 }), 'amount_mismatch'],
  ['a sale of fractions', sale({ amount_total: 4_900.5 }), 'amount_mismatch'],
  ['a sale whose amount is text', sale({ amount_total: '4900' }), 'amount_mismatch'],
  ['a sale in another currency', sale({ currency: 'huf' }), 'currency_mismatch'],
  ['a sale in no currency', sale({ currency: null }), 'currency_mismatch'],
  [
    'a sale that claims to be a trial',
    sale({ amount_total: 0, payment_status: 'no_payment_required' }),
    'amount_mismatch',
  ],
  ['a tax above the price', sale({ total_details: { amount_tax: 4_901 } }), 'amount_mismatch'],
  ['a negative tax', sale({ total_details: { amount_tax: -1 } }), 'amount_mismatch'],
  ['a fraction of tax', sale({ total_details: { amount_tax: 0.5 } }), 'amount_mismatch'],
];
const OF_PAID: readonly [string, Tell, string][] = [
  ['a period on another account', elsewhere(invoice({})), 'other_account'],
  ['a period at another price', invoice({}, 'prc_other'), 'unknown_price'],
  ['a period for less', invoice({ amount_paid: 1 }), 'amount_mismatch'],
  ['a period for nothing', invoice({ amount_paid: 0 }), 'amount_mismatch'],
  ['a period of fractions', invoice({ amount_paid: 4_899.99 }), 'amount_mismatch'],
  ['a period below nothing', invoice({ amount_paid: -4_900 }), 'amount_mismatch'],
  ['a period in another currency', invoice({ currency: 'usd' }), 'currency_mismatch'],
  ['a period with too much tax', invoice({ total_taxes: [{ amount: 4_000 }, { amount: 4_000 }] }), 'amount_mismatch'],
  ['a refund in another currency', withIn('currency', 'usd', refund), 'currency_mismatch'],
  ['a refund in no currency', withIn('currency', null, refund), 'malformed'],
  ['a refund of more than was paid', withIn('amount_refunded', 4_901, refund), 'amount_mismatch'],
  ['a refund of another payment', withIn('amount', 9_900, refund), 'amount_mismatch'],
  ['a refund of fractions', withIn('amount_refunded', 1.5, refund), 'malformed'],
  ['a refund below nothing', withIn('amount_refunded', -1, refund), 'malformed'],
  ['a dispute in another currency', withIn('currency', 'usd', dispute), 'currency_mismatch'],
  ['a dispute of fractions', withIn('amount', 0.1, dispute), 'malformed'],
  ['a dispute below nothing', withIn('amount', -1, dispute), 'malformed'],
];

describe('what is not believed, whoever signed it', () => {
  const clock = fixedClock('2030-01-01T12:00:00Z');
  let hub: TestHub;
  let once: Package;
  let monthly: Package;
  let instanceId: string;
  let customers = 0;

  beforeAll(async () => {
    hub = await startTestHub({ clock });
    once = await aPaidPackage(hub.database);
    monthly = await aPaidPackage(hub.database, { ...MONTHLY, priceMinor: 4_900 });
    instanceId = (await anInstance(hub.database)).id;
  });
  afterAll(() => hub.close());

  const sell = async (item: Package, terms: object = {}) => {
    const price = await priceAt(hub.database.dataSource.manager, item.id, clock.now());
    customers += 1;
    const customerEmail = `merchant-${customers}@shop.example`;
    const packageId = item.id;
    return anOrder(hub.database, { packageId, instanceId, customerEmail, priceId: price!.id, ...terms });
  };
  const say = async (event: string) => {
    const { status } = await sendStripeEvent(hub, event);
    await doJobs(hub);
    return status;
  };
  const outcomeOf = async (event: string) => {
    const { id } = JSON.parse(event) as { id: string };
    const { outcome, isRefused } = await hub.database.dataSource.manager.findOneByOrFail(StripeEventRow, { id });
    return [outcome, isRefused];
  };
  /** Everything money can change. */
  const everything = async () =>
    (await hub.database.dataSource.query(
      `SELECT (SELECT json_agg(o ORDER BY id) FROM orders o) o, (SELECT json_agg(l ORDER BY id) FROM licenses l) l,
              (SELECT json_agg(p ORDER BY id) FROM license_periods p) p, (SELECT json_agg(r ORDER BY id) FROM payment_returns r) r,
              (SELECT json_agg(g ORDER BY id) FROM ledger_postings g) g, (SELECT json_agg(s ORDER BY id) FROM subscriptions s) s,
              (SELECT count(*) FROM outbox_events) e, (SELECT count(*) FROM deliveries) d`,
    )) as unknown;

  it.each(OF_OPEN)('%s changes nothing', async (_, tell, why) => {
    const order = await sell(once);
    const event = tell(order);
    const before = await everything();
    expect(await say(event)).toBe(200);
    expect([await outcomeOf(event), await everything()]).toEqual([[why, true], before]);
    await say(paid(order));
    const { status } = await hub.database.dataSource.manager.findOneByOrFail(Order, { id: order.id });
    expect(status).toBe('paid');
  });

  it.each(OF_PAID)('%s changes nothing', async (_, tell, why) => {
    const isPeriod = tell(await sell(once)).includes('"invoice.paid"');
    const order = await (isPeriod ? sell(monthly, MONTHLY) : sell(once));
    await say(paid(order));
    const event = tell(order);
    const before = await everything();
    expect(await say(event)).toBe(200);
    expect([await outcomeOf(event), await everything()]).toEqual([[why, true], before]);
  });

  it('a refund in another currency that came before its payment changes nothing either', async () => {
    const order = await sell(once);
    const event = withIn('currency', 'usd', refund)(order);
    await say(event);
    await say(paid(order));
    const rows: { revoked_at: Date | null; lines: number }[] = await hub.database.dataSource.query(
      `SELECT revoked_at, (SELECT count(*)::int FROM ledger_postings g WHERE g.order_id = l.order_id) AS lines
         FROM licenses l WHERE order_id = $1`,
      [order.id],
    );
    expect(rows).toEqual([{ revoked_at: null, lines: 3 }]);
  });

  it('an event of the other mode is turned away, and operators see it', async () => {
    const event = but(paid, (it) => (it['livemode'] = true))(await sell(once));
    const before = await everything();
    expect(await say(event)).toBe(400);
    expect(await everything()).toEqual(before);
    const headers = await asOperator(hub);
    const path = `${hub.url}/console/stripe-events`;
    const refused = (await (await fetch(`${path}?refused=true&limit=100`, { headers })).json()) as {
      items: { id: string; outcome: string; refused: boolean }[];
    };
    const { id } = JSON.parse(event) as { id: string };
    expect(refused.items.find((item) => item.id === `${id}:other_mode`)).toMatchObject({
      outcome: 'other_mode',
      refused: true,
    });
    expect(refused.items.every((item) => item.refused)).toBe(true);
    expect((await fetch(`${path}?refused=perhaps`, { headers })).status).toBe(400);
  });
});
