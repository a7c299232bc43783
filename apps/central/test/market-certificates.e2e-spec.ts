import { X509Certificate } from 'node:crypto';
import { CertificateOrder } from '#certificates';
import { Order } from '#checkout';
import { centralConfigForTests } from '#config';
import { MoneyCheck, StripeFees } from '#earnings';
import { License } from '#licenses';
import type { MarketClient } from '#market';
import {
  aCertificateProduct,
  aMarketClient,
  aMarketProduct,
  asMarket,
  asMerchant,
  callMarket,
  doJobs,
  fixedClock,
  newMails,
  payOnPage,
  relayStripeEvents,
  SERVER_ORIGIN,
  startStripeSandbox,
  startTestHub,
  type FixedClock,
  type StripeSandbox,
  type TestHub,
} from '#test';
import { aCsr, startSite, type TestSite } from './support/certificates.js';
import { WorkOnCertificate } from '../src/certificates/work-on-certificate.job.js';
import { ResumePayments } from '../src/market/resume-payments.job.js';
import { WriteLicenseLetters } from '../src/licenses/write-license-letters.job.js';
import { SweepMarket } from '../src/market/sweep-market.job.js';

const NAMES = ['a.hansa-test.com', 'b.hansa-test.com', 'c.hansa-test.com'];
const RETURN = `${SERVER_ORIGIN}/cpsess0123456789/frontend/jupiter/security/tls_wizard/#/purchase/Hansa/checkout`;

