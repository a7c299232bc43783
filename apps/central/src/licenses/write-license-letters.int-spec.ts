import { anInstance, anOrder, aPaidPackage, doJobs, fixedClock, newMails, startTestHub, type TestHub } from '#test';
import { LicensesService, type IssuedLicense } from './licenses.service.js';
import { LicensePeriod, Subscription } from './license-period.entity.js';
import { License } from './license.entity.js';
import { WriteLicenseLetters } from './write-license-letters.job.js';

const DAY = 24 * 3_600;

describe(WriteLicenseLetters.name, () => {
  const clock = fixedClock('2030-01-01T00:00:00Z');
  let hub: TestHub;
  beforeEach(async () => {
    clock.set('2030-01-01T00:00:00Z');
    hub = await startTestHub({ clock });
  });
  afterEach(() => hub.close());

  async function bought(): Promise<IssuedLicense & { orderId: string }> {
    const { id: packageId } = await aPaidPackage(hub.database, { name: 'SEO' });
    const instanceId = (await anInstance(hub.database)).id;
    const { id: orderId } = await anOrder(hub.database, { packageId, instanceId });
    const what = {
      orderId,
      packageId,
      kind: 'one_time',
      billingInterval: null,
      customerEmail: 'jo@shop.example',
    } as const;
    const issued = await hub.database.dataSource.transaction((tx) =>
      hub.app.get(LicensesService, { strict: false }).issue(tx, { ...what, instanceId, actor: 'test' }),
    );
    const paid = { amountMinor: 4_900, currency: 'EUR', commissionPercent: 10, paidAt: clock.now(), endsAt: null };
    await hub.database.dataSource.manager.insert(LicensePeriod, { id: 'pi_1', orderId, isPurchase: true, ...paid });
    return { ...issued, orderId };
  }
  async function letters(): Promise<string[]> {
    const job = hub.app.get(WriteLicenseLetters, { strict: false });
    // Two workers at the same minute, and the same one again.
    await Promise.all([job.run(), job.run()]);
    await job.run();
    await doJobs(hub);
    return newMails(hub.ground).map(({ to, subject, text }) => [to, subject, text].join('\n'));
  }
  const change = (id: string, values: Partial<License>) =>
    hub.database.dataSource.manager.update(License, { id }, values);

  it('sends one receipt with the key and what was paid', async () => {
    const { licenseKey } = await bought();
    const [receipt, ...more] = await letters();
    expect(more).toEqual([]);
    expect(receipt).toContain('jo@shop.example\nYour license for SEO');
    expect(receipt).toContain(licenseKey);
    expect(receipt).toContain('Paid: EUR 49.00');
    expect(receipt).toContain('installs it by itself');
    expect(await letters()).toEqual([]);
  });

  it('promises no shop to who bought without one', async () => {
    const { license } = await bought();
    await change(license.id, { instanceId: null });
    const [receipt] = await letters();
    expect(receipt).toContain('Enter the key where you use SEO.');
    expect(receipt).not.toContain('installs it by itself');
  });

  it('says what to type for Composer when the license carries a Composer package', async () => {
    const { license } = await bought();
    await hub.database.dataSource.query(
      `INSERT INTO composer_packages (name, publisher_id, listing_id, created_at)
       SELECT 'acme/seo', publisher_id, id, now() FROM packages WHERE id = $1`,
      [license.packageId],
    );
    expect((await letters())[0]).toContain('composer require acme/seo');
  });

  it('tells of each revocation once, and of no license that was never kept', async () => {
    const { license } = await bought();
    await change(license.id, { revokedAt: clock.now(), revokedReason: 'refunded' });
    const [letter, ...more] = await letters();
    expect([letter?.includes('was revoked'), letter?.includes('refunded'), more]).toEqual([true, true, []]);
    await change(license.id, { revokedAt: null, revokedReason: null });
    await letters();
    clock.advance(3_600);
    await change(license.id, { revokedAt: clock.now(), revokedReason: 'fraud' });
    expect(await letters()).toHaveLength(1);
  });

  it('reminds once, two weeks before the updates end, and again for the next year', async () => {
    const { license } = await bought();
    await letters();
    const end = license.updatesUntil!;
    clock.set(new Date(end.getTime() - 14 * DAY * 1_000 - 1_000));
    expect(await letters()).toEqual([]);
    clock.advance(1);
    expect((await letters())[0]).toContain('SEO ends on 1 January 2031');
    clock.advance(DAY);
    expect(await letters()).toEqual([]);
    await change(license.id, { updatesUntil: new Date('2032-01-01T00:00:00Z') });
    clock.set('2031-12-20T00:00:00Z');
    expect((await letters())[0]).toContain('SEO ends on 1 January 2032');
  });

  it('tells of each failed payment of a renewal once', async () => {
    const { orderId } = await bought();
    await letters();
    const heard = { heardAt: clock.now(), heardEvent: 'evt_1', paymentFailedAt: clock.now() };
    await hub.database.dataSource.manager.insert(Subscription, { id: 'sub_1', orderId, status: 'past_due', ...heard });
    expect((await letters())[0]).toContain('The payment for SEO failed');
    expect(await letters()).toEqual([]);
    clock.advance(DAY);
    await hub.database.dataSource.manager.update(Subscription, { id: 'sub_1' }, { paymentFailedAt: clock.now() });
    expect(await letters()).toHaveLength(1);
  });
});
