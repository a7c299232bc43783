import { Clock } from '@hansa/platform';
import {
  aMerchant,
  aPaidPackage,
  aShopLink,
  anInstance,
  anInvited,
  anOrder,
  asShop,
  doJobs,
  fixedClock,
  sendStripeEvent,
  startFakeStripe,
  startStripeSandbox,
  startTestHub,
  type FakeStripe,
  type FixedClock,
  type PortalVisitor,
  type StripeSandbox,
  type TestHub,
  type TestInstance,
} from '#test';
import type { Package } from '#catalog';
import type { Order } from '#checkout';
import { centralConfigForTests } from '#config';
import { StripeReconciliation } from '#webhooks';
import { invoiceEvent, paymentIds, secondsAfterNoon, sessionEvent } from './support/money.js';

const INVOICES = '/portal/api/invoices';
const MONTHLY = { licenseKind: 'subscription', billingInterval: 'month' } as const;

let visitors = 0;
const anAddress = () => `payer-${(visitors += 1)}@shop.example`;

describe('the invoices of a merchant', () => {
  const clock = fixedClock('2030-01-01T12:00:00Z');
  let stripe: FakeStripe;
  let hub: TestHub;
  let item: Package;
  beforeAll(async () => {
    stripe = await startFakeStripe();
    const settings = { ...centralConfigForTests().stripe, secretKey: 'sk_test_secret', apiBase: stripe.url };
    hub = await startTestHub({ clock, config: { stripe: settings } });
    item = await aPaidPackage(hub.database, MONTHLY);
  });
  afterAll(async () => {
    await hub.close();
    await stripe.close();
  });
  afterEach(() => hub.database.takeJobs());

  const say = async (...events: string[]) => {
    for (const event of events) {
      expect((await sendStripeEvent(hub, event)).status).toBe(200);
      await doJobs(hub);
    }
  };
  const aSubscription = async (more: Partial<Order> = {}) => {
    const order = await anOrder(hub.database, { packageId: item.id, customerEmail: anAddress(), ...MONTHLY, ...more });
    await say(sessionEvent(order));
    return order;
  };
  const listed = async (visitor: PortalVisitor) =>
    (await visitor.call('GET', INVOICES)).body.items as { id: string; status: string }[];

  it('are listed as Stripe told of them, newest first, without asking Stripe', async () => {
    const order = await aSubscription();
    await say(invoiceEvent(order, 1), invoiceEvent(order, 0));
    const merchant = await aMerchant(hub, order.customerEmail);
    stripe.calls.length = 0;
    const { status, body } = await merchant.call('GET', INVOICES);
    const [renewal, purchase] = [paymentIds(order, 1).invoice, paymentIds(order, 0).invoice];
    expect([status, body.count, body.items.map(({ id }: { id: string }) => id)]).toEqual([200, 2, [renewal, purchase]]);
    expect(body.items[0]).toEqual({
      id: renewal,
      order_id: order.id,
      name: 'Paid plugin',
      number: `HUB-${order.id.slice(-6)}-1`,
      status: 'paid',
      amount_minor: 4_900,
      currency: 'EUR',
      issued_at: new Date(secondsAfterNoon(30) * 1_000).toISOString(),
      page_url: `${INVOICES}/${renewal}/page`,
      pdf_url: `${INVOICES}/${renewal}/pdf`,
    });
    expect(stripe.calls).toEqual([]);
  });

  it.each([
    ['open', ['invoice.finalized', 'invoice.payment_failed']],
    ['paid', ['invoice.finalized', 'invoice.payment_failed', 'invoice.paid']],
    ['paid', ['invoice.paid', 'invoice.marked_uncollectible', 'invoice.finalized']],
    ['uncollectible', ['invoice.marked_uncollectible', 'invoice.finalized']],
    ['void', ['invoice.voided', 'invoice.finalized', 'invoice.marked_uncollectible']],
  ])('are %s after %j', async (status, types) => {
    const order = await aSubscription();
    await say(...types.map((type) => invoiceEvent(order, 1, type)));
    expect(await listed(await aMerchant(hub, order.customerEmail))).toMatchObject([{ status }]);
  });

  it.each<[string, string, object]>([
    ['a draft', 'invoice.finalized', { number: null, status: 'draft' }],
    ['an amount below nothing', 'invoice.finalized', { total: -1 }],
    ['a fraction of a cent', 'invoice.finalized', { total: 0.5 }],
    ['no currency', 'invoice.finalized', { currency: null }],
    ['a period at another price', 'invoice.paid', { amount_paid: 1 }],
  ])('are none of %s', async (_, type, change) => {
    const order = await aSubscription();
    await say(invoiceEvent(order, 1, type, change));
    expect(await listed(await aMerchant(hub, order.customerEmail))).toEqual([]);
  });

  it('lead to the page and the file Stripe names at that moment, and to no other kind of address', async () => {
    const order = await aSubscription();
    const { invoice } = paymentIds(order, 1);
    await say(invoiceEvent(order, 1), invoiceEvent(order, 2, 'invoice.paid', { id: `in_hostile${order.id}` }));
    const merchant = await aMerchant(hub, order.customerEmail);
    const page = `https://invoice.stripe.example/i/${invoice}`;
    expect(await merchant.leadsTo(`${INVOICES}/${invoice}/page`)).toBe(page);
    expect(await merchant.leadsTo(`${INVOICES}/${invoice}/pdf`)).toBe(`${page}/pdf`);
    const hostile = `${INVOICES}/in_hostile${order.id}/page`;
    expect([await merchant.leadsTo(hostile), (await merchant.call('GET', hostile)).body.code]).toEqual([
      undefined,
      'CHECKOUT_UNAVAILABLE',
    ]);
    stripe.failWith(500);
    const away = await merchant.call('GET', `${INVOICES}/${invoice}/pdf`);
    stripe.failWith(undefined);
    expect(away).toMatchObject({ status: 503, body: { code: 'CHECKOUT_UNAVAILABLE' } });
  });

  describe('of a shop', () => {
    async function aShop() {
      const shop = await anInstance(hub.database);
      const order = await aSubscription({ instanceId: shop.id });
      await say(invoiceEvent(order, 0));
      return { shop, order, invoice: paymentIds(order, 0).invoice };
    }
    const invited = (owner: PortalVisitor, shop: TestInstance, role: 'admin' | 'member') =>
      anInvited(hub, owner, shop, role);

    it('are shown to whoever paid and to its admins, to no other member', async () => {
      const { shop, order, invoice } = await aShop();
      const payer = await aMerchant(hub, order.customerEmail);
      await payer.follow(await aShopLink(hub, shop));
      const [admin, member] = [await invited(payer, shop, 'admin'), await invited(payer, shop, 'member')];
      expect(await listed(payer)).toMatchObject([{ id: invoice }]);
      expect(await listed(admin)).toMatchObject([{ id: invoice }]);
      expect(await listed(member)).toEqual([]);
      const page = `${INVOICES}/${invoice}/page`;
      expect(await admin.leadsTo(page)).toContain(invoice);
      expect((await member.call('GET', page)).body.code).toBe('INVOICE_UNKNOWN');
      const { id } = (await admin.call('GET', '/portal/api/me')).body;
      await payer.call('DELETE', `/portal/api/shops/${shop.id}/members/${id}`);
      expect(await listed(admin)).toEqual([]);
    });

    it('are nobody else’s', async () => {
      const { invoice } = await aShop();
      const { order } = await aShop();
      const other = await aMerchant(hub, order.customerEmail);
      expect((await listed(other)).map(({ id }) => id)).not.toContain(invoice);
      for (const path of ['page', 'pdf']) {
        expect(await other.call('GET', `${INVOICES}/${invoice}/${path}`)).toMatchObject({
          status: 404,
          body: { code: 'INVOICE_UNKNOWN' },
        });
      }
    });
  });
});

