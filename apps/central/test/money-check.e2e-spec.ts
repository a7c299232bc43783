import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import {
  anInstance,
  anOrder,
  aSeller,
  doJobs,
  fixedClock,
  sendStripeEvent,
  startStripeSandbox,
  startTestHub,
  type StripeSandbox,
  type TestHub,
} from '#test';
import type { Order } from '#checkout';
import { centralConfigForTests } from '#config';
import { MoneyCheck, PayoutAccounts, PayoutsService, StripeFees, type Difference } from '#earnings';
import { moneyEvent, NOON_SECONDS, sessionEvent } from './support/money.js';

const OPS = fileURLToPath(new URL('../dist/src/ops.js', import.meta.url));

describe('the proof of all money', () => {
  const clock = fixedClock('2030-01-06T12:00:00Z');
  let sandbox: StripeSandbox;
  let hub: TestHub;
  let order: Order;
  let intent: string;
  let dataDir: string;

  beforeEach(async () => {
    clock.set('2030-01-06T12:00:00Z');
    dataDir = await mkdtemp(join(tmpdir(), 'hansa-check-'));
    sandbox = await startStripeSandbox();
    const stripe = { ...centralConfigForTests().stripe, apiBase: sandbox.url };
    hub = await startTestHub({ clock, config: { stripe } });
    const { publisherId, item } = await aSeller(hub);
    const instanceId = (await anInstance(hub.database)).id;
    order = await anOrder(hub.database, { packageId: item.id, instanceId });
    intent = await sandbox.pay(4_900, { order_id: order.id });
    await sandbox.pay(1_234, { order_id: 'ord_of_other_software' });
    await say(sessionEvent(order, { payment_intent: intent }));
    await hub.app.get(StripeFees, { strict: false }).record(new Date(0));
    const details = { email: 'money@nord.example', country: 'DE' };
    const { url } = await hub.app.get(PayoutAccounts, { strict: false }).openOnboarding(publisherId, details);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    await fetch(`${sandbox.url}${new URL(url).pathname}`, { method: 'POST', headers, redirect: 'manual' });
    clock.set('2030-01-07T05:00:00Z');
    await hub.app.get(PayoutsService, { strict: false }).payPublishers();
    await doJobs(hub);
  });
  afterEach(async () => {
    await hub.close();
    await sandbox.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const say = async (event: string) => {
    expect((await sendStripeEvent(hub, event)).status).toBe(200);
    await doJobs(hub);
  };
  const sql = (statement: string, values: unknown[] = []) => hub.database.dataSource.query(statement, values);
  const prove = () => hub.app.get(MoneyCheck, { strict: false }).run();
  const differences = async () => (await prove()).differences.map(inWords);
  const inWords = ({ code, about, what, expected, found }: Difference) =>
    [code, about === order.id ? 'order' : about, what.replace(intent, 'payment'), expected, found].join(' | ');
  /** A hand in the database, past every guard of it. */
  const tamper = async (statement: string, values: unknown[] = []) => {
    await sql('ALTER TABLE ledger_postings DISABLE TRIGGER USER');
    await sql(statement, values);
    await sql('ALTER TABLE ledger_postings ENABLE TRIGGER USER');
  };

  it('finds nothing when every cent is where it should be, and leaves other software alone', async () => {
    expect(await prove()).toEqual({ payments: 1, payouts: 1, differences: [] });
  });

  it('follows refunds and disputes', async () => {
    await sandbox.stripe.refunds.create({ payment_intent: intent, amount: 1_000 });
    expect(await differences()).toEqual([
      'ACCOUNT_DIFFERS | order | payment hub_fee | 390 | 490',
      'ACCOUNT_DIFFERS | order | payment publisher_payable | 3510 | 4410',
      'ACCOUNT_DIFFERS | order | payment refund | 1000 | 0',
    ]);
    const [charge] = (await sandbox.stripe.charges.list({ payment_intent: intent })).data;
    await say(moneyEvent('charge.refunded', NOON_SECONDS, charge!));
    expect(await differences()).toEqual([]);
    await fetch(`${sandbox.url}/sandbox/charges/${intent}/dispute`, { method: 'POST' });
    expect((await differences()).at(-1)).toBe('ACCOUNT_DIFFERS | order | payment dispute | 3900 | 0');
    const [dispute] = (await sandbox.stripe.disputes.list()).data;
    await say(moneyEvent('charge.dispute.created', NOON_SECONDS, dispute!));
    expect(await differences()).toEqual([]);
  });

  it('names a payment the hub never heard of', async () => {
    const lost = await anOrder(hub.database, { packageId: order.packageId, instanceId: order.instanceId });
    const paid = await sandbox.pay(4_900, { order_id: lost.id });
    expect(await differences()).toEqual([`PAYMENT_NOT_HERE | ${lost.id} | ${paid} | 4900 EUR | `]);
  });

  it('names a renewal the hub never heard of, by the order its subscription was sold with', async () => {
    const lost = await anOrder(hub.database, { packageId: order.packageId, instanceId: order.instanceId });
    const recurring = { interval: 'month' } as const;
    const price_data = { currency: 'eur', unit_amount: 4_900, recurring, product_data: { name: 'Paid plugin' } };
    const { id } = await sandbox.stripe.checkout.sessions.create({
      mode: 'subscription',
      customer_email: 'merchant@shop.example',
      line_items: [{ quantity: 1, price_data }],
      subscription_data: { metadata: { order_id: lost.id } },
      success_url: 'http://hub.test/thanks',
    });
    const card = { method: 'card', card_number: '4242424242424242', card_expiry: '12 / 40', card_cvc: '123' };
    await fetch(`${sandbox.url}/c/pay/${id}`, { method: 'POST', body: new URLSearchParams(card), redirect: 'manual' });
    const { subscription } = await sandbox.stripe.checkout.sessions.retrieve(id);
    await fetch(`${sandbox.url}/sandbox/subscriptions/${subscription as string}/renew`, { method: 'POST' });
    const about = `PAYMENT_NOT_HERE | ${lost.id} | pi_`;
    expect(await differences()).toEqual([expect.stringContaining(about), expect.stringContaining(about)]);
  });

  it('is a command whose exit code says whether it holds', async () => {
    const run = async () => {
      const env = {
        PATH: process.env['PATH'],
        DATABASE_URL: hub.database.url,
        DATA_DIR: dataDir,
        MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
        STRIPE_SECRET_KEY: 'sk_test_shop',
        STRIPE_API_BASE: sandbox.url,
      };
      const child = spawn(process.execPath, [OPS, 'check-money'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
      const output = text(child.stdout);
      const [code] = (await once(child, 'exit')) as [number];
      return { code, ...(JSON.parse(await output) as { differences: Difference[] }) };
    };
    expect(await run()).toEqual({ code: 0, payments: 1, payouts: 1, differences: [] });
    await tamper('UPDATE payouts SET stripe_transfer = $1', ['tr_none']);
    expect(await run()).toMatchObject({ code: 1, differences: [{ code: 'PAYOUT_DIFFERS', what: 'transfer' }] });
  });

  it('names a payment Stripe never had', async () => {
    const forged = await anOrder(hub.database, { packageId: order.packageId, instanceId: order.instanceId });
    await say(sessionEvent(forged));
    expect(await differences()).toEqual([`PAYMENT_NOT_AT_STRIPE | ${forged.id} | pi_${forged.id} |  | 4900 EUR`]);
  });

  it.each<[string, string, (values: { order: string; intent: string }) => unknown[], string[]]>([
    [
      'one cent moved from the publisher to the hub',
      `UPDATE ledger_postings SET amount_minor = amount_minor + CASE account WHEN 'hub_fee' THEN 1 ELSE -1 END
        WHERE payment_id = $1 AND account IN ('hub_fee', 'publisher_payable')`,
      (it) => [it.intent],
      [
        'ACCOUNT_DIFFERS | order | payment hub_fee | 490 | 491',
        'ACCOUNT_DIFFERS | order | payment publisher_payable | 4410 | 4409',
      ],
    ],
    [
      'a removed line',
      `DELETE FROM ledger_postings WHERE payment_id = $1 AND account = 'hub_fee'`,
      (it) => [it.intent],
      ['LEDGER_UNBALANCED', 'ACCOUNT_DIFFERS | order | payment hub_fee | 490 | 0'],
    ],
    [
      'a payment that costs less',
      'UPDATE license_periods SET amount_minor = 4899 WHERE id = $1',
      (it) => [it.intent],
      ['PAYMENT_DIFFERS | order | payment | 4900 EUR | 4899 EUR'],
    ],
    [
      'another currency',
      `UPDATE license_periods SET currency = 'HUF' WHERE id = $1`,
      (it) => [it.intent],
      ['ENTRY_UNEXPLAINED', 'PAYMENT_DIFFERS | order | payment | 4900 EUR | 4900 HUF'],
    ],
    [
      'another rate',
      'UPDATE orders SET commission_percent = 0 WHERE id = $1',
      (it) => [it.order],
      ['ACCOUNT_DIFFERS | order | payment hub_fee | 0 | 490'],
    ],
    [
      'earnings of somebody else',
      `UPDATE ledger_postings SET publisher_id = (SELECT publisher_id FROM packages p WHERE p.publisher_id <> ledger_postings.publisher_id LIMIT 1)
        WHERE payment_id = $1`,
      (it) => [it.intent],
      ['ENTRY_UNEXPLAINED | order | line'],
    ],
    [
      'a smaller fee',
      `UPDATE ledger_postings SET amount_minor = sign(amount_minor) * 98 WHERE group_id IN (SELECT id FROM stripe_fees)`,
      () => [],
      ['FEES_DIFFER | order | payment | 99 EUR | 98 EUR'],
    ],
    [
      'a fee that is not booked',
      `DELETE FROM ledger_postings WHERE group_id IN (SELECT id FROM stripe_fees)`,
      () => [],
      ['FEES_DIFFER | order | payment | 99 EUR | '],
    ],
    [
      'a larger payout',
      'UPDATE payouts SET amount_minor = 4411',
      () => [],
      ['ACCOUNT_DIFFERS | pay_', 'PAYOUT_DIFFERS | pay_'],
    ],
    [
      'a payout that is forgotten',
      'DELETE FROM payouts',
      () => [],
      ['ENTRY_UNEXPLAINED | pay_', 'TRANSFER_NOT_HERE | pay_'],
    ],
    [
      'a license that is gone',
      'DELETE FROM licenses WHERE order_id = $1',
      (it) => [it.order],
      ['LICENSE_MISSING | order | licenses | 1 | 0'],
    ],
    [
      'an order that is open again',
      `UPDATE orders SET status = 'open', paid_at = NULL WHERE id = $1`,
      (it) => [it.order],
      ['ORDER_NOT_PAID | order | status | paid | open'],
    ],
  ])('names %s', async (_, statement, values, expected) => {
    await aSeller(hub);
    await tamper(statement, values({ order: order.id, intent }));
    const found = await differences();
    for (const start of expected) expect(found).toContainEqual(expect.stringContaining(start));
  });

  it('names a transfer that was taken back', async () => {
    const [transfer] = (await sandbox.stripe.transfers.list()).data;
    await sandbox.stripe.transfers.createReversal(transfer!.id, { amount: 10 });
    expect(await differences()).toEqual([
      expect.stringMatching(/^PAYOUT_DIFFERS \| pay_\w+ \| transfer \| 4400 EUR to/),
    ]);
  });
});
