import type Stripe from 'stripe';
import { aSession, CARD, MONTHLY, payByCard, submit, useSandbox } from './support/sandbox.js';

const DISPUTED_CARD = '4000000000000259';
const JANUARY = Date.parse('2030-01-31T10:00:00Z') / 1_000;
const seconds = (text: string) => Date.parse(text) / 1_000;

describe('billing', () => {
  const sandbox = useSandbox();

  async function typesOf(prefix: string): Promise<string[]> {
    const { data } = await sandbox.stripe.events.list({ type: prefix, limit: 100 });
    return data.map(({ type }) => type).reverse();
  }

  async function subscribe(customer?: string): Promise<Stripe.Subscription> {
    const { stripe, url } = sandbox;
    const who = customer === undefined ? {} : { customer, customer_email: undefined as unknown as string };
    const data = { metadata: { order_id: 'ord_1' } };
    const session = await stripe.checkout.sessions.create(
      aSession({ mode: 'subscription', line_items: MONTHLY, subscription_data: data, ...who }),
    );
    const email: Record<string, string> = customer === undefined ? {} : { email: 'jo@shop.test' };
    expect((await payByCard(url, session.id, CARD, email)).status).toBe(303);
    const { subscription } = await stripe.checkout.sessions.retrieve(session.id);
    return stripe.subscriptions.retrieve(subscription as string);
  }

  async function onClock(): Promise<{ clock: string; subscription: Stripe.Subscription }> {
    const { stripe } = sandbox;
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: JANUARY, name: 'a year' });
    const customer = await stripe.customers.create({ email: 'jo@shop.test', test_clock: clock.id });
    return { clock: clock.id, subscription: await subscribe(customer.id) };
  }

  async function advance(clock: string, to: string): Promise<void> {
    const { testClocks } = sandbox.stripe.testHelpers;
    const advancing = await testClocks.advance(clock, { frozen_time: seconds(to) });
    expect(advancing).toMatchObject({ status: 'advancing', frozen_time: expect.any(Number) });
    for (let now = advancing; now.status !== 'ready'; now = await testClocks.retrieve(clock)) {
      await new Promise((soon) => setTimeout(soon, 5));
    }
  }

  it('renews a subscription for every period its clock passes, at the times of the clock', async () => {
    const { stripe } = sandbox;
    const { clock, subscription } = await onClock();
    expect(subscription).toMatchObject({ test_clock: clock, start_date: JANUARY });
    await advance(clock, '2030-03-30T10:00:00Z');
    const { data } = await stripe.invoices.list({ subscription: subscription.id });
    const lines = data.map((invoice) => [invoice.billing_reason, invoice.status, invoice.created, invoice.test_clock]);
    expect(lines).toEqual([
      ['subscription_cycle', 'paid', seconds('2030-03-28T10:00:00Z'), clock],
      ['subscription_cycle', 'paid', seconds('2030-02-28T10:00:00Z'), clock],
      ['subscription_create', 'paid', JANUARY, clock],
    ]);
    const period = { start: seconds('2030-02-28T10:00:00Z'), end: seconds('2030-03-28T10:00:00Z') };
    expect(data[1]?.lines.data[0]?.period).toEqual(period);
    expect(data[1]?.parent?.subscription_details?.metadata).toEqual({ order_id: 'ord_1' });
    expect(await typesOf('invoice_payment.*')).toEqual(Array(3).fill('invoice_payment.paid'));
  });

  it('says which payment an invoice was paid with', async () => {
    const { stripe } = sandbox;
    const { latest_invoice: invoice } = await subscribe();
    const [event] = (await stripe.events.list({ type: 'invoice_payment.paid' })).data;
    const payment = event?.data.object as Stripe.InvoicePayment;
    expect(payment).toMatchObject({ invoice, payment: { type: 'payment_intent' } });
    const intent = await stripe.paymentIntents.retrieve(payment.payment.payment_intent as string);
    expect(intent.status).toBe('succeeded');
  });

  it('does not turn a clock back, and forgets it with its customers', async () => {
    const { stripe } = sandbox;
    const { clock, subscription } = await onClock();
    const { testClocks } = stripe.testHelpers;
    await expect(testClocks.advance(clock, { frozen_time: JANUARY })).rejects.toMatchObject({ param: 'frozen_time' });
    expect(await testClocks.del(clock)).toMatchObject({ deleted: true });
    await expect(testClocks.retrieve(clock)).rejects.toMatchObject({ code: 'resource_missing' });
    await expect(stripe.subscriptions.retrieve(subscription.id)).rejects.toMatchObject({ code: 'resource_missing' });
  });

  it('leaves a subscription past due when its card is declined', async () => {
    const { stripe } = sandbox;
    const { clock, subscription } = await onClock();
    await stripe.subscriptions.update(subscription.id, { default_payment_method: 'pm_card_chargeCustomerFail' });
    await advance(clock, '2030-06-01T00:00:00Z');
    expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({ status: 'past_due' });
    expect(await typesOf('invoice.payment_failed')).toHaveLength(1);
    const [open] = (await stripe.invoices.list({ subscription: subscription.id })).data;
    expect(open).toMatchObject({ status: 'open', amount_paid: 0, amount_remaining: 900 });
  });

  it('ends a subscription with its period when that was asked for', async () => {
    const { stripe } = sandbox;
    const { clock, subscription } = await onClock();
    const end = seconds('2030-02-28T10:00:00Z');
    expect(await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })).toMatchObject({
      status: 'active',
      cancel_at: end,
    });
    await advance(clock, '2030-06-01T00:00:00Z');
    expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({ status: 'canceled', ended_at: end });
    expect(await typesOf('customer.subscription.*')).toEqual([
      'customer.subscription.created',
      'customer.subscription.updated',
      'customer.subscription.deleted',
    ]);
  });

  it('renews ahead of time for a demonstration', async () => {
    const { items } = await subscribe().then(async ({ id }) => {
      const answer = await fetch(`${sandbox.url}/sandbox/subscriptions/${id}/renew`, { method: 'POST' });
      expect(answer.status).toBe(200);
      return sandbox.stripe.subscriptions.retrieve(id);
    });
    expect(items.data[0]!.current_period_start).toBeGreaterThan(Date.now() / 1_000 + 27 * 86_400);
  });

  describe('disputes', () => {
    async function aDispute(): Promise<Stripe.Dispute> {
      const { stripe, url } = sandbox;
      const session = await stripe.checkout.sessions.create(aSession());
      await payByCard(url, session.id, DISPUTED_CARD);
      const [dispute] = (await stripe.disputes.list()).data;
      return dispute!;
    }

    it('come with the test card that is disputed', async () => {
      const dispute = await aDispute();
      expect(dispute).toMatchObject({ status: 'needs_response', amount: 1_900, reason: 'fraudulent' });
      expect(await sandbox.stripe.charges.retrieve(dispute.charge as string)).toMatchObject({ disputed: true });
      expect(await typesOf('charge.dispute.*')).toEqual(['charge.dispute.created', 'charge.dispute.funds_withdrawn']);
    });

    it.each([
      ['winning_evidence', 'won', 2],
      ['losing_evidence', 'lost', 1],
    ])('are decided by %s: %s', async (uncategorized_text, status, transactions) => {
      const { id } = await aDispute();
      const decided = await sandbox.stripe.disputes.update(id, { evidence: { uncategorized_text } });
      expect(decided).toMatchObject({ status });
      expect(decided.balance_transactions).toHaveLength(transactions);
      expect(await typesOf('charge.dispute.closed')).toHaveLength(1);
      await expect(sandbox.stripe.disputes.close(id)).rejects.toMatchObject({ code: 'dispute_already_closed' });
    });

    it('can be opened about any payment, and decided, by hand', async () => {
      const { stripe, url } = sandbox;
      const session = await stripe.checkout.sessions.create(aSession());
      await payByCard(url, session.id, CARD);
      const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(session.id);
      const post = async (path: string) => fetch(`${url}/sandbox/${path}`, { method: 'POST' });
      const opened = (await (await post(`charges/${intent as string}/dispute`)).json()) as Stripe.Dispute;
      expect(opened).toMatchObject({ status: 'needs_response', payment_intent: intent });
      expect((await post(`charges/${intent as string}/dispute`)).status).toBe(400);
      expect(await (await post(`disputes/${opened.id}/won`)).json()).toMatchObject({ status: 'won' });
      expect((await post(`disputes/${opened.id}/maybe`)).status).toBe(404);
    });
  });

  it('opens a page by link where a customer ends a subscription of his own', async () => {
    const { stripe } = sandbox;
    const [own, other] = [await subscribe(), await subscribe()];
    const customer = own.customer as string;
    const portal = await stripe.billingPortal.sessions.create({ customer, return_url: 'http://shop.test/account' });
    const page = portal.url.replace('localhost', '127.0.0.1');
    const shown = await (await fetch(page)).text();
    expect([shown.includes(own.id), shown.includes(other.id), shown.includes('http://shop.test/account')]).toEqual([
      true,
      false,
      true,
    ]);
    await submit(page, { subscription: other.id });
    await submit(page, { subscription: own.id });
    const ends = async (id: string) => (await stripe.subscriptions.retrieve(id)).cancel_at_period_end;
    expect([await ends(own.id), await ends(other.id)]).toEqual([true, false]);
    expect((await fetch(`${sandbox.url}/p/session/bps_none`)).status).toBe(404);
  });
});
