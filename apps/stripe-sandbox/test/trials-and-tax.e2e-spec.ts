import type Stripe from 'stripe';
import { aSession, CARD, DECLINED_CARD, MONTHLY, payByCard, submit, useSandbox } from './support/sandbox.js';

/** Fit to be kept, declined when charged. */
const FAILS_LATER = '4000000000000341';
const DAY = 86_400;

describe('what is sold with a trial, with tax or with an invoice', () => {
  const sandbox = useSandbox();
  const post = (path: string) => fetch(`${sandbox.url}/sandbox/${path}`, { method: 'POST' });
  const card = (number: string) => ({ card_number: number, card_expiry: '12/40', card_cvc: '123' });

  async function typesOf(prefix: string): Promise<string[]> {
    const { data } = await sandbox.stripe.events.list({ type: prefix, limit: 100 });
    return data.map(({ type }) => type).reverse();
  }

  async function sell(changes: Partial<Stripe.Checkout.SessionCreateParams>, number = CARD) {
    const { id } = await sandbox.stripe.checkout.sessions.create(aSession(changes));
    const answer = await payByCard(sandbox.url, id, number);
    return { answer, session: await sandbox.stripe.checkout.sessions.retrieve(id) };
  }

  const onTrial = (more: Partial<Stripe.Checkout.SessionCreateParams> = {}) =>
    ({
      mode: 'subscription',
      line_items: MONTHLY,
      subscription_data: {
        trial_period_days: 14,
        trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
      },
      ...more,
    }) as const;

  /** Moves the subscription of a session so many days on, and yields what has become of it. */
  async function daysLater(session: Stripe.Checkout.Session, days: number): Promise<Stripe.Subscription> {
    const { stripe } = sandbox;
    const id = session.subscription as string;
    const clock = (await (await post(`subscriptions/${id}/test_clock`)).json()) as Stripe.TestHelpers.TestClock;
    const { testClocks } = stripe.testHelpers;
    await testClocks.advance(clock.id, { frozen_time: clock.frozen_time + days * DAY });
    while ((await testClocks.retrieve(clock.id)).status !== 'ready') await new Promise((soon) => setTimeout(soon, 5));
    return stripe.subscriptions.retrieve(id);
  }

  it('charges nothing for a trial, keeps the card, and charges it when the trial ends', async () => {
    const { session } = await sell(onTrial());
    expect(session).toMatchObject({ amount_total: 0, payment_status: 'no_payment_required', status: 'complete' });
    const started = await sandbox.stripe.subscriptions.retrieve(session.subscription as string);
    expect(started).toMatchObject({ status: 'trialing', default_payment_method: expect.stringMatching(/^pm_/) });
    expect(started.trial_end! - started.trial_start!).toBe(14 * DAY);
    expect(started.items.data[0]!.current_period_end).toBe(started.trial_end);
    const goesOn = await daysLater(session, 15);
    expect(goesOn.status).toBe('active');
    const { data } = await sandbox.stripe.invoices.list({ subscription: goesOn.id });
    expect(data.map(({ billing_reason, amount_paid }) => [billing_reason, amount_paid])).toEqual([
      ['subscription_cycle', 900],
      ['subscription_create', 0],
    ]);
    expect(data[0]!.lines.data[0]!.period.start).toBe(started.trial_end);
  });

  it('refuses a card for a trial that would be declined', async () => {
    const { answer, session } = await sell(onTrial(), DECLINED_CARD);
    expect([answer.status, session.status]).toEqual([402, 'open']);
  });

  it('ends a trial nobody left a card for', async () => {
    const { session } = await sell(onTrial({ payment_method_collection: 'if_required' }));
    expect((await daysLater(session, 15)).status).toBe('canceled');
    expect(await typesOf('customer.subscription.deleted')).toHaveLength(1);
  });

  it('leaves a trial past due whose card is declined, until its invoice is paid on its page', async () => {
    const { session } = await sell(onTrial(), FAILS_LATER);
    const { status, latest_invoice: id } = await daysLater(session, 15);
    expect(status).toBe('past_due');
    const { hosted_invoice_url: url } = await sandbox.stripe.invoices.retrieve(id as string);
    const page = url!.replace('localhost', '127.0.0.1');
    expect(await (await fetch(page)).text()).toContain('card_number');
    expect((await submit(page, card(DECLINED_CARD))).status).toBe(402);
    expect((await submit(page, card('1'))).status).toBe(400);
    expect((await submit(page, card(CARD))).status).toBe(303);
    expect((await submit(page, card(CARD))).status).toBe(303);
    expect(await sandbox.stripe.invoices.retrieve(id as string)).toMatchObject({ status: 'paid', amount_paid: 900 });
    expect((await daysLater(session, 1)).status).toBe('active');
    // The invoice of the trial itself, and the one that was owed: paid once, though the form was sent twice.
    expect(await typesOf('invoice.paid')).toHaveLength(2);
  });

  it('pays an owed invoice by request', async () => {
    const { stripe } = sandbox;
    const { session } = await sell(onTrial(), FAILS_LATER);
    const { latest_invoice: id } = await daysLater(session, 15);
    await expect(stripe.invoices.pay(id as string)).rejects.toMatchObject({ code: 'card_declined' });
    const method = { payment_method: 'pm_card_visa' };
    expect(await stripe.invoices.pay(id as string, method)).toMatchObject({ status: 'paid', amount_remaining: 0 });
  });

  it('gives up an owed invoice: for the time being, or for good', async () => {
    const { invoices } = sandbox.stripe;
    const { session } = await sell(onTrial(), FAILS_LATER);
    const { latest_invoice: id } = await daysLater(session, 15);
    expect((await invoices.markUncollectible(id as string)).status).toBe('uncollectible');
    const voided = await invoices.voidInvoice(id as string);
    expect([voided.status, voided.status_transitions.voided_at]).toEqual(['void', expect.any(Number)]);
    await expect(invoices.voidInvoice(id as string)).rejects.toMatchObject({ statusCode: 400 });
    expect(await typesOf('invoice.*')).toEqual(
      expect.arrayContaining(['invoice.marked_uncollectible', 'invoice.voided']),
    );
  });

  it('lets a customer change the card in the portal, which pays what is owed, and take a cancellation back', async () => {
    const { stripe } = sandbox;
    const { session } = await sell(onTrial(), FAILS_LATER);
    const { id, customer } = await daysLater(session, 15);
    const portal = await stripe.billingPortal.sessions.create({ customer: customer as string });
    const page = portal.url.replace('localhost', '127.0.0.1');
    expect((await submit(page, { action: 'card', ...card(DECLINED_CARD) })).status).toBe(400);
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('past_due');
    expect((await submit(page, { action: 'card', ...card(CARD) })).status).toBe(303);
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('active');
    const ends = async () => (await stripe.subscriptions.retrieve(id)).cancel_at_period_end;
    await submit(page, { action: 'cancel', subscription: id });
    expect(await ends()).toBe(true);
    await submit(page, { action: 'resume', subscription: id });
    expect(await ends()).toBe(false);
  });

  it('leaves a subscription on a clock to its clock', async () => {
    const { session } = await sell({ mode: 'subscription', line_items: MONTHLY });
    const id = session.subscription as string;
    const clock = (await (await post(`subscriptions/${id}/test_clock`)).json()) as Stripe.TestHelpers.TestClock;
    const again = (await (await post(`subscriptions/${id}/test_clock`)).json()) as Stripe.TestHelpers.TestClock;
    expect(again.id).toBe(clock.id);
    expect((await post('subscriptions/sub_none/test_clock')).status).toBe(404);
    expect((await daysLater(session, 32)).latest_invoice).not.toBeNull();
    expect(await typesOf('invoice.paid')).toHaveLength(2);
  });

  describe('automatic tax', () => {
    const priced = (tax_behavior: 'inclusive' | 'exclusive', quantity = 1) => [
      {
        quantity,
        price_data: { currency: 'eur', unit_amount: 4_900, tax_behavior, product_data: { name: 'Plugin' } },
      },
    ];
    const enabled = { automatic_tax: { enabled: true } };

    it.each([
      ['inclusive', 4_900, 782],
      ['exclusive', 5_831, 931],
    ] as const)('of an %s price makes %i with %i of tax', async (behavior, total, tax) => {
      const { session } = await sell({ line_items: priced(behavior), ...enabled });
      expect(session).toMatchObject({ amount_total: total, total_details: { amount_tax: tax } });
      expect(session.automatic_tax).toMatchObject({ enabled: true, status: 'complete' });
      const intent = await sandbox.stripe.paymentIntents.retrieve(session.payment_intent as string);
      expect(intent.amount).toBe(total);
    });

    it('is none where it is not asked for', async () => {
      const { session } = await sell({ line_items: priced('exclusive', 2) });
      expect(session).toMatchObject({ amount_total: 9_800, total_details: { amount_tax: 0 } });
    });

    it('is found for every period of a subscription', async () => {
      const [monthly] = MONTHLY;
      const price = { ...monthly!.price_data!, tax_behavior: 'inclusive' } as const;
      const { session } = await sell({
        mode: 'subscription',
        line_items: [{ quantity: 1, price_data: price }],
        ...enabled,
      });
      const { id } = await daysLater(session, 32);
      const { data } = await sandbox.stripe.invoices.list({ subscription: id });
      expect(data.map(({ total, total_taxes }) => [total, total_taxes?.map(({ amount }) => amount)])).toEqual([
        [900, [144]],
        [900, [144]],
      ]);
    });
  });

  it('makes an invoice of a single payment when asked to', async () => {
    const metadata = { order_id: 'ord_1' };
    const { session } = await sell({ invoice_creation: { enabled: true, invoice_data: { metadata } } });
    const invoice = await sandbox.stripe.invoices.retrieve(session.invoice as string);
    expect(invoice).toMatchObject({ billing_reason: 'manual', amount_paid: 1_900, parent: null, status: 'paid' });
    expect(invoice.metadata).toEqual(metadata);
    const file = Buffer.from(await (await fetch(invoice.invoice_pdf!.replace('localhost', '127.0.0.1'))).arrayBuffer());
    expect(file.subarray(0, 8).toString()).toBe('%PDF-1.4');
    expect(file.toString('latin1')).toContain(`(Invoice ${invoice.number!})`);
    expect(await typesOf('invoice_payment.*')).toEqual(['invoice_payment.paid']);
    expect((await sell({})).session.invoice).toBeNull();
  });
});