describe('a certificate ordered in cPanel', () => {
  let sandbox: StripeSandbox;
  let hub: TestHub;
  let clock: FixedClock;
  let site: TestSite;
  let client: MarketClient;
  let product: { id: string };
  let cookie: string;
  let bearer: { authorization: string };

  beforeEach(async () => {
    sandbox = await startStripeSandbox();
    site = await startSite();
    const { stripe, certificates } = centralConfigForTests();
    const testHosts = new Map(NAMES.map((name) => [name, site.address]));
    // Stripe's page lives by the sandbox's own clock; jobs are due by the hub's.
    clock = fixedClock(new Date(Date.now() + 600_000).toISOString());
    hub = await startTestHub({
      clock,
      config: {
        stripe: { ...stripe, apiBase: sandbox.url },
        certificates: { ...certificates, issuer: 'development', testHosts },
      },
    });
    client = await aMarketClient(hub);
    product = await aCertificateProduct(hub);
    cookie = await asMerchant(hub);
    bearer = await asMarket(hub, client);
  });
  afterEach(async () => {
    await hub.close();
    await sandbox.close();
    await site.close();
  });

  const db = () => hub.database.dataSource.manager;
  const call = (method: string, path: string, body?: object) =>
    callMarket(hub, method, `${path}?client_id=${client.id}`, body ? { body } : {});
  const poll = async (item: string) => (await call('GET', `/order-items/${item}/certificate`)).json;
  const relay = async () => {
    for (const job of await relayStripeEvents(hub, sandbox)) await requeue(job);
  };
  const intent = async () => (await sandbox.stripe.paymentIntents.list({ limit: 1 })).data[0]!;
  const statuses = async () => (await db().find(Order)).map(({ status }) => status).sort();
  const prepare = async (csr: string) => {
    const { relative_path, filename, content } = (await call('POST', '/dcv/prepare', { product_id: product.id, csr }))
      .json.http!;
    site.put({ relativePath: relative_path, filename, content });
  };
  /** Does what waits as long as it is due within an hour. */
  async function work(): Promise<void> {
    for (let round = 0; round < 4; round += 1) {
      for (const job of await doJobs(hub)) await requeue(job);
      clock.set(new Date(clock.now().getTime() + 60_000).toISOString());
    }
    await relay();
  }
  /** What is not due yet has been taken out of the queue: back with it. */
  async function requeue({ name, payload, runAt }: { name: string; payload: object; runAt: Date }): Promise<void> {
    await db().query('SELECT graphile_worker.add_job($1, $2::json, run_at => $3::timestamptz)', [name, payload, runAt]);
  }

  async function order(...csrs: string[]): Promise<{ id: string; items: string[] }> {
    return orderItems(csrs.map((csr) => ({ product_id: product.id, csr })));
  }
  async function orderItems(items: object[]): Promise<{ id: string; items: string[] }> {
    const { json } = await callMarket(hub, 'POST', '/orders', {
      body: { items, url_after_checkout: RETURN },
      headers: bearer,
    });
    return { id: json.order_id!, items: json.order_items!.map(({ order_item_id }) => order_item_id) };
  }
  async function pay(id: string): Promise<void> {
    const { headers } = await fetch(`${hub.url}/market/checkout/${id}`, { headers: { cookie }, redirect: 'manual' });
    await payOnPage(headers.get('location')!);
    await relay();
  }

  it('is paid for when it is issued, and handed out when it is paid for', async () => {
    const csr = await aCsr(NAMES[0]!, NAMES[1]!);
    await prepare(csr);
    const { id, items } = await order(csr);
    const item = items[0]!;
    expect(await poll(item)).toMatchObject({ certificate_pem: null, status_code: 'CertificateNotFound' });
    await pay(id);
    expect([(await intent()).capture_method, (await intent()).amount]).toEqual(['manual', 2_500]);
    await work();
    const { certificate_pem: pem, status_code } = await poll(item);
    expect(status_code).toBeNull();
    expect(new X509Certificate(pem!).subjectAltName).toBe(`DNS:${NAMES[0]!}, DNS:${NAMES[1]!}`);
    expect((await intent()).amount_received).toBe(2_500);
    expect(await statuses()).toEqual(['paid']);
    expect(await db().count(License)).toBe(1);
    await hub.app.get(StripeFees, { strict: false }).record(new Date(0));
    expect((await hub.app.get(MoneyCheck, { strict: false }).run()).differences).toEqual([]);
    const { json } = await call('GET', `/order-items/${item}/status`);
    expect(json.status_details).toMatchObject({ dcvStatus: 'completed', certificateStatus: 'completed' });
    expect(json.domain_details).toEqual(NAMES.slice(0, 2).map((domain) => ({ domain, status: 'VALIDATED' })));
  });

  it('waits for approval while a name is not proven, and says which', async () => {
    const csr = await aCsr(NAMES[0]!);
    const { id, items } = await order(csr);
    await pay(id);
    await work();
    expect(await poll(items[0]!)).toMatchObject({
      certificate_pem: null,
      status_code: 'RequiresApproval',
      status_message: expect.stringContaining(NAMES[0]!) as string,
    });
    expect((await intent()).status).toBe('requires_capture');
  });

  it('is canceled and costs nothing when its names are not proven in time', async () => {
    const { id, items } = await order(await aCsr(NAMES[0]!));
    await pay(id);
    await work();
    const days = hub.ground.config.certificates.daysToProve + 1;
    clock.set(new Date(clock.now().getTime() + days * 86_400_000).toISOString());
    await work();
    expect(await poll(items[0]!)).toMatchObject({ certificate_pem: null, status_code: 'OrderItemCanceled' });
    expect((await intent()).status).toBe('canceled');
    expect(await statuses()).toEqual(['failed']);
    expect(await db().count(License)).toBe(0);
  });

  it('is one of two in an order: what was issued is paid for when the other is decided', async () => {
    const [good, bad] = [await aCsr(NAMES[0]!), await aCsr(NAMES[1]!, NAMES[2]!)];
    await prepare(good);
    const { id, items } = await order(good, bad);
    await pay(id);
    await work();
    expect(await poll(items[0]!)).toMatchObject({ certificate_pem: null });
    expect((await intent()).status).toBe('requires_capture');
    const days = hub.ground.config.certificates.daysToProve + 1;
    clock.set(new Date(clock.now().getTime() + days * 86_400_000).toISOString());
    await work();
    expect((await intent()).amount_received).toBe(1_250);
    expect((await poll(items[0]!)).certificate_pem).toContain('BEGIN CERTIFICATE');
    expect(await poll(items[1]!)).toMatchObject({ certificate_pem: null, status_code: 'OrderItemCanceled' });
    expect(await statuses()).toEqual(['failed', 'paid']);
    expect((await hub.app.get(MoneyCheck, { strict: false }).run()).differences.map(({ code }) => code)).toEqual([
      'FEES_DIFFER',
    ]);
  });

  describe('in one cart with a license', () => {
    let id: string;
    beforeEach(async () => {
      const license = await aMarketProduct(hub);
      const csr = await aCsr(NAMES[0]!);
      const placed = await orderItems([{ product_id: license.id }, { product_id: product.id, csr }]);
      id = placed.id;
      await pay(id);
      await work();
      expect((await intent()).status).toBe('requires_capture');
      expect(await db().count(License)).toBe(0);
      await prepare(csr);
    });

    it('is paid for together with it: one page, one payment, taken once', async () => {
      for (let hour = 0; hour < 2; hour += 1) await work();
      expect((await intent()).amount_received).toBe(4_900 + 1_250);
      expect(await statuses()).toEqual(['paid', 'paid']);
      expect(await db().count(License)).toBe(2);
      await hub.app.get(StripeFees, { strict: false }).record(new Date(0));
      expect((await hub.app.get(MoneyCheck, { strict: false }).run()).differences).toEqual([]);
    });

    it('is written of without a key, the license with one', async () => {
      for (let hour = 0; hour < 2; hour += 1) await work();
      newMails(hub.ground);
      await hub.app.get(WriteLicenseLetters, { strict: false }).run();
      await doJobs(hub);
      const letters = newMails(hub.ground).map(({ text }) => [
        /CC-\w{4}-/.test(text),
        text.includes('fetches and installs it'),
        text.includes('Enter the key where you use'),
      ]);
      expect(letters.sort()).toEqual([
        [false, true, false],
        [true, false, true],
      ]);
    });

    it('leaves the license alone to be paid for when it is refused', async () => {
      const days = hub.ground.config.certificates.daysToProve + 1;
      clock.set(new Date(clock.now().getTime() + days * 86_400_000).toISOString());
      await work();
      expect((await intent()).amount_received).toBe(4_900);
      expect(await statuses()).toEqual(['failed', 'paid']);
      expect(await db().count(License)).toBe(1);
    });
  });

  describe('whose job is lost', () => {
    const resume = async () => {
      await hub.app.get(ResumePayments, { strict: false }).resume();
      await work();
    };
    const putBack = (change: string) => db().query(`UPDATE certificate_orders SET ended_at = NULL, ${change}`);
    let item: string;
    let csr: string;
    beforeEach(async () => {
      csr = await aCsr(NAMES[0]!);
      const { id, items } = await order(csr);
      item = items[0]!;
      await pay(id);
    });

    it('is begun all the same when its payment is held', async () => {
      await putBack(`state = 'awaiting_payment', paid_at = NULL, due_at = NULL, next_try_at = NULL`);
      await prepare(csr);
      await resume();
      expect((await poll(item)).certificate_pem).toContain('BEGIN CERTIFICATE');
    });

    it('has its money taken when it is issued', async () => {
      await prepare(csr);
      const job = hub.app.get(WorkOnCertificate, { strict: false });
      for (let step = 0; step < 3; step += 1) await job.run({ certificateId: item });
      await hub.database.takeJobs();
      expect((await intent()).status).toBe('requires_capture');
      await resume();
      expect((await intent()).amount_received).toBe(1_250);
    });

    it('is tried again in peace when the hold has run out and nobody has said so yet', async () => {
      await prepare(csr);
      const job = hub.app.get(WorkOnCertificate, { strict: false });
      for (let step = 0; step < 3; step += 1) await job.run({ certificateId: item });
      await hub.database.takeJobs();
      await sandbox.stripe.paymentIntents.cancel((await intent()).id);
      await hub.app.get(ResumePayments, { strict: false }).resume();
      await doJobs(hub);
      expect((await poll(item)).certificate_pem).toBeNull();
      await relay();
      expect((await poll(item)).status_code).toBe('OrderCanceled');
    });

    it('has its money let go when it is refused', async () => {
      const days = hub.ground.config.certificates.daysToProve + 1;
      clock.set(new Date(clock.now().getTime() + days * 86_400_000).toISOString());
      await hub.app.get(WorkOnCertificate, { strict: false }).run({ certificateId: item });
      await hub.database.takeJobs();
      expect((await poll(item)).status_code).toBe('OrderItemCanceled');
      expect((await intent()).status).toBe('requires_capture');
      await resume();
      expect([(await intent()).status, await statuses()]).toEqual(['canceled', ['failed']]);
    });

    it('has its money let go when it was canceled', async () => {
      await db().query(`UPDATE certificate_orders SET state = 'canceled', ended_at = now(), next_try_at = NULL`);
      await resume();
      expect([(await intent()).status, await statuses()]).toEqual(['canceled', ['failed']]);
    });

    it('hears that its money was taken, or that it never will be', async () => {
      await prepare(csr);
      await work();
      await putBack(`state = 'issuing'`);
      await resume();
      expect((await poll(item)).certificate_pem).toContain('BEGIN CERTIFICATE');
      await db().query(`UPDATE orders SET status = 'failed', paid_at = NULL`);
      await putBack(`state = 'awaiting_validation', certificate_pem = NULL`);
      await resume();
      expect((await poll(item)).status_code).toBe('OrderCanceled');
    });

    it('is left alone while its names are being proven, and when all is done', async () => {
      const resumed = async () => {
        await hub.app.get(ResumePayments, { strict: false }).resume();
        return (await hub.database.takeJobs()).filter(({ name }) => name === 'follow-purchase');
      };
      expect(await resumed()).toEqual([]);
      await prepare(csr);
      const job = hub.app.get(WorkOnCertificate, { strict: false });
      await job.run({ certificateId: item });
      expect(await resumed()).toEqual([]);
      await job.run({ certificateId: item });
      await job.run({ certificateId: item });
      await work();
      expect(await statuses()).toEqual(['paid']);
      expect(await resumed()).toEqual([]);
    });
  });

  it('is never handed out when the hold was released before', async () => {
    const csr = await aCsr(NAMES[0]!);
    const { id, items } = await order(csr);
    await pay(id);
    await sandbox.stripe.paymentIntents.cancel((await intent()).id);
    await prepare(csr);
    await relay();
    await work();
    const { certificate_pem, status_code } = await poll(items[0]!);
    expect([certificate_pem, status_code]).toEqual([null, 'OrderCanceled']);
    expect(await db().count(License)).toBe(0);
  });

  it('is canceled when nobody pays for it within 30 days', async () => {
    const { items } = await order(await aCsr(NAMES[0]!));
    clock.set(new Date(clock.now().getTime() + 31 * 86_400_000).toISOString());
    await hub.app.get(SweepMarket, { strict: false }).sweep();
    expect(await poll(items[0]!)).toMatchObject({ certificate_pem: null, status_code: 'OrderCanceled' });
  });

  it('is not there for another server, under a wrong id, or for a license', async () => {
    const { items } = await order(await aCsr(NAMES[0]!));
    const license = await aMarketProduct(hub);
    const { json } = await callMarket(hub, 'POST', '/orders', {
      body: { items: [{ product_id: license.id }] },
      headers: bearer,
    });
    const other = await aMarketClient(hub);
    const asked = [
      `/order-items/${items[0]!}/certificate?client_id=${other.id}`,
      `/order-items/${items[0]!}/status?client_id=${other.id}`,
      `/order-items/oi_${'0'.repeat(32)}/certificate?client_id=${client.id}`,
      `/order-items/x/certificate?client_id=${client.id}`,
      `/order-items/${json.order_items![0]!.order_item_id}/certificate?client_id=${client.id}`,
    ];
    for (const path of asked) {
      const answer = await callMarket(hub, 'GET', path);
      expect([answer.status, answer.json.error?.code]).toEqual([404, 'ORDER_ITEM_NOT_FOUND']);
    }
    const unknown = await callMarket(
      hub,
      'GET',
      `/order-items/${items[0]!}/certificate?client_id=mcl_00000000000000000000000000`,
    );
    expect([unknown.status, unknown.json.error?.code]).toEqual([403, 'CLIENT_REFUSED']);
  });

  it('is proven by a file that follows from its request, for names it carries', async () => {
    const csr = await aCsr(NAMES[0]!);
    const ask = (body: object, path = '/dcv/prepare') => call('POST', path, { product_id: product.id, csr, ...body });
    const first = await ask({});
    expect(first.json.http).toEqual({
      relative_path: '.well-known/pki-validation',
      filename: expect.stringMatching(/^[0-9A-F]{32}\.txt$/) as string,
      content: expect.any(String) as string,
    });
    expect((await ask({ domains: [NAMES[0]!] })).json).toEqual(first.json);
    expect((await ask({}, '/dcv/undo')).status).toBe(204);
    const refused = await ask({ domains: ['evil.hansa-test.com'] });
    expect([refused.status, refused.json.error?.code]).toEqual([422, 'CSR_NAME_UNKNOWN']);
    expect((await ask({ product_id: '999999' })).json.error?.code).toBe('PRODUCT_NOT_FOUND');
    expect((await ask({ csr: 'x' })).json.error?.code).toBe('CSR_UNREADABLE');
    expect(await db().count(CertificateOrder)).toBe(0);
  });
});
