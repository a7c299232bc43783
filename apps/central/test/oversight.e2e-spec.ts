import { defineJob, enqueue, newId } from '@hansa/platform';
import { License, LicensePeriod } from '#licenses';
import { KeyRing } from '#signing';
import {
  anInstance,
  anOrder,
  aPackage,
  aPublisher,
  aPublishedPackage,
  asInstance,
  askBytes,
  asOperator,
  asPublisher,
  fixedClock,
  startTestHub,
  type FixedClock,
  type TestHub,
} from '#test';

let hub: TestHub;
let clock: FixedClock;
let operator: Record<string, string>;
beforeEach(async () => {
  clock = fixedClock('2030-01-10T12:00:00Z');
  hub = await startTestHub({ clock });
  operator = await asOperator(hub);
});
afterEach(() => hub.close());

const read = async (path: string, headers = operator) => {
  const answer = await askBytes(hub, path, headers);
  expect(answer.status).toBe(200);
  return answer.json();
};

describe('the directory', () => {
  it('lists packages, published or not, a part at a time', async () => {
    for (const name of ['a', 'b']) await aPublishedPackage(hub.database, { marketplaceId: `@acme/${name}`, name });
    await aPackage(hub.database, { marketplaceId: '@acme/c', name: 'unpublished' });
    expect(await read('/console/packages?limit=2')).toMatchObject({
      count: 3,
      items: [{ marketplace_id: '@acme/a', version: '1.0.0', releases: 1 }, { marketplace_id: '@acme/b' }],
    });
    expect(await read('/console/packages?limit=2&offset=2')).toMatchObject({
      count: 3,
      items: [{ marketplace_id: '@acme/c', version: null, releases: 0, publisher_name: 'Acme' }],
    });
    expect(await read('/console/packages?search=UNPUB')).toMatchObject({ count: 1 });
    expect(await read('/console/publishers?search=@acm')).toMatchObject({
      items: [{ name: 'Acme', namespaces: ['@acme'], packages: 3, verified: true }],
    });
  });

  it('says of a shop when it last called', async () => {
    const instance = await anInstance(hub.database, { baseUrl: 'https://nord.example' });
    expect((await read('/console/instances')).items[0]).toMatchObject({ id: instance.id, last_active_on: null });
    for (let call = 0; call < 2; call += 1)
      await askBytes(hub, '/store/marketplace/inbox', await asInstance(hub, instance));
    expect((await read('/console/instances?search=nord')).items).toMatchObject([{ last_active_on: '2030-01-10' }]);
    expect((await read('/console/figures?days=2')).days).toMatchObject([
      { day: '2030-01-09', active_instances: 0 },
      { day: '2030-01-10', active_instances: 1 },
    ]);
  });
});

describe('the audit log', () => {
  it('is filtered by who, what, whom and when', async () => {
    const issue = (name: string) =>
      askBytes(
        hub,
        '/console/publishable-keys',
        { ...operator, 'content-type': 'application/json' },
        { method: 'POST', body: JSON.stringify({ name }) },
      );
    const { id } = (await issue('first')).json() as { id: string };
    clock.set('2030-01-11T12:00:00Z');
    operator = await asOperator(hub);
    await issue('second');
    const all = await read('/console/audit?action=publishable_key.issued');
    expect(all).toMatchObject({ count: 2, items: [{ at: '2030-01-11T12:00:00.000Z' }, { subject: id }] });
    const { actor } = all.items[1] as { actor: string };
    expect(await read(`/console/audit?actor=${actor}`)).toMatchObject({ count: 1, items: [{ subject: id }] });
    expect(await read(`/console/audit?subject=${id}`)).toMatchObject({ count: 1 });
    const since = '/console/audit?action=publishable_key.issued&from=2030-01-11T12:00:00Z';
    expect(await read(since)).toMatchObject({ count: 1 });
    const until = '/console/audit?action=publishable_key.issued&to=2030-01-11T12:00:00Z';
    expect(await read(until)).toMatchObject({ count: 1, items: [{ subject: id }] });
  });
});

const sing = defineJob<{ secret: string }>('sing-for-operators');

