import {
  aSession,
  CARD,
  CHALLENGED_CARD,
  DECLINED_CARD,
  MONTHLY,
  payByCard,
  submit,
  useClosing,
  useSandbox,
} from './support/sandbox.js';
import { Receiver } from './support/receiver.js';

describe('the payment page', () => {
  const sandbox = useSandbox();
  const closing = useClosing();
  const types = async (): Promise<string[]> =>
    (await sandbox.stripe.events.list({ limit: 100 })).data.map(({ type }) => type).reverse();

  it('is paid by a form with a card, and sends the customer back with the session id', async () => {
    const { id } = await sandbox.stripe.checkout.sessions.create(aSession());
    const response = await payByCard(sandbox.url, id, CARD, { cardholder_name: 'Jo Doe' });
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe(`http://shop.test/thanks?session=${id}`);
    const session = await sandbox.stripe.checkout.sessions.retrieve(id, {
      expand: ['payment_intent.latest_charge.balance_transaction'],
    });
    expect(session).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      url: null,
      customer_details: { email: 'jo@shop.test', name: 'Jo Doe' },
      payment_intent: {
        status: 'succeeded',
        amount_received: 1900,
        latest_charge: {
          status: 'succeeded',
          paid: true,
          payment_method_details: { card: { last4: '4242', brand: 'visa' } },
          balance_transaction: { amount: 1900, fee: 54, net: 1846 },
        },
      },
    });
    expect(await types()).toEqual([
      'product.created',
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'checkout.session.completed',
    ]);
  });

  it('pays once when the form is sent twice at the same time, and again later', async () => {
    const { id } = await sandbox.stripe.checkout.sessions.create(aSession());
    const twice = await Promise.all([payByCard(sandbox.url, id, CARD), payByCard(sandbox.url, id, CARD)]);
    const again = await payByCard(sandbox.url, id, CARD);
    expect([...twice, again].map(({ status }) => status)).toEqual([303, 303, 303]);
    expect((await sandbox.stripe.charges.list()).data).toHaveLength(1);
    expect((await types()).filter((type) => type === 'checkout.session.completed')).toHaveLength(1);
  });

  it('says why a card was declined, leaves the session open, and takes another card', async () => {
    const { id } = await sandbox.stripe.checkout.sessions.create(aSession());
    const declined = await payByCard(sandbox.url, id, DECLINED_CARD);
    expect(declined.status).toBe(402);
    expect(await declined.text()).toContain('Your card was declined.');
    const open = await sandbox.stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] });
    expect(open).toMatchObject({
      status: 'open',
      payment_status: 'unpaid',
      payment_intent: {
        status: 'requires_payment_method',
        last_payment_error: { code: 'card_declined', decline_code: 'generic_decline' },
      },
    });
    expect((await payByCard(sandbox.url, id, CARD)).status).toBe(303);
    const charges = (await sandbox.stripe.charges.list({ payment_intent: (open.payment_intent as { id: string }).id }))
      .data;
    expect(charges.map(({ status }) => status)).toEqual(['succeeded', 'failed']);
    expect(await types()).toEqual(expect.arrayContaining(['charge.failed', 'payment_intent.payment_failed']));
  });

  it.each([
    ['complete', 'complete', 'paid'],
    ['fail', 'open', 'unpaid'],
  ])('asks for 3-D Secure; answering %s leaves the session %s and %s', async (result, status, paymentStatus) => {
    const { id } = await sandbox.stripe.checkout.sessions.create(aSession());
    const challenge = (await payByCard(sandbox.url, id, CHALLENGED_CARD)).headers.get('location');
    expect(challenge).toMatch(/^\/c\/challenge\/pi_\w+$/);
    const page = await fetch(`${sandbox.url}${challenge}`);
    expect(await page.text()).toContain('€19.00');
    expect(await sandbox.stripe.checkout.sessions.retrieve(id)).toMatchObject({
      status: 'open',
      payment_status: 'unpaid',
    });

    const answered = await submit(`${sandbox.url}${challenge}`, { result });
    expect(answered.status).toBe(303);
    expect(answered.headers.get('location')).toBe(
      result === 'complete' ? `http://shop.test/thanks?session=${id}` : `/c/pay/${id}`,
    );
    expect(await sandbox.stripe.checkout.sessions.retrieve(id)).toMatchObject({
      status,
      payment_status: paymentStatus,
    });
    const again = await submit(`${sandbox.url}${challenge}`, { result: 'complete' });
    expect([again.status, again.headers.get('location')]).toEqual([303, `/c/pay/${id}`]);
    expect((await sandbox.stripe.charges.list()).data).toHaveLength(result === 'complete' ? 1 : 0);
    if (result === 'fail')
      expect(await (await fetch(`${sandbox.url}/c/pay/${id}`)).text()).toContain('unable to authenticate');
  });

  it.each([
    ['AT61 1904 3002 3457 3201', 'succeeded', 'paid'],
    ['AT86 1904 3002 3547 3202', 'failed', 'unpaid'],
  ])('completes a bank debit from %s unpaid, and tells later that it %s', async (iban, outcome, paymentStatus) => {
    const hook = closing(await Receiver.start(200));
    await sandbox.stripe.webhookEndpoints.create({
      url: hook.url,
      enabled_events: ['checkout.session.async_payment_succeeded', 'checkout.session.async_payment_failed'],
    });
    const { id } = await sandbox.stripe.checkout.sessions.create(aSession());
    const response = await submit(`${sandbox.url}/c/pay/${id}`, { method: 'sepa_debit', sepa_debit_account: iban });
    expect(response.status).toBe(303);
    await hook.until(1);
    expect(hook.types()).toEqual([`checkout.session.async_payment_${outcome}`]);
    const [completed] = (await sandbox.stripe.events.list({ type: 'checkout.session.completed' })).data;
    expect(completed?.data.object).toMatchObject({ status: 'complete', payment_status: 'unpaid' });
    expect(await sandbox.stripe.checkout.sessions.retrieve(id)).toMatchObject({
      status: 'complete',
      payment_status: paymentStatus,
    });
    expect(await types()).toContain(`charge.${outcome}`);
  });

  it('starts a subscription with a paid invoice', async () => {
    const { id } = await sandbox.stripe.checkout.sessions.create(
      aSession({ mode: 'subscription', line_items: MONTHLY, subscription_data: { metadata: { order_id: 'ord_2' } } }),
    );
    expect((await payByCard(sandbox.url, id, CARD)).status).toBe(303);
    const session = await sandbox.stripe.checkout.sessions.retrieve(id, {
      expand: ['subscription', 'customer', 'invoice.payments.data.payment.payment_intent'],
    });
    expect(session).toMatchObject({
      payment_status: 'paid',
      payment_intent: null,
      customer: { email: 'jo@shop.test' },
      subscription: {
        status: 'active',
        metadata: { order_id: 'ord_2' },
        items: { data: [{ price: { unit_amount: 900, recurring: { interval: 'month' } } }] },
        latest_invoice: (session.invoice as { id: string }).id,
      },
      invoice: {
        status: 'paid',
        amount_paid: 900,
        billing_reason: 'subscription_create',
        parent: { subscription_details: { metadata: { order_id: 'ord_2' } } },
        payments: { data: [{ payment: { payment_intent: { status: 'succeeded', amount: 900 } } }] },
      },
    });
    expect(await types()).toEqual(
      expect.arrayContaining([
        'customer.created',
        'customer.subscription.created',
        'invoice.paid',
        'checkout.session.completed',
      ]),
    );
    const subscription = session.subscription as { id: string };
    expect(await sandbox.stripe.subscriptions.cancel(subscription.id)).toMatchObject({ status: 'canceled' });
    expect(await types()).toContain('customer.subscription.deleted');
  });

  it('completes an order that costs nothing without a card', async () => {
    const free = [{ quantity: 1, price_data: { currency: 'eur', unit_amount: 0, product_data: { name: 'Free' } } }];
    const { id, payment_status } = await sandbox.stripe.checkout.sessions.create(aSession({ line_items: free }));
    expect(payment_status).toBe('no_payment_required');
    expect(await (await fetch(`${sandbox.url}/c/pay/${id}`)).text()).not.toContain('card_number');
    expect((await submit(`${sandbox.url}/c/pay/${id}`, {})).status).toBe(303);
    expect(await sandbox.stripe.checkout.sessions.retrieve(id)).toMatchObject({
      status: 'complete',
      payment_status: 'no_payment_required',
      payment_intent: null,
    });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['no card number', { card_number: '' }, /number is incomplete/],
    ['a number that fails its check digit', { card_number: '4242424242424241' }, /number is incorrect/],
    ['a date in the past', { card_expiry: '01/20' }, /in the past/],
    ['a thirteenth month', { card_expiry: '13/40' }, /date is incomplete/],
    ['no security code', { card_cvc: '' }, /code is incomplete/],
    ['a method that was not offered', { method: 'us_bank_account' }, /not available/],
  ])('refuses %s and charges nothing', async (_name, fields, message) => {
    const { id } = await sandbox.stripe.checkout.sessions.create(aSession());
    const response = await payByCard(sandbox.url, id, CARD, fields);
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(message);
    expect((await sandbox.stripe.charges.list()).data).toEqual([]);
  });

  it('asks for an e-mail address when the shop gave none, and keeps what was typed', async () => {
    const { id } = await sandbox.stripe.checkout.sessions.create(aSession({ customer_email: undefined }));
    expect((await payByCard(sandbox.url, id, CARD)).status).toBe(400);
    const declined = await payByCard(sandbox.url, id, DECLINED_CARD, { email: 'typed@shop.test' });
    expect(await declined.text()).toContain('value="typed@shop.test"');
    expect((await payByCard(sandbox.url, id, CARD, { email: 'typed@shop.test' })).status).toBe(303);
    expect((await sandbox.stripe.checkout.sessions.retrieve(id)).customer_details?.email).toBe('typed@shop.test');
  });

  it('does not let the payer change an address the shop fixed', async () => {
    const { id } = await sandbox.stripe.checkout.sessions.create(aSession());
    await payByCard(sandbox.url, id, CARD, { email: 'other@shop.test' });
    expect((await sandbox.stripe.checkout.sessions.retrieve(id)).customer_details?.email).toBe('jo@shop.test');
  });

  it('declines a real card number and does not keep it', async () => {
    const { id } = await sandbox.stripe.checkout.sessions.create(aSession());
    expect((await payByCard(sandbox.url, id, '4111111111111111')).status).toBe(402);
    const { payment_intent } = await sandbox.stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] });
    expect(payment_intent).toMatchObject({ last_payment_error: { decline_code: 'test_mode_live_card' } });
    expect(JSON.stringify(payment_intent)).not.toContain('4111111111111111');
  });

  it('says when a session is over and takes nothing for it', async () => {
    const { stripe, url } = sandbox;
    const [paid, expired] = [
      await stripe.checkout.sessions.create(aSession()),
      await stripe.checkout.sessions.create(aSession()),
    ];
    await payByCard(url, paid.id, CARD);
    await stripe.checkout.sessions.expire(expired.id);
    expect(await (await fetch(`${url}/c/pay/${paid.id}`)).text()).toContain('has been completed');
    const page = await fetch(`${url}/c/pay/${expired.id}`);
    expect([page.status, await page.text()]).toEqual([410, expect.stringContaining('http://shop.test/cart')]);
    expect((await payByCard(url, expired.id, CARD)).status).toBe(410);
    expect((await payByCard(url, 'cs_test_none', CARD)).status).toBe(404);
    expect((await stripe.charges.list()).data).toHaveLength(1);
  });

  it('shows names as text and runs no script', async () => {
    const name = '<script>alert(1)</script>"\'&';
    const line_items = [{ quantity: 1, price_data: { currency: 'eur', unit_amount: 500, product_data: { name } } }];
    const { id } = await sandbox.stripe.checkout.sessions.create(
      aSession({ line_items, cancel_url: 'http://shop.test/?a="onx="' }),
    );
    const page = await fetch(`${sandbox.url}/c/pay/${id}`);
    const text = await page.text();
    expect(text).not.toContain('<script');
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;');
    expect(text).toContain('href="http://shop.test/?a=&quot;onx=&quot;"');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' /,
    );
    expect(policy).toContain('http://shop.test');
  });

  it('takes no form from another site', async () => {
    const { id } = await sandbox.stripe.checkout.sessions.create(aSession());
    const fields = { card_number: CARD, card_expiry: '12/40', card_cvc: '123' };
    const page = `${sandbox.url}/c/pay/${id}`;
    expect((await submit(page, fields, { origin: 'http://evil.test' })).status).toBe(403);
    expect((await submit(page, fields, { origin: 'null' })).status).toBe(403);
    expect((await submit(page, fields, { origin: sandbox.url })).status).toBe(303);
  });
});
