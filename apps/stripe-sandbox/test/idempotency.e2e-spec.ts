import Stripe from 'stripe';
import { startSandbox } from '../src/index.js';
import { aSession, clientOf, useClosing, useSandbox } from './support/sandbox.js';

const KEY = { idempotencyKey: 'order-1' };

describe('idempotency keys', () => {
  let now = Date.parse('2030-01-01T00:00:00Z');
  const sandbox = useSandbox({ now: () => now });

  it('answer the same request with the same answer, and say so', async () => {
    const { stripe } = sandbox;
    const first = await stripe.checkout.sessions.create(aSession(), KEY);
    const second = await stripe.checkout.sessions.create(aSession(), KEY);
    expect(second).toEqual(first);
    expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined();
    expect(second.lastResponse.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'idempotency-key': 'order-1',
      'original-request': first.lastResponse.requestId,
    });
    expect((await stripe.checkout.sessions.list()).data).toHaveLength(1);
  });

  it('refuse other parameters and other paths', async () => {
    const { stripe } = sandbox;
    await stripe.checkout.sessions.create(aSession(), KEY);
    const other = await stripe.checkout.sessions
      .create(aSession({ client_reference_id: 'x' }), KEY)
      .catch((it: unknown) => it);
    expect(other).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    expect(other).toMatchObject({ statusCode: 400, rawType: 'idempotency_error' });
    const twin = await stripe.checkout.sessions.create(aSession());
    const original = await stripe.checkout.sessions.create(aSession());
    await stripe.checkout.sessions.expire(original.id, {}, { idempotencyKey: 'expire' });
    const elsewhere = stripe.checkout.sessions.expire(twin.id, {}, { idempotencyKey: 'expire' });
    await expect(elsewhere).rejects.toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    expect((await stripe.checkout.sessions.list()).data).toHaveLength(3);
  });

  it('do not care about the order of parameters', async () => {
    const send = (body: string) =>
      fetch(`${sandbox.url}/v1/customers`, {
        method: 'POST',
        body,
        headers: {
          authorization: 'Bearer sk_test_shop',
          'content-type': 'application/x-www-form-urlencoded',
          'idempotency-key': 'k',
        },
      }).then((response) => response.text());
    expect(await send('email=a@b.test&name=A')).toBe(await send('name=A&email=a@b.test'));
  });

  it('repeat a decline without a second charge', async () => {
    const { stripe } = sandbox;
    const decline = () =>
      stripe.paymentIntents.create(
        { amount: 1000, currency: 'eur', confirm: true, payment_method: 'pm_card_chargeDeclined' },
        KEY,
      );
    const errors = [await decline().catch((it: unknown) => it), await decline().catch((it: unknown) => it)];
    expect(errors).toEqual([
      expect.objectContaining({ code: 'card_declined' }),
      expect.objectContaining({ code: 'card_declined' }),
    ]);
    expect((await stripe.charges.list()).data).toHaveLength(1);
  });

  it('are free again after refused parameters', async () => {
    const { stripe } = sandbox;
    await expect(stripe.checkout.sessions.create(aSession({ line_items: [] }), KEY)).rejects.toThrow();
    expect(await stripe.checkout.sessions.create(aSession(), KEY)).toMatchObject({ status: 'open' });
  });

  it('are forgotten after a day', async () => {
    const { stripe } = sandbox;
    const first = await stripe.customers.create({}, KEY);
    now += 86_399_999;
    expect((await stripe.customers.create({}, KEY)).id).toBe(first.id);
    now += 1;
    expect((await stripe.customers.create({}, KEY)).id).not.toBe(first.id);
  });

  it('of more than 255 characters are refused', async () => {
    await expect(sandbox.stripe.customers.create({}, { idempotencyKey: 'k'.repeat(256) })).rejects.toMatchObject({
      statusCode: 400,
    });
  });
});

describe('an idempotency key in use', () => {
  const closing = useClosing();
  it('answers 409 to all but the first, and the client’s own retry then gets the same answer', async () => {
    const sandbox = closing(await startSandbox({ latencyMs: 100 }));
    const stripe = clientOf(sandbox);
    const asks = Array.from({ length: 5 }, () => stripe.customers.create({}, KEY));
    const outcomes = await Promise.allSettled(asks);
    const refused = outcomes.filter((it): it is PromiseRejectedResult => it.status === 'rejected');
    expect(refused).toHaveLength(4);
    for (const { reason } of refused) expect(reason).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
    const retrying = new Stripe('sk_test_shop', { ...sandbox.client, maxNetworkRetries: 5, telemetry: false });
    const both = await Promise.all([1, 2].map(() => retrying.customers.create({}, { idempotencyKey: 'order-2' })));
    expect(both[0]?.id).toBe(both[1]?.id);
    expect((await stripe.customers.list()).data).toHaveLength(2);
  });
});
