import { Clock } from '@hansa/platform';
import {
  aPaidPackage,
  anInstance,
  asOperator,
  asShop,
  doJobs,
  startStripeSandbox,
  startTestHub,
  watchStatements,
  type FixedClock,
  type StripeSandbox,
  type TestHub,
} from '#test';
import { AuditEntry } from '#audit';
import type { Package } from '#catalog';
import { Order } from '#checkout';
import { centralConfigForTests } from '#config';
import { MoneyCheck, StripeFees } from '#earnings';
import { License } from '#licenses';
import { StripeReconciliation } from '#webhooks';

/** Stripe keeps real time, so this hub does too. */
const realClock = new Clock() as FixedClock;
const DAY = 86_400;
const CARD = '4242424242424242';
const FAILS_LATER = '4000000000000341';

/** No webhook ever arrives here: everything the hub knows it has found by itself. */
describe('a hub that Stripe cannot reach', () => {
  let sandbox: StripeSandbox;
  let hub: TestHub;
  let shopKey: Record<string, string>;
  let instanceId: string;

  beforeAll(async () => {
    sandbox = await startStripeSandbox();
    const stripe = { ...centralConfigForTests().stripe, apiBase: sandbox.url, automaticTax: true, invoices: true };
    hub = await startTestHub({ clock: realClock, config: { stripe } });
    shopKey = await asShop(hub);
  });
  afterAll(async () => {
    await hub.close();
    await sandbox.close();
  });
  beforeEach(async () => {
    instanceId = (await anInstance(hub.database)).id;
  });

  const db = () => hub.database.dataSource.manager;
  const sql = <T>(text: string, ...values: unknown[]): Promise<T[]> => hub.database.dataSource.query(text, values);
  const reconcile = async (from?: Date) => {
    const found = await hub.app.get(StripeReconciliation, { strict: false }).run('test', from);
    await doJobs(hub);
    return found;
  };
  const place = async (item: Package, more: object = {}): Promise<Order> => {
    const response = await fetch(`${hub.url}/store/marketplace/checkout/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...shopKey },
      body: JSON.stringify({
        marketplace_id: item.marketplaceId,
        version: '1.0.0',
        customer_email: 'merchant@shop.example',
        instance_id: instanceId,
        ...more,
      }),
    });
    expect(response.status).toBe(201);
    const { order_id: id } = (await response.json()) as { order_id: string };
    return db().findOneByOrFail(Order, { id });
  };
  const submit = (url: string, fields: Record<string, string>) =>
    fetch(`${sandbox.url}${new URL(url).pathname}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      redirect: 'manual',
    });
  const card = (number: string) => ({ card_number: number, card_expiry: '12/40', card_cvc: '123' });
  const pay = async ({ sessionUrl }: Order, number = CARD) =>
    expect((await submit(sessionUrl!, { method: 'card', ...card(number) })).status).toBe(303);
  const again = ({ id }: Order) => db().findOneByOrFail(Order, { id });
  const licenseOf = ({ id: orderId }: Order) => db().findOneByOrFail(License, { orderId });
  const ledgerOf = async ({ id }: Order) => {
    const rows = await sql<{ account: string; amount: number }>(
      `SELECT account, sum(amount_minor)::int AS amount FROM ledger_postings WHERE order_id = $1 AND account <> 'stripe_fee'
        GROUP BY account HAVING sum(amount_minor) <> 0 ORDER BY account`,
      id,
    );
    return Object.fromEntries(rows.map(({ account, amount }) => [account, amount]));
  };
  /** Proves all money of the hub, Stripe's fees included, to the cent. */
  const prove = async () => {
    await hub.app.get(StripeFees, { strict: false }).record(new Date(0));
    return (await hub.app.get(MoneyCheck, { strict: false }).run()).differences;
  };
  /** Moves the subscription of an order so many days on. */
  const daysLater = async (order: Order, days: number) => {
    const { stripeSubscription: id } = await again(order);
    const url = `${sandbox.url}/sandbox/subscriptions/${id!}/test_clock`;
    const clock = (await (await fetch(url, { method: 'POST' })).json()) as { id: string; frozen_time: number };
    const { testClocks } = sandbox.stripe.testHelpers;
    await testClocks.advance(clock.id, { frozen_time: clock.frozen_time + days * DAY });
    while ((await testClocks.retrieve(clock.id)).status !== 'ready') await new Promise((soon) => setTimeout(soon, 20));
    await reconcile();
    return sandbox.stripe.subscriptions.retrieve(id!);
  };
  const aTrial = () =>
    aPaidPackage(hub.database, { licenseKind: 'subscription', billingInterval: 'month', trialDays: 14 });

  it('sells with tax, gives tax back in proportion, and proves both to the cent', async () => {
    const order = await place(await aPaidPackage(hub.database));
    await pay(order);
    expect((await reconcile()).recovered.length).toBeGreaterThan(0);
    expect(await again(order)).toMatchObject({ status: 'paid' });
    // 19 % within EUR 49.00 are EUR 7.82; the hub keeps a tenth of the rest.
    const paid = { merchant_payment: -4_900, tax: 782, hub_fee: 411, publisher_payable: 3_707 };
    expect(await ledgerOf(order)).toEqual(paid);
    expect(await prove()).toEqual([]);
    const { stripePaymentIntent: intent } = await again(order);
    await sandbox.stripe.refunds.create({ payment_intent: intent!, amount: 2_450 });
    expect((await prove()).map(({ code }) => code)).toContain('ACCOUNT_DIFFERS');
    await reconcile();
    expect(await ledgerOf(order)).toMatchObject({ refund: 2_450, tax: 391 });
    expect(await prove()).toEqual([]);
    const { invoice } = await sandbox.stripe.checkout.sessions.retrieve(order.stripeSessionId!);
    expect(invoice).toMatch(/^in_/);
  });

  it('notices a tax that is not the one Stripe found', async () => {
    const order = await place(await aPaidPackage(hub.database));
    await pay(order);
    await reconcile();
    await sql('UPDATE license_periods SET tax_minor = 0 WHERE order_id = $1', order.id);
    expect(await prove()).toEqual([]); // the ledger is what counts, and is right
    await sql('ALTER TABLE ledger_postings DISABLE TRIGGER USER');
    await sql(
      `UPDATE ledger_postings SET amount_minor = amount_minor + CASE account WHEN 'tax' THEN -82 ELSE 82 END
        WHERE order_id = $1 AND account IN ('tax', 'hub_fee')`,
      order.id,
    );
    await sql('ALTER TABLE ledger_postings ENABLE TRIGGER USER');
    const wrong = (await prove()).filter(({ about }) => about === order.id);
    expect(wrong.map(({ code, expected, found }) => [code, expected, found])).toContainEqual([
      'ACCOUNT_DIFFERS',
      '782',
      '700',
    ]);
    await sql('ALTER TABLE ledger_postings DISABLE TRIGGER USER');
    await sql(
      `UPDATE ledger_postings SET amount_minor = amount_minor - CASE account WHEN 'tax' THEN -82 ELSE 82 END
        WHERE order_id = $1 AND account IN ('tax', 'hub_fee')`,
      order.id,
    );
    await sql('ALTER TABLE ledger_postings ENABLE TRIGGER USER');
  });

  it('finds what is new once, and says so to operators', async () => {
    const order = await place(await aPaidPackage(hub.database));
    await pay(order);
    const { recovered } = await reconcile();
    expect((await reconcile()).recovered).toEqual([]);
    const audit = await db().findBy(AuditEntry, { action: 'stripe.reconciled' });
    expect(audit.at(-1)!.data).toMatchObject({ count: recovered.length });
    const headers = await asOperator(hub);
    const shown = async (path: string) =>
      (await (await fetch(`${hub.url}/console/${path}`, { headers })).json()) as { items: { recovered: string[] }[] };
    const { items } = await shown('reconciliations?limit=2');
    expect(items.map((item) => item.recovered)).toEqual([[], recovered]);
    expect((await shown('stripe-events?refused=true')).items).toEqual([]);
  });

  it('finds a sale whose events Stripe has forgotten, by its session', async () => {
    const [sold, left] = [await place(await aPaidPackage(hub.database)), await place(await aPaidPackage(hub.database))];
    await pay(sold);
    await sandbox.stripe.checkout.sessions.expire(left.stripeSessionId!);
    const past = new Date(Date.now() - 40 * DAY * 1_000);
    await sql('UPDATE orders SET expires_at = $1 WHERE id = ANY ($2)', past, [sold.id, left.id]);
    const found = await reconcile(new Date(Date.now() + 60_000));
    expect(found).toMatchObject({ events: 0, sessions: 2 });
    expect([(await again(sold)).status, (await again(left)).status]).toEqual(['paid', 'expired']);
    expect(await licenseOf(sold)).toBeDefined();
    await reconcile();
    expect(await ledgerOf(sold)).toMatchObject({ merchant_payment: -4_900 });
  });

  it('loses nothing when it is killed before or after any statement', async () => {
    const order = await place(await aPaidPackage(hub.database));
    await pay(order);
    const run = () => hub.app.get(StripeReconciliation, { strict: false }).run('test');
    let broken = 0;
    for (let statement = 1, isOver = false; !isOver; statement += 1) {
      let left = statement;
      const stop = watchStatements(hub.database, (_, connection) => {
        left -= 1;
        if (left === 0) connection.kill();
      });
      isOver = await run().then(
        () => left > 0,
        () => false,
      );
      broken += isOver ? 0 : 1;
      stop();
    }
    expect(broken).toBeGreaterThan(5);
    await doJobs(hub);
    expect(await db().countBy(License, { orderId: order.id })).toBe(1);
    expect(await ledgerOf(order)).toMatchObject({ merchant_payment: -4_900, tax: 782 });
    expect((await reconcile()).recovered).toEqual([]);
  });

  describe('a trial', () => {
    it('becomes a subscription when its card is charged, and a refund takes that month back', async () => {
      const order = await place(await aTrial());
      await pay(order);
      await reconcile();
      const begun = await licenseOf(order);
      const days = (begun.expiresAt!.getTime() - begun.issuedAt.getTime()) / (DAY * 1_000);
      expect(Math.round(days)).toBe(14);
      expect(await ledgerOf(order)).toEqual({});
      const { latest_invoice: invoice } = await daysLater(order, 15);
      const paid = await licenseOf(order);
      expect(paid.expiresAt!.getTime()).toBeGreaterThan(begun.expiresAt!.getTime() + 27 * DAY * 1_000);
      expect(await ledgerOf(order)).toMatchObject({ merchant_payment: -4_900, tax: 782 });
      expect(await prove()).toEqual([]);
      const [payment] = (await sandbox.stripe.invoicePayments.list({ invoice: invoice as string })).data;
      await sandbox.stripe.refunds.create({ payment_intent: payment!.payment.payment_intent as string });
      await reconcile();
      expect(await licenseOf(order)).toMatchObject({ expiresAt: begun.expiresAt, revokedAt: null });
      expect(await prove()).toEqual([]);
    });

    it('ends with its days when the card is declined, and goes on when the invoice is paid on its page', async () => {
      const order = await place(await aTrial());
      await pay(order, FAILS_LATER);
      await reconcile();
      const begun = await licenseOf(order);
      expect((await daysLater(order, 15)).status).toBe('past_due');
      expect((await licenseOf(order)).expiresAt).toEqual(begun.expiresAt);
      const [owed] = await sql<{ pay_url: string }>('SELECT pay_url FROM subscriptions WHERE order_id = $1', order.id);
      expect((await submit(owed!.pay_url, card(CARD))).status).toBe(303);
      await reconcile();
      expect((await licenseOf(order)).expiresAt!.getTime()).toBeGreaterThan(begun.expiresAt!.getTime());
      expect(await prove()).toEqual([]);
    });
  });
});
