import { inTransaction } from '@hansa/platform';
import {
  aPaidPackage,
  doJobs,
  fixedClock,
  payOnPage,
  relayStripeEvents,
  startStripeSandbox,
  startTestHub,
  aSeller,
  type StripeSandbox,
  type TestHub,
} from '#test';
import type { Package } from '#catalog';
import { Order, Purchase, Purchases } from '#checkout';
import { centralConfigForTests } from '#config';
import { MoneyCheck, StripeFees } from '#earnings';
import { License } from '#licenses';

const PAGES = { successUrl: 'https://hub.example/done', cancelUrl: 'https://hub.example/gone' };

describe('orders that are paid for together', () => {
  let sandbox: StripeSandbox;
  let hub: TestHub;
  let purchases: Purchases;
  let items: [Package, Package];

  beforeEach(async () => {
    sandbox = await startStripeSandbox();
    const stripe = { ...centralConfigForTests().stripe, apiBase: sandbox.url };
    // Stripe's page lives by the sandbox's own clock; jobs are due by the hub's.
    const clock = fixedClock(new Date(Date.now() + 600_000).toISOString());
    hub = await startTestHub({ clock, config: { stripe } });
    purchases = hub.app.get(Purchases, { strict: false });
    const first = (await aSeller(hub)).item;
    items = [first, await aPaidPackage(hub.database, { marketplaceId: '@acme/second', priceMinor: 101 })];
  });
  afterEach(async () => {
    await hub.close();
    await sandbox.close();
  });

  const sql = (text: string, values: unknown[] = []) => hub.database.dataSource.query(text, values);
  const relay = () => relayStripeEvents(hub, sandbox);
  const statuses = async () =>
    (await hub.database.dataSource.manager.find(Order, { order: { id: 'ASC' } })).map(({ status }) => status).sort();
  const licenses = () => hub.database.dataSource.manager.find(License, { order: { id: 'ASC' } });
  const proof = async () => {
    await hub.app.get(StripeFees, { strict: false }).record(new Date(0));
    return (await hub.app.get(MoneyCheck, { strict: false }).run()).differences;
  };

  async function place(capture: Purchase['capture'] = 'automatic', packages: readonly Package[] = items) {
    const { purchase, orderIds } = await inTransaction(hub.database.dataSource, (tx) =>
      purchases.place(tx, {
        customerEmail: 'buyer@shop.example',
        capture,
        actor: 'test',
        items: packages.map((item) => ({
          package: item,
          itemName: item.name,
          version: '1.0.0',
          amountMinor: item.priceMinor,
        })),
      }),
    );
    return { purchase, orderIds, url: await purchases.open(purchase, PAGES) };
  }
  const intentOf = async () => {
    const [payment] = (await sandbox.stripe.paymentIntents.list({ limit: 1 })).data;
    return payment!;
  };

  it('are one payment, and each its own order, license and earnings', async () => {
    const { url, orderIds } = await place();
    await payOnPage(url);
    await relay();
    expect(await statuses()).toEqual(['paid', 'paid']);
    expect((await licenses()).map(({ orderId }) => orderId).sort()).toEqual([...orderIds].sort());
    expect((await intentOf()).amount_received).toBe(5_001);
    const shares = await sql(
      `SELECT account, sum(amount_minor)::int AS amount FROM ledger_postings GROUP BY account ORDER BY account`,
    );
    expect(shares).toEqual([
      { account: 'hub_fee', amount: 500 },
      { account: 'merchant_payment', amount: -5_001 },
      { account: 'publisher_payable', amount: 4_501 },
    ]);
    expect(await proof()).toEqual([]);
  });

  it('are told of twice and change once', async () => {
    await payOnPage((await place()).url);
    await relay();
    const before = await sql('SELECT count(*)::int FROM ledger_postings');
    await sql(`UPDATE stripe_events SET id = id || 'x'`);
    await relay();
    expect(await sql('SELECT count(*)::int FROM ledger_postings')).toEqual(before);
    expect(await licenses()).toHaveLength(2);
  });

  it('share what goes back by what each cost', async () => {
    await payOnPage((await place()).url);
    await relay();
    const { id } = await intentOf();
    await sandbox.stripe.refunds.create({ payment_intent: id, amount: 1_000 });
    await relay();
    const refunded = () =>
      sql(`SELECT sum(amount_minor)::int AS amount FROM ledger_postings WHERE account = 'refund' GROUP BY order_id
            ORDER BY amount`);
    expect((await refunded()).reduce((total: number, { amount }: { amount: number }) => total + amount, 0)).toBe(1_000);
    expect(await refunded()).toHaveLength(2);
    expect((await licenses()).map(({ revokedAt }) => revokedAt)).toEqual([null, null]);
    expect(await proof()).toEqual([]);

    await sandbox.stripe.refunds.create({ payment_intent: id });
    await relay();
    expect(await refunded()).toEqual([{ amount: 101 }, { amount: 4_900 }]);
    expect((await licenses()).map(({ revokedReason }) => revokedReason)).toEqual(['refunded', 'refunded']);
    expect(await proof()).toEqual([]);
  });

  it('are all suspended while the payment is disputed', async () => {
    await payOnPage((await place()).url);
    await relay();
    await fetch(`${sandbox.url}/sandbox/charges/${(await intentOf()).id}/dispute`, { method: 'POST' });
    await relay();
    expect((await licenses()).map(({ suspendedAt }) => suspendedAt === null)).toEqual([false, false]);
    expect(await proof()).toEqual([]);
  });

  it('are not believed to be paid for with another sum', async () => {
    await payOnPage((await place()).url);
    await sql('UPDATE orders SET amount_minor = amount_minor + 1');
    await relay();
    expect(await statuses()).toEqual(['open', 'open']);
    expect(await licenses()).toEqual([]);
  });

  it('have one page, however often it is opened', async () => {
    const { purchase, url } = await place();
    await hub.database.dataSource.manager.update(Purchase, { id: purchase.id }, { sessionUrl: null });
    const again = await hub.database.dataSource.manager.findOneByOrFail(Purchase, { id: purchase.id });
    expect(await purchases.open(again, PAGES)).toBe(url);
    expect((await sandbox.stripe.checkout.sessions.list()).data).toHaveLength(1);
  });

  it('cannot be paid after their page was closed', async () => {
    const { purchase, url } = await place();
    expect(await purchases.close(purchase, PAGES)).toBe(true);
    await expect(payOnPage(url)).rejects.toThrow('410');
    expect(await statuses()).toEqual(['expired', 'expired']);
    expect(await purchases.close(purchase, PAGES)).toBe(true);
  });

  it('keep their page once somebody has paid on it', async () => {
    const { purchase, url } = await place();
    await payOnPage(url);
    expect(await purchases.close(purchase, PAGES)).toBe(false);
    await relay();
    expect(await statuses()).toEqual(['paid', 'paid']);
  });

  describe('with a held payment', () => {
    async function hold(packages?: readonly Package[]) {
      const placed = await place('manual', packages);
      await payOnPage(placed.url);
      await relay();
      return placed;
    }

    it('bring no license before it is captured', async () => {
      const { purchase, orderIds } = await hold();
      expect(await statuses()).toEqual(['awaiting_payment', 'awaiting_payment']);
      expect(await licenses()).toEqual([]);
      await purchases.settle(purchase.id, new Set(orderIds));
      await purchases.settle(purchase.id, new Set(orderIds));
      await relay();
      expect(await statuses()).toEqual(['paid', 'paid']);
      expect((await intentOf()).amount_received).toBe(5_001);
      expect(await licenses()).toHaveLength(2);
      expect(await proof()).toEqual([]);
    });

    it('cost what was delivered', async () => {
      const { purchase, orderIds } = await hold();
      await purchases.settle(purchase.id, new Set([orderIds[1]!]));
      await relay();
      expect(await statuses()).toEqual(['failed', 'paid']);
      expect((await intentOf()).amount_received).toBe(101);
      expect((await licenses()).map(({ orderId }) => orderId)).toEqual([orderIds[1]]);
      expect(await proof()).toEqual([]);
    });

    it('cost nothing when nothing was delivered', async () => {
      const { purchase } = await hold();
      await purchases.settle(purchase.id, new Set());
      await relay();
      expect((await intentOf()).status).toBe('canceled');
      expect(await statuses()).toEqual(['failed', 'failed']);
      expect(await proof()).toEqual([]);
    });

    it('are given up when Stripe lets go of it', async () => {
      await hold();
      await sandbox.stripe.paymentIntents.cancel((await intentOf()).id);
      await relay();
      expect(await statuses()).toEqual(['failed', 'failed']);
    });

    it('do not begin on a hold of another sum', async () => {
      const { url } = await place('manual');
      await payOnPage(url);
      await sql('UPDATE orders SET amount_minor = amount_minor + 1');
      await relay();
      expect(await statuses()).toEqual(['open', 'open']);
      expect(await sql('SELECT stripe_payment_intent FROM purchases')).toEqual([{ stripe_payment_intent: null }]);
    });
  });

  it('renew as a subscription does, when that is what was bought', async () => {
    const monthly = await aPaidPackage(hub.database, {
      marketplaceId: '@acme/monthly',
      licenseKind: 'subscription',
      billingInterval: 'month',
    });
    await payOnPage((await place('automatic', [monthly])).url);
    await relay();
    expect(await statuses()).toEqual(['paid']);
    const periods = await sql('SELECT id, joint_payment FROM license_periods');
    expect(periods).toEqual([{ id: expect.stringMatching(/^in_/), joint_payment: null }]);
    await doJobs(hub);
    expect(await proof()).toEqual([]);
  });
});