/** Stripe keeps real time, so this hub does too. */
const realClock = new Clock() as FixedClock;

describe('the invoices of Stripe', () => {
  let sandbox: StripeSandbox;
  let hub: TestHub;
  beforeAll(async () => {
    sandbox = await startStripeSandbox();
    const stripe = { ...centralConfigForTests().stripe, apiBase: sandbox.url, automaticTax: true, invoices: true };
    hub = await startTestHub({ clock: realClock, config: { stripe } });
  });
  afterAll(async () => {
    await hub.close();
    await sandbox.close();
  });

  it.each<[string, Partial<Package>]>([
    ['what is sold once', {}],
    ['a subscription', MONTHLY],
  ])('of %s is listed with its number and opened as page and file', async (_, listing) => {
    const { marketplaceId } = await aPaidPackage(hub.database, listing);
    const { id: instance_id } = await anInstance(hub.database);
    const customer_email = anAddress();
    const response = await fetch(`${hub.url}/store/marketplace/checkout/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await asShop(hub)) },
      body: JSON.stringify({ marketplace_id: marketplaceId, version: '1.0.0', customer_email, instance_id }),
    });
    const { url } = (await response.json()) as { url: string };
    const at = (address: string) => `${sandbox.url}${new URL(address).pathname}`;
    const card = { card_number: '4242424242424242', card_expiry: '12/40', card_cvc: '123' };
    const body = new URLSearchParams({ method: 'card', ...card });
    expect((await fetch(at(url), { method: 'POST', body, redirect: 'manual' })).status).toBe(303);
    await hub.app.get(StripeReconciliation, { strict: false }).run('test');
    await doJobs(hub);

    const merchant = await aMerchant(hub, customer_email);
    const { items } = (await merchant.call('GET', INVOICES)).body;
    const [known] = (await sandbox.stripe.invoices.list({ limit: 1 })).data;
    expect(items).toMatchObject([
      { id: known!.id, number: known!.number, status: 'paid', amount_minor: 4_900, currency: 'EUR' },
    ]);
    const page = await fetch(at((await merchant.leadsTo(items[0].page_url))!));
    expect(await page.text()).toContain(`Invoice ${known!.number!}`);
    const file = await fetch(at((await merchant.leadsTo(items[0].pdf_url))!));
    expect([file.headers.get('content-type'), (await file.text()).slice(0, 8)]).toEqual([
      'application/pdf',
      '%PDF-1.4',
    ]);
  });
});
