import Stripe from 'stripe';
import { aSession, CARD, payByCard, submit, useSandbox } from './support/sandbox.js';

describe('payments', () => {
  const sandbox = useSandbox();

  async function paidIntent(changes: Partial<Stripe.Checkout.SessionCreateParams> = {}): Promise<string> {
    const { id } = await sandbox.stripe.checkout.sessions.create(aSession(changes));
    await payByCard(sandbox.url, id, CARD);
    return (await sandbox.stripe.checkout.sessions.retrieve(id)).payment_intent as string;
  }

  it('carries metadata of the session’s payment to intent and charge', async () => {
    const id = await paidIntent({ payment_intent_data: { metadata: { order_id: 'ord_3' }, description: 'Order 3' } });
    const intent = await sandbox.stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
    expect(intent).toMatchObject({
      metadata: { order_id: 'ord_3' },
      description: 'Order 3',
      latest_charge: { metadata: { order_id: 'ord_3' } },
    });
  });

  it('refunds in parts until nothing is left, and no more', async () => {
    const { stripe } = sandbox;
    const payment_intent = await paidIntent();
    const first = await stripe.refunds.create({ payment_intent, amount: 500, reason: 'requested_by_customer' });
    expect(first).toMatchObject({
      object: 'refund',
      amount: 500,
      status: 'succeeded',
      payment_intent,
      currency: 'eur',
    });
    await expect(stripe.refunds.create({ payment_intent, amount: 1401 })).rejects.toThrow(/greater than unrefunded/);
    await stripe.refunds.create({ payment_intent });
    await expect(stripe.refunds.create({ payment_intent })).rejects.toMatchObject({ code: 'charge_already_refunded' });
    const [charge] = (await stripe.charges.list({ payment_intent, expand: ['data.refunds'] })).data;
    expect(charge).toMatchObject({ amount_refunded: 1900, refunded: true });
    expect(charge?.refunds?.data.map(({ amount }) => amount)).toEqual([1400, 500]);
    const events = (await stripe.events.list({ type: 'charge.refunded' })).data;
    expect(events.map(({ data }) => (data.object as Stripe.Charge).amount_refunded)).toEqual([1900, 500]);
    expect(events[1]?.data.previous_attributes).toEqual({ amount_refunded: 0, refunded: false });
    expect((await stripe.refunds.list({ payment_intent })).data).toHaveLength(2);
  });

  it('refuses to refund what was never charged', async () => {
    const { stripe } = sandbox;
    const { id } = await stripe.paymentIntents.create({ amount: 1000, currency: 'eur' });
    await expect(stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({ statusCode: 400 });
    await expect(stripe.refunds.create({})).rejects.toMatchObject({ code: 'parameter_missing' });
    await expect(stripe.refunds.create({ charge: 'ch_none' })).rejects.toMatchObject({ code: 'resource_missing' });
  });

  it('holds money until it is captured', async () => {
    const { stripe } = sandbox;
    const id = await paidIntent({ payment_intent_data: { capture_method: 'manual' } });
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: 'requires_capture',
      amount_capturable: 1900,
    });
    await expect(stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({
      code: 'charge_not_refundable',
    });
    await expect(stripe.paymentIntents.capture(id, { amount_to_capture: 2000 })).rejects.toMatchObject({
      code: 'amount_too_large',
    });
    expect(await stripe.paymentIntents.capture(id)).toMatchObject({ status: 'succeeded', amount_received: 1900 });
    await expect(stripe.paymentIntents.cancel(id)).rejects.toMatchObject({ code: 'payment_intent_unexpected_state' });
  });

  it('confirms an intent with a test card and answers a decline with 402, which stays recorded', async () => {
    const { stripe } = sandbox;
    const paid = await stripe.paymentIntents.create({
      amount: 1000,
      currency: 'eur',
      confirm: true,
      payment_method: 'pm_card_visa',
    });
    expect(paid.status).toBe('succeeded');
    const { id } = await stripe.paymentIntents.create({ amount: 1000, currency: 'eur' });
    const error = await stripe.paymentIntents
      .confirm(id, { payment_method: 'pm_card_chargeDeclined' })
      .catch((it: unknown) => it);
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(error).toMatchObject({ code: 'card_declined', decline_code: 'generic_decline', statusCode: 402 });
    expect((await stripe.charges.list({ payment_intent: id })).data).toMatchObject([{ status: 'failed' }]);
    expect(await stripe.paymentIntents.cancel(id)).toMatchObject({ status: 'canceled' });
  });

  it('sends an intent without a session through 3-D Secure and back to its return_url', async () => {
    const { stripe } = sandbox;
    const { id } = await stripe.paymentIntents.create({ amount: 1000, currency: 'eur' });
    const return_url = 'http://shop.test/back';
    const { next_action } = await stripe.paymentIntents.confirm(id, {
      payment_method: 'pm_card_threeDSecure2Required',
      return_url,
    });
    const challenge = new URL(next_action?.redirect_to_url?.url ?? '');
    const answered = await submit(`${sandbox.url}${challenge.pathname}`, { result: 'complete' });
    expect([answered.status, answered.headers.get('location')]).toEqual([303, return_url]);
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'succeeded', next_action: null });
  });

  it('keeps customers and finds them by e-mail', async () => {
    const { stripe } = sandbox;
    const { id } = await stripe.customers.create({ email: 'jo@shop.test', name: 'Jo', metadata: { merchant: 'm1' } });
    await stripe.customers.create({ email: 'other@shop.test' });
    expect((await stripe.customers.list({ email: 'jo@shop.test' })).data.map((it) => it.id)).toEqual([id]);
    expect(await stripe.customers.update(id, { name: 'Jo Doe' })).toMatchObject({
      name: 'Jo Doe',
      metadata: { merchant: 'm1' },
    });
    const session = await stripe.checkout.sessions.create(aSession({ customer: id, customer_email: undefined }));
    await payByCard(sandbox.url, session.id, CARD);
    expect((await stripe.paymentIntents.list({ customer: id })).data).toHaveLength(1);
  });

  it('answers events with who asked for them', async () => {
    const { stripe } = sandbox;
    const { lastResponse } = await stripe.products.create({ name: 'A' }, { idempotencyKey: 'make-a' });
    const [event] = (await stripe.events.list()).data;
    expect(event).toMatchObject({
      object: 'event',
      api_version: stripe.getApiField('version'),
      livemode: false,
      pending_webhooks: 0,
      request: { id: lastResponse.requestId, idempotency_key: 'make-a' },
      data: { object: { object: 'product', name: 'A' } },
    });
    expect(await stripe.events.retrieve(event!.id)).toEqual(event);
    expect((await stripe.events.list({ types: ['charge.failed'] })).data).toEqual([]);
    expect((await stripe.events.list({ created: { gt: event!.created } })).data).toEqual([]);
    expect((await stripe.events.list({ created: { gte: event!.created } })).data).toHaveLength(1);
  });

  it('expands along a path, and refuses one that leads nowhere or too deep', async () => {
    const { stripe } = sandbox;
    const id = await paidIntent();
    const { data } = await stripe.paymentIntents.list({ expand: ['data.latest_charge.payment_intent'] });
    expect(data[0]).toMatchObject({ latest_charge: { payment_intent: { id } } });
    await expect(stripe.paymentIntents.retrieve(id, { expand: ['nothing'] })).rejects.toMatchObject({
      param: 'expand',
    });
    await expect(stripe.paymentIntents.retrieve(id, { expand: ['currency'] })).rejects.toMatchObject({
      param: 'expand',
    });
    const deep = 'latest_charge.payment_intent.latest_charge.payment_intent.latest_charge';
    await expect(stripe.paymentIntents.retrieve(id, { expand: [deep] })).rejects.toMatchObject({ param: 'expand' });
  });
});