describe('jobs', () => {
  const query = (sql: string) => hub.database.dataSource.query(sql);
  beforeEach(async () => {
    await hub.database.takeJobs();
    await hub.database.dataSource.transaction((tx) => enqueue(tx, sing, { secret: 'ada@nord.example' }));
  });
  afterEach(() => hub.database.takeJobs());

  it('are shown with what became of them, without what they carry', async () => {
    const states = async () => {
      const { items } = await read('/console/jobs?task=sing-for-operators');
      expect(JSON.stringify(items)).not.toContain('ada@nord.example');
      return (items as { state: string }[]).map(({ state }) => state);
    };
    expect(await states()).toEqual(['queued']);
    await query(`UPDATE graphile_worker._private_jobs SET attempts = 1, last_error = 'no wind'`);
    expect(await states()).toEqual(['retrying']);
    await query('UPDATE graphile_worker._private_jobs SET attempts = max_attempts');
    expect(await states()).toEqual(['failed']);
    expect(await read('/console/jobs?state=failed')).toMatchObject({ count: 1, items: [{ last_error: 'no wind' }] });
    expect(await read('/console/health')).toMatchObject({ jobs_failed: 1, jobs_waiting: 0 });
  });

  it('that were given up are tried again, once, and never while a worker has them', async () => {
    await query('UPDATE graphile_worker._private_jobs SET attempts = max_attempts');
    const [{ id }] = (await read('/console/jobs')).items as [{ id: string }];
    const retry = () => askBytes(hub, `/console/jobs/${id}/retry`, operator, { method: 'POST' });
    await query(`UPDATE graphile_worker._private_jobs SET locked_at = now(), locked_by = 'w'`);
    expect((await retry()).json()).toMatchObject({ code: 'JOB_RUNNING' });
    await query('UPDATE graphile_worker._private_jobs SET locked_at = NULL, locked_by = NULL');
    expect((await retry()).status).toBe(204);
    expect(await read('/console/jobs')).toMatchObject({
      items: [{ state: 'queued', attempts: 0, run_at: '2030-01-10T12:00:00.000Z' }],
    });
    expect(await read(`/console/audit?subject=${id}`)).toMatchObject({
      items: [{ action: 'job.retried', data: { task: 'sing-for-operators' } }],
    });
  });
});

describe('the keys', () => {
  it('are shown by what they do now, without their secrets', async () => {
    const ring = hub.app.get(KeyRing, { strict: false });
    const first = ring.active('license').kid;
    const next = await ring.rotate('license', 'planned', 'test');
    const states = async () => {
      const { keys } = (await read('/console/keys')) as { keys: { kid: string; state: string; purpose: string }[] };
      return Object.fromEntries(keys.filter(({ purpose }) => purpose === 'license').map((key) => [key.kid, key.state]));
    };
    expect(await states()).toEqual({ [first]: 'current', [next]: 'next' });
    clock.advance(600);
    expect(await states()).toEqual({ [first]: 'previous', [next]: 'current' });
    clock.advance(32 * 86_400);
    operator = await asOperator(hub);
    expect(await states()).toEqual({ [first]: 'retired', [next]: 'current' });
    expect(JSON.stringify(await read('/console/keys'))).not.toMatch(/sealed|"d"/i);
  });
});

describe('figures', () => {
  it('count what was paid and issued by UTC day, and name days on which nothing was', async () => {
    const order = await anOrder(hub.database);
    const db = hub.database.dataSource.manager;
    const period = { orderId: order.id, isPurchase: true, amountMinor: 4_900, commissionPercent: 10, endsAt: null };
    const paid = (id: string, at: string, currency = 'EUR') =>
      db.insert(LicensePeriod, { ...period, id, currency, paidAt: new Date(at) });
    await paid('pi_1', '2030-01-09T23:59:59.999Z');
    await paid('pi_2', '2030-01-10T00:00:00Z');
    await paid('pi_3', '2030-01-10T11:00:00Z');
    await paid('pi_4', '2030-01-10T11:00:00Z', 'USD');
    await paid('pi_5', '2030-01-07T23:59:59.999Z');
    await db.insert(License, {
      id: newId('lic'),
      orderId: order.id,
      packageId: order.packageId,
      kind: 'one_time',
      customerEmail: 'a@b.example',
      keyLookup: Buffer.alloc(32),
      keySealed: Buffer.alloc(1),
      seats: 1,
      issuedAt: new Date('2030-01-08T00:00:00Z'),
    });
    const figures = await read('/console/figures?days=3');
    expect(figures.sales).toEqual([
      { day: '2030-01-09', currency: 'EUR', payments: 1, amount_minor: 4_900 },
      { day: '2030-01-10', currency: 'EUR', payments: 2, amount_minor: 9_800 },
      { day: '2030-01-10', currency: 'USD', payments: 1, amount_minor: 4_900 },
    ]);
    expect((figures.days as { day: string; licenses: number }[]).map(({ day, licenses }) => [day, licenses])).toEqual([
      ['2030-01-08', 1],
      ['2030-01-09', 0],
      ['2030-01-10', 0],
    ]);
    expect(figures).toMatchObject({ packages: 1, publishers: 1, licenses: 1 });
  });
});

