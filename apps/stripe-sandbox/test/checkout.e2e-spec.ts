import Stripe from 'stripe';
import { aSession, MONTHLY, payByCard, CARD, useSandbox } from './support/sandbox.js';

describe('checkout sessions', () => {
  const sandbox = useSandbox();

  it('creates an open session with a page, an amount and a life of a day', async () => {
    const session = await sandbox.stripe.checkout.sessions.create(aSession({ metadata: { order_id: 'ord_1' } }));
    expect(session).toMatchObject({
      object: 'checkout.session',
      status: 'open',
      payment_status: 'unpaid',
      mode: 'payment',
      amount_total: 1900,
      currency: 'eur',
      customer_email: 'jo@shop.test',
      metadata: { order_id: 'ord_1' },
      payment_intent: null,
      livemode: false,
      success_url: 'http://shop.test/thanks?session={CHECKOUT_SESSION_ID}',
    });
    expect(session.id).toMatch(/^cs_test_\w{58}$/);
    expect(session.url).toMatch(new RegExp(`^http://localhost:\\d+/c/pay/${session.id}$`));
    expect(session.expires_at).toBe(session.created + 86_400);
    expect(session.lastResponse.requestId).toMatch(/^req_\w+$/);
  });

  it('retrieves it, with its line items when they are asked for', async () => {
    const { id } = await sandbox.stripe.checkout.sessions.create(aSession());
    const plain = await sandbox.stripe.checkout.sessions.retrieve(id);
    expect(plain.line_items).toBeUndefined();
    const full = await sandbox.stripe.checkout.sessions.retrieve(id, { expand: ['line_items.data.price.product'] });
    expect(full.line_items?.data).toMatchObject([
      {
        object: 'item',
        description: 'Gift cards',
        quantity: 1,
        amount_total: 1900,
        price: { unit_amount: 1900, product: { name: 'Gift cards' } },
      },
    ]);
    expect(full.line_items?.data[0]?.price?.unit_amount_decimal?.toString()).toBe('1900');
  });

  it('lists line items in their order, page by page', async () => {
    const names = ['One', 'Two', 'Three'];
    const { id } = await sandbox.stripe.checkout.sessions.create(
      aSession({
        line_items: names.map((name) => ({
          quantity: 2,
          price_data: { currency: 'eur', unit_amount: 500, product_data: { name } },
        })),
      }),
    );
    const first = await sandbox.stripe.checkout.sessions.listLineItems(id, { limit: 2 });
    expect(first.has_more).toBe(true);
    const seen: (string | null)[] = [];
    for await (const item of sandbox.stripe.checkout.sessions.listLineItems(id, { limit: 2 }))
      seen.push(item.description);
    expect(seen).toEqual(names);
  });

  it('lists sessions newest first, by page, by status and by payment', async () => {
    const { stripe } = sandbox;
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.push((await stripe.checkout.sessions.create(aSession())).id);
    await payByCard(sandbox.url, ids[0]!, CARD);
    const { data, has_more } = await stripe.checkout.sessions.list({ limit: 2 });
    expect([data.map(({ id }) => id), has_more]).toEqual([[ids[2], ids[1]], true]);
    const rest = await stripe.checkout.sessions.list({ limit: 2, starting_after: ids[1]! });
    expect([rest.data.map(({ id }) => id), rest.has_more]).toEqual([[ids[0]], false]);
    const back = await stripe.checkout.sessions.list({ limit: 1, ending_before: ids[0]! });
    expect([back.data.map(({ id }) => id), back.has_more]).toEqual([[ids[1]], true]);
    const [paid] = (await stripe.checkout.sessions.list({ status: 'complete' })).data;
    expect(paid?.id).toBe(ids[0]);
    const byPayment = await stripe.checkout.sessions.list({ payment_intent: paid?.payment_intent as string });
    expect(byPayment.data.map(({ id }) => id)).toEqual([ids[0]]);
  });

  it('expires an open session once, with its event', async () => {
    const { stripe } = sandbox;
    const { id } = await stripe.checkout.sessions.create(aSession());
    expect(await stripe.checkout.sessions.expire(id)).toMatchObject({ status: 'expired', url: null });
    await expect(stripe.checkout.sessions.expire(id)).rejects.toThrow(/status of expired/);
    const events = await stripe.events.list({ type: 'checkout.session.expired' });
    expect(events.data).toHaveLength(1);
  });

  it('changes metadata and keeps what was not named', async () => {
    const { stripe } = sandbox;
    const { id } = await stripe.checkout.sessions.create(aSession({ metadata: { a: '1', b: '2' } }));
    const { metadata } = await stripe.checkout.sessions.update(id, { metadata: { b: '', c: '3' } });
    expect(metadata).toEqual({ a: '1', c: '3' });
  });

  it.each<[string, Partial<Record<string, unknown>>, string]>([
    ['no mode', { mode: undefined }, 'mode'],
    ['no line items', { line_items: [] }, 'line_items'],
    ['no success_url', { success_url: undefined }, 'success_url'],
    ['a success_url that is a script', { success_url: 'javascript:alert(1)' }, 'success_url'],
    ['a cancel_url that is a script', { cancel_url: 'javascript:alert(1)' }, 'cancel_url'],
    ['an unknown parameter', { sucess_url: 'http://shop.test' }, 'sucess_url'],
    [
      'an unknown parameter deep inside',
      {
        line_items: [
          {
            quantity: 1,
            price_data: { currency: 'eur', unit_amount: 100, product_data: { name: 'A', colour: 'red' } },
          },
        ],
      },
      'line_items[0][price_data][product_data][colour]',
    ],
    [
      'a negative amount',
      { line_items: [{ quantity: 1, price_data: { currency: 'eur', unit_amount: -1, product_data: { name: 'A' } } }] },
      'line_items[0][price_data][unit_amount]',
    ],
    [
      'a fraction of a cent',
      {
        line_items: [{ quantity: 1, price_data: { currency: 'eur', unit_amount: 99.5, product_data: { name: 'A' } } }],
      },
      'line_items[0][price_data][unit_amount]',
    ],
    [
      'a currency that does not exist',
      { line_items: [{ quantity: 1, price_data: { currency: 'xxq', unit_amount: 100, product_data: { name: 'A' } } }] },
      'line_items[0][price_data][currency]',
    ],
    [
      'an amount below the smallest',
      { line_items: [{ quantity: 1, price_data: { currency: 'eur', unit_amount: 49, product_data: { name: 'A' } } }] },
      'amount',
    ],
    ['an unknown price', { line_items: [{ quantity: 1, price: 'price_none' }] }, 'line_items[0][price]'],
    ['a recurring price in payment mode', { line_items: MONTHLY }, 'mode'],
    ['no recurring price in subscription mode', { mode: 'subscription' }, 'mode'],
    [
      'two currencies',
      {
        line_items: ['eur', 'usd'].map((currency) => ({
          quantity: 1,
          price_data: { currency, unit_amount: 100, product_data: { name: 'A' } },
        })),
      },
      'line_items',
    ],
    ['an expiry in a minute', { expires_at: Math.floor(Date.now() / 1000) + 60 }, 'expires_at'],
    ['an expiry in two days', { expires_at: Math.floor(Date.now() / 1000) + 172_800 }, 'expires_at'],
    ['metadata with a long key', { metadata: { ['k'.repeat(41)]: 'v' } }, 'metadata'],
    ['an unknown customer', { customer: 'cus_none', customer_email: undefined }, 'customer'],
  ])('refuses %s and names the parameter', async (_name, changes, param) => {
    const params = aSession(changes);
    const error = await sandbox.stripe.checkout.sessions.create(params).catch((it: unknown) => it);
    expect(error).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
    expect(error).toMatchObject({ param, statusCode: 400 });
    expect((await sandbox.stripe.checkout.sessions.list()).data).toEqual([]);
    expect((await sandbox.stripe.products.list()).data).toEqual([]);
  });

  it('says resource_missing for an id that names nothing', async () => {
    const error = await sandbox.stripe.checkout.sessions.retrieve('cs_test_none').catch((it: unknown) => it);
    expect(error).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      param: 'id',
      rawType: 'invalid_request_error',
    });
  });

  it('sells prices that were made before', async () => {
    const { stripe } = sandbox;
    const product = await stripe.products.create({ name: 'Theme' });
    const price = await stripe.prices.create({ product: product.id, currency: 'eur', unit_amount: 2500 });
    const session = await stripe.checkout.sessions.create(aSession({ line_items: [{ price: price.id, quantity: 3 }] }));
    expect(session.amount_total).toBe(7500);
  });
});

describe('expiry', () => {
  let now = Date.parse('2030-01-01T00:00:00Z');
  const sandbox = useSandbox({ now: () => now });

  it('closes a session when its time comes and takes no money afterwards', async () => {
    const { stripe } = sandbox;
    const { id } = await stripe.checkout.sessions.create(aSession({ expires_at: now / 1000 + 1800 }));
    now += 1_799_000;
    expect((await fetch(`${sandbox.url}/c/pay/${id}`)).status).toBe(200);
    now += 1000;
    expect((await payByCard(sandbox.url, id, CARD)).status).toBe(410);
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ status: 'expired', payment_status: 'unpaid' });
    expect((await stripe.events.list({ type: 'checkout.session.expired' })).data).toHaveLength(1);
  });
});
