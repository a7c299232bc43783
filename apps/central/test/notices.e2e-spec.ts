import {
  anInstance,
  aPublishedPackage,
  askBytes,
  askJson,
  asOperator,
  asPublisher,
  asShop,
  doJobs,
  fixedClock,
  startTestHub,
  type TestHub,
} from '#test';
import { AnnounceJob } from '../src/releases/announce.job.js';
import { CatalogIndex } from '#catalog';

const ROOT = '/store/marketplace';
const FLAW = { affected: '>=1.0.0 <1.2.0', fixed_in: '1.2.0', severity: 'high', summary: 'Reads any file.' };

let hub: TestHub;
let listed: Awaited<ReturnType<typeof aPublishedPackage>>;
let owner: { authorization: string };
let operator: Record<string, string>;
let id: string;
beforeEach(async () => {
  hub = await startTestHub({ clock: fixedClock('2030-01-01T00:00:00Z') });
  listed = await aPublishedPackage(hub.database);
  id = listed.package.marketplaceId;
  await hub.app.get(CatalogIndex, { strict: false }).refresh();
  owner = await asPublisher(hub, listed.package.publisherId);
  operator = await asOperator(hub);
});
afterEach(async () => {
  await doJobs(hub);
  await hub.close();
});

const publisher = (method: string, path: string, body?: object) =>
  askJson(hub, method, `/publisher/packages/${id}/${path}`, owner, body);
const console = (method: string, path: string, body?: object) =>
  askJson(hub, method, `/console/packages/${id}/${path}`, operator, body);
async function updates(version: string): Promise<Record<string, unknown>> {
  const versions = encodeURIComponent(JSON.stringify({ [id]: version }));
  return (await askBytes(hub, `${ROOT}/updates?versions=${versions}`, await asShop(hub))).json() as never;
}
const product = async () =>
  ((await askBytes(hub, `${ROOT}/feed/${id}`, await asShop(hub))).json() as { product: Record<string, unknown> })
    .product;
const told = () =>
  hub.database.dataSource.query<{ type: string; n: number }[]>(
    `SELECT e.type, count(*)::int AS n FROM outbox_events e JOIN deliveries d ON d.event_id = e.id GROUP BY e.type ORDER BY e.type`,
  );

describe('a deprecated package', () => {
  it('says so, with its successor, in feed, product page and updates, and stays to be had', async () => {
    expect(await updates('1.0.0')).toEqual({ updates: [] });
    const { package: next } = await aPublishedPackage(hub.database);
    const request = { message: 'Use the next one.', successor: next.marketplaceId };
    expect((await publisher('PUT', 'deprecation', request)).status).toBe(200);
    const notice = { since: '2030-01-01T00:00:00.000Z', ...request };
    const state = { deprecation: { marketplace_id: id, ...notice }, by_operator: false };
    expect((await publisher('GET', 'deprecation')).json()).toEqual(state);
    expect((await console('GET', 'deprecation')).json()).toEqual(state);
    expect(await updates('1.0.0')).toEqual({ updates: [], deprecated: [{ marketplace_id: id, ...notice }] });
    expect(await product()).toMatchObject({ deprecated: notice, version: '1.0.0' });
    const feed = (await askBytes(hub, `${ROOT}/feed`, await asShop(hub))).json() as { products: { id: string }[] };
    expect(feed.products.find((each) => each.id === listed.package.id)).toMatchObject({ deprecated: notice });
    expect((await publisher('DELETE', 'deprecation')).status).toBe(204);
    expect((await publisher('GET', 'deprecation')).json()).toEqual({ deprecation: null, by_operator: false });
    expect(await updates('1.0.0')).toEqual({ updates: [] });
  });

  it('cannot be followed by itself, by nothing or by another deprecated one', async () => {
    const { package: next } = await aPublishedPackage(hub.database);
    await askJson(hub, 'PUT', `/publisher/packages/${next.marketplaceId}/deprecation`, owner, { message: 'Old.' });
    for (const successor of [id, '@nobody/nothing', next.marketplaceId]) {
      const refused = await publisher('PUT', 'deprecation', { message: 'Old.', successor });
      expect([successor, refused.status, (refused.json() as { code: string }).code]).toEqual([
        successor,
        400,
        'SUCCESSOR_REFUSED',
      ]);
    }
    expect(await updates('1.0.0')).toEqual({ updates: [] });
  });

  it('is its publisher’s to lift, unless an operator said it', async () => {
    const stranger = await asPublisher(hub, (await aStranger()).id);
    const path = `/publisher/packages/${id}/deprecation`;
    expect((await askJson(hub, 'PUT', path, stranger, { message: 'Mine.' })).status).toBe(404);
    expect((await askBytes(hub, path, stranger)).status).toBe(404);
    expect((await console('PUT', 'deprecation', { message: 'Abandoned.' })).status).toBe(200);
    expect((await publisher('GET', 'deprecation')).json()).toMatchObject({
      deprecation: { message: 'Abandoned.' },
      by_operator: true,
    });
    for (const [method, body] of [['PUT', { message: 'No.' }], ['DELETE']] as const)
      expect((await publisher(method, 'deprecation', body)).json()).toMatchObject({ code: 'DEPRECATED_BY_OPERATOR' });
    expect((await console('DELETE', 'deprecation')).status).toBe(204);
  });
});

