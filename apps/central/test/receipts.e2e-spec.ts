import {
  aPaidPackage,
  anInstance,
  anOrder,
  doJobs,
  fixedClock,
  newMails,
  sendStripeEvent,
  startTestHub,
  type TestHub,
} from '#test';
import type { Package } from '#catalog';
import type { Order } from '#checkout';
import { License, LicensePeriod } from '#licenses';
import { WriteLicenseLetters } from '../src/licenses/write-license-letters.job.js';
import { invoiceEvent, refundEvent, secondsAfterNoon, sessionEvent } from './support/money.js';

const MONTHLY = { licenseKind: 'subscription', billingInterval: 'month' } as const;
const SEATS = { licenseKind: 'per_instance', priceMinor: 2_000 } as const;
const KEY = 'Your license for Paid plugin';
const RECEIPT = 'Receipt for Paid plugin: EUR 49.00';

describe('receipts', () => {
  const clock = fixedClock('2030-01-01T12:00:00Z');
  let hub: TestHub;
  let instanceId: string;
  beforeAll(async () => {
    hub = await startTestHub({ clock });
    instanceId = (await anInstance(hub.database)).id;
  });
  afterAll(() => hub.close());
  beforeEach(() => clock.set('2030-01-01T12:00:00Z'));
  afterEach(() => hub.database.takeJobs());

  let customers = 0;
  const place = async (listing: Partial<Package>, more: Partial<Order> = {}): Promise<Order> => {
    const { id: packageId, licenseKind, billingInterval } = await aPaidPackage(hub.database, listing);
    const customerEmail = `payer-${(customers += 1)}@shop.example`;
    const terms = { licenseKind, billingInterval } as Partial<Order>;
    return anOrder(hub.database, { packageId, instanceId, customerEmail, ...terms, ...more });
  };
  const hear = async (...events: string[]) => {
    for (const event of events) expect((await sendStripeEvent(hub, event)).status).toBe(200);
    await doJobs(hub);
  };
  /** What has been written since the last time, as two workers do it at the same minute, and one of them again. */
  const letters = async () => {
    const job = hub.app.get(WriteLicenseLetters, { strict: false });
    await Promise.all([job.run(), job.run()]);
    await job.run();
    await doJobs(hub);
    return newMails(hub.ground);
  };
  const subjects = async () => (await letters()).map(({ subject }) => subject);
  const licenseOf = ({ id: orderId }: Order) => hub.database.dataSource.manager.findOneByOrFail(License, { orderId });

  const session = (order: Order) => sessionEvent(order);
  const first = (order: Order) => invoiceEvent(order, 0);
  const renewal = (order: Order) => invoiceEvent(order, 1);
  it.each([
    ['session, invoice, renewal', [session, first, renewal]],
    ['session, renewal, invoice', [session, renewal, first]],
    ['invoice, session, renewal', [first, session, renewal]],
    ['invoice, renewal, session', [first, renewal, session]],
    ['renewal, session, invoice', [renewal, session, first]],
    ['renewal, invoice, session', [renewal, first, session]],
  ])('are one with the key and one for the renewal, heard of as %s', async (_, tells) => {
    const order = await place(MONTHLY);
    const written: string[] = [];
    for (const tell of tells) {
      const event = tell(order);
      await hear(event, event);
      written.push(...(await subjects()));
    }
    expect(written.sort()).toEqual([RECEIPT, KEY]);
    await hear(...tells.map((tell) => tell(order)));
    expect(await subjects()).toEqual([]);
  });

  it('say what was paid, for what, and until when it runs', async () => {
    const order = await place(MONTHLY);
    await hear(session(order), first(order));
    await letters();
    await hear(renewal(order));
    const [letter, ...more] = await letters();
    expect(more).toEqual([]);
    expect(letter!.to).toBe(order.customerEmail);
    expect(letter!.text).toContain('It pays for the next term.');
    expect(letter!.text).toMatch(/Runs: +until 2 March 2030/);
    expect(letter!.text).not.toContain('CC-');
  });

  it('go to whoever pays for another year or for seats', async () => {
    const order = await place(SEATS, { quantity: 2 });
    await hear(session(order));
    await letters();
    const { id: licenseId, packageId } = await licenseOf(order);
    const payer = { customerEmail: 'colleague@shop.example', licenseKind: 'per_instance' } as const;
    const adds = { packageId, licenseId, instanceId, ...payer };
    const year = await anOrder(hub.database, { ...adds, purpose: 'renewal', quantity: 2, version: '1.0.1' });
    const seats = await anOrder(hub.database, { ...adds, purpose: 'seats', quantity: 3, version: '1.0.2' });
    await hear(session(year));
    const [forYear, ...more] = await letters();
    await hear(session(seats), session(seats));
    const [forSeats, ...evenMore] = await letters();
    expect([...more, ...evenMore]).toEqual([]);
    expect([forYear!.to, forSeats!.to]).toEqual([payer.customerEmail, payer.customerEmail]);
    expect(forYear!.text).toContain('It pays for the next term.');
    expect(forSeats!.text).toContain('It pays for 3 more seats.');
    expect(forSeats!.text).toMatch(/Seats: +5/);
  });

  it('tell of a purchase that was added to the license its merchant had', async () => {
    const order = await place({});
    const { packageId, customerEmail } = order;
    const again = await anOrder(hub.database, { packageId, instanceId, customerEmail, version: '1.0.1' });
    await hear(session(order), session(again));
    const written = await letters();
    expect(written.map(({ subject }) => subject).sort()).toEqual([RECEIPT, KEY]);
    expect(written.find(({ subject }) => subject === RECEIPT)!.text).toContain('You had a license already');
  });

  it('tell of no trial, which costs nothing, and of the first payment after it', async () => {
    const order = await place({ ...MONTHLY, trialDays: 14 }, { trialDays: 14 });
    const lines = { data: [{ period: { end: secondsAfterNoon(14) } }] };
    await hear(
      sessionEvent(order, { amount_total: 0, payment_status: 'no_payment_required' }),
      invoiceEvent(order, 0, 'invoice.paid', { amount_paid: 0, lines }),
    );
    expect(await subjects()).toEqual([KEY]);
    await hear(renewal(order));
    expect(await subjects()).toEqual([RECEIPT]);
  });

  it('tell of no second trial that was begun at the same moment', async () => {
    const order = await place({ ...MONTHLY, trialDays: 14 }, { trialDays: 14 });
    const { packageId, customerEmail } = order;
    const terms = { packageId, instanceId, customerEmail, ...MONTHLY, trialDays: 14 };
    const again = await anOrder(hub.database, { ...terms, version: '1.0.1' });
    const begins = { amount_total: 0, payment_status: 'no_payment_required' };
    await hear(sessionEvent(order, begins), sessionEvent(again, begins));
    expect(await subjects()).toEqual([KEY]);
  });

  it('are written however late their payment is heard of, or believed', async () => {
    const order = await place(MONTHLY);
    await hear(renewal(order));
    clock.advance(5 * 86_400);
    expect(await subjects()).toEqual([]);
    await hear(session(order));
    expect((await subjects()).sort()).toEqual([RECEIPT, KEY]);
    clock.advance(40 * 86_400);
    await hear(invoiceEvent(order, 2, 'invoice.paid', { status_transitions: { paid_at: secondsAfterNoon(3) } }));
    expect(await subjects()).toEqual([RECEIPT]);
  });

  it('are not written of what the hub heard before it wrote any, nor days after', async () => {
    const order = await place(MONTHLY);
    await hear(session(order), renewal(order));
    await hub.database.dataSource.manager.update(LicensePeriod, { orderId: order.id }, { notedAt: null });
    expect(await subjects()).toEqual([KEY]);
    await hear(invoiceEvent(order, 2));
    clock.advance(3 * 86_400);
    expect(await subjects()).toEqual([]);
  });

  it('are not written of a license that was taken back meanwhile', async () => {
    const order = await place(SEATS);
    await hear(session(order));
    await letters();
    const { id: licenseId, packageId } = await licenseOf(order);
    const more = { packageId, licenseId, instanceId, licenseKind: 'per_instance', purpose: 'seats' } as const;
    await hear(session(await anOrder(hub.database, more)), refundEvent(order, 0, order.amountMinor, 0));
    expect(await subjects()).toEqual(['Your license for Paid plugin was revoked']);
  });
});