describe('a publisher', () => {
  it('sees its packages and releases with what the checks found, and nobody else’s', async () => {
    const { id } = await aPublisher(hub.database);
    const publisher = await asPublisher(hub, id);
    const findings = [
      { check: 'scan', severity: 'warning' as const, message: 'eval' },
      { check: 'scan', severity: 'info' as const, message: 'big' },
    ];
    const { release } = await aPublishedPackage(
      hub.database,
      { marketplaceId: '@acme/a', name: 'Tax', licenseKind: 'one_time', priceMinor: 4_990 },
      { findings, status: 'in_review' },
    );
    expect(await read('/publisher/packages?search=tax', publisher)).toMatchObject({
      count: 1,
      items: [{ marketplace_id: '@acme/a', version: null, price_minor: 4_990, releases: 1 }],
    });
    expect(await read('/publisher/releases?status=in_review&marketplace_id=@acme/a', publisher)).toMatchObject({
      items: [{ id: release.id, errors: 0, warnings: 1 }],
    });
    expect(await read('/publisher/releases?status=published', publisher)).toMatchObject({ count: 0 });
    expect(await read('/publisher/packages/@acme/a', publisher)).toMatchObject({ name: 'Tax', price_eur: 49.9 });
    expect(await read(`/publisher/releases/${release.id}/checks`, publisher)).toMatchObject({ checks: [] });
    await hub.database.dataSource.query(`INSERT INTO publishers (id, name, created_at) VALUES ('pub_x', 'X', now())`);
    const stranger = await asPublisher(hub, 'pub_x');
    expect(await read('/publisher/packages', stranger)).toMatchObject({ count: 0 });
    expect(await read('/publisher/releases', stranger)).toMatchObject({ count: 0 });
    for (const path of ['/publisher/packages/@acme/a', `/publisher/releases/${release.id}/checks`])
      expect((await askBytes(hub, path, stranger)).status).toBe(404);
  });

  it('sees its share month by month: earned, gone back, paid out', async () => {
    const order = await anOrder(hub.database);
    const { id } = await aPublisher(hub.database);
    let group = 0;
    const post = async (amount: number, at: string, against: string, orderId: string | null = order.id) => {
      group += 1;
      await hub.database.dataSource.query(
        `INSERT INTO ledger_postings (group_id, order_id, payment_id, publisher_id, account, amount_minor, currency, cause, posted_at)
         VALUES ($1, $2, 'pi', $3, 'publisher_payable', $4, 'EUR', 'test', $5), ($1, $2, 'pi', $3, $6, -$4::int, 'EUR', 'test', $5)`,
        [`grp_${group}`, orderId, id, amount, at, against],
      );
    };
    await post(4_410, '2030-01-31T23:59:59Z', 'merchant_payment');
    await post(4_410, '2030-02-01T00:00:00Z', 'merchant_payment');
    await post(-4_410, '2030-02-02T00:00:00Z', 'refund');
    expect(await read('/publisher/earnings/months', await asPublisher(hub, id))).toEqual({
      items: [
        { month: '2030-01', currency: 'EUR', earned_minor: 4_410, returned_minor: 0, paid_out_minor: 0 },
        { month: '2030-02', currency: 'EUR', earned_minor: 4_410, returned_minor: -4_410, paid_out_minor: 0 },
      ],
    });
  });
});