describe('an advisory', () => {
  it('travels in updates to those affected, on the product page, and to every shop once', async () => {
    for (let shop = 0; shop < 3; shop += 1) await anInstance(hub.database);
    const made = await publisher('POST', 'advisories', FLAW);
    expect(made.status).toBe(201);
    expect((await publisher('POST', 'advisories', FLAW)).json()).toEqual(made.json());
    const view = { ...FLAW, marketplace_id: id, references: [], published_at: '2030-01-01T00:00:00.000Z' };
    expect(await updates('1.1.0')).toMatchObject({ updates: [], advisories: [view] });
    expect(await updates('1.2.0')).toEqual({ updates: [] });
    expect(await product()).toMatchObject({ advisories: [view] });
    await doJobs(hub);
    expect(await told()).toEqual([{ type: 'advisory.published', n: 3 }]);
    const [announcement] = await hub.database.dataSource.query<{ id: string }[]>('SELECT id FROM announcements');
    await hub.app.get(AnnounceJob, { strict: false }).tell({ announcementId: announcement!.id });
    expect(await told()).toEqual([{ type: 'advisory.published', n: 3 }]);
  });

  it('marks the way out of it as a security fix', async () => {
    const versions = encodeURIComponent(JSON.stringify({ [id]: '0.9.0' }));
    const security = async () => {
      const answer = await askBytes(hub, `${ROOT}/updates?versions=${versions}`, await asShop(hub));
      return (answer.json() as { updates: { security: boolean }[] }).updates[0]!.security;
    };
    expect(await security()).toBe(false);
    await publisher('POST', 'advisories', { ...FLAW, affected: '<1.0.0', fixed_in: '1.0.0' });
    expect(await security()).toBe(true);
  });

  it('is still told when no release of the package is left', async () => {
    await publisher('POST', 'advisories', FLAW);
    await askJson(hub, 'POST', `/publisher/releases/${listed.release.id}/yank`, owner, { reason: 'Bad.' });
    expect(await updates('1.0.0')).toMatchObject({ advisories: [{ summary: FLAW.summary }] });
    expect((await askBytes(hub, `${ROOT}/feed/${id}`, await asShop(hub))).status).toBe(404);
  });

  it('is withdrawn, once, and every shop hears of it', async () => {
    await anInstance(hub.database);
    const { advisory_id: advisory } = (await publisher('POST', 'advisories', FLAW)).json() as { advisory_id: string };
    const withdraw = (by: Record<string, string>, surface = 'publisher') =>
      askJson(hub, 'POST', `/${surface}/advisories/${advisory}/withdraw`, by, { reason: 'Was a mistake.' });
    expect((await withdraw(await asPublisher(hub, (await aStranger()).id))).status).toBe(404);
    expect((await withdraw(owner)).status).toBe(200);
    expect((await withdraw(owner)).status).toBe(200);
    expect(await updates('1.1.0')).toEqual({ updates: [] });
    expect(await product()).toMatchObject({ advisories: [{ withdrawn_at: '2030-01-01T00:00:00.000Z' }] });
    expect((await publisher('GET', 'advisories')).json()).toMatchObject({ count: 1 });
    await doJobs(hub);
    expect(await told()).toEqual([
      { type: 'advisory.published', n: 1 },
      { type: 'advisory.withdrawn', n: 1 },
    ]);
  });

  it('of an operator is not its publisher’s to withdraw', async () => {
    const { advisory_id: advisory } = (await console('POST', 'advisories', FLAW)).json() as { advisory_id: string };
    const path = `advisories/${advisory}/withdraw`;
    const refused = await askJson(hub, 'POST', `/publisher/${path}`, owner, { reason: 'No.' });
    expect(refused.json()).toMatchObject({ code: 'ADVISORY_BY_OPERATOR' });
    expect((await askJson(hub, 'POST', `/console/${path}`, operator, { reason: 'Checked.' })).status).toBe(200);
  });

  it('is refused with its code when it makes no sense, and nothing changes', async () => {
    for (const [flaw, code] of [
      [{ affected: 'newest' }, 'VALIDATION_FAILED'],
      [{ affected: '' }, 'VALIDATION_FAILED'],
      [{ fixed_in: 'soon' }, 'VALIDATION_FAILED'],
      [{ fixed_in: '1.1.0' }, 'FIX_IS_AFFECTED'],
      [{ severity: 'awful' }, 'VALIDATION_FAILED'],
      [{ summary: '' }, 'VALIDATION_FAILED'],
      [{ references: ['javascript:alert(1)'] }, 'VALIDATION_FAILED'],
      [{ surprise: true }, 'VALIDATION_FAILED'],
    ] as const)
      expect((await publisher('POST', 'advisories', { ...FLAW, ...flaw })).json()).toMatchObject({ code });
    expect(await updates('1.1.0')).toEqual({ updates: [] });
  });
});

describe('the routes about packages', () => {
  it.each([
    ['PUT', 'packages/@acme/x/deprecation', { message: 'x' }],
    ['DELETE', 'packages/@acme/x/deprecation', undefined],
    ['GET', 'packages/@acme/x/advisories', undefined],
    ['POST', 'packages/@acme/x/advisories', FLAW],
    ['POST', 'advisories/adv_x/withdraw', { reason: 'x' }],
  ])('%s %s is for whom its surface is for', async (method, path, body) => {
    const status = async (surface: string, by: Record<string, string>) =>
      (await askJson(hub, method, `/${surface}/${path}`, by, body)).status;
    expect(await status('publisher', {})).toBe(401);
    expect(await status('publisher', operator)).toBe(401);
    expect(await status('publisher', owner)).toBe(404);
    expect(await status('console', {})).toBe(401);
    expect(await status('console', owner)).toBe(401);
    expect(await status('console', operator)).toBe(404);
  });
});

it('tells every shop of a yank, in batches, and each only once', async () => {
  const count = 205;
  const row = await anInstance(hub.database);
  await hub.database.dataSource.query(
    `INSERT INTO instances SELECT (jsonb_populate_record(i, jsonb_build_object('id', 'inst_' || lpad(n::text, 26, '0')))).*
       FROM instances i, generate_series(2, $2) n WHERE i.id = $1`,
    [row.id, count],
  );
  await askJson(hub, 'POST', `/console/releases/${listed.release.id}/yank`, operator, { reason: 'Eats carts.' });
  await doJobs(hub);
  expect(await told()).toEqual([{ type: 'release.yanked', n: count }]);
});

async function aStranger(): Promise<{ id: string }> {
  const rows = await hub.database.dataSource.query<{ id: string }[]>(
    `INSERT INTO publishers (id, name, created_at) VALUES ('pub_stranger', 'Stranger', now()) RETURNING id`,
  );
  return rows[0]!;
}
