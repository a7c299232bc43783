import { centralConfigForTests } from '#config';
import {
  anInstance,
  aPublishedPackage,
  aPublisherClient,
  aRelease,
  asInstance,
  askBytes,
  askJson,
  asOperator,
  asPublisher,
  asShop,
  fixedClock,
  startTestHub,
  type TestHub,
} from '#test';
import { CatalogIndex } from '#catalog';

const ROOT = '/store/marketplace';
let hub: TestHub;
let listed: Awaited<ReturnType<typeof aPublishedPackage>>;
let next: string;
let owner: { authorization: string };
beforeEach(async () => {
  const publishing = { ...centralConfigForTests().publishing, haltPercent: 50, haltReports: 3 };
  hub = await startTestHub({ clock: fixedClock('2030-01-01T00:00:00Z'), config: { publishing } });
  listed = await aPublishedPackage(hub.database);
  next = (
    await aRelease(hub.database, listed.package, { version: '1.1.0', publishedAt: new Date('2030-01-01T00:00:00Z') })
  ).id;
  await hub.app.get(CatalogIndex, { strict: false }).refresh();
  owner = await asPublisher(hub, listed.package.publisherId);
});
afterEach(() => hub.close());

const set = (percent: number, by = owner) =>
  askJson(hub, 'PUT', `/publisher/releases/${next}/rollout`, by, { percent });
const rollout = (by: Record<string, string>) => askBytes(hub, `/publisher/releases/${next}/rollout`, by);
async function offered(): Promise<{ latest: string; rollout: { percent: number } } | undefined> {
  const versions = encodeURIComponent(JSON.stringify({ [listed.package.marketplaceId]: '0.9.0' }));
  const answer = await askBytes(hub, `${ROOT}/updates?versions=${versions}`, await asShop(hub));
  return (answer.json() as { updates: { latest: string; rollout: { percent: number } }[] }).updates[0];
}
async function report(outcome: string, registeredAt = '2029-01-01T00:00:00Z', instance = undefined as unknown) {
  const shop = (instance ?? (await anInstance(hub.database))) as Awaited<ReturnType<typeof anInstance>>;
  await hub.database.dataSource.query('UPDATE instances SET registered_at = $2 WHERE id = $1', [shop.id, registeredAt]);
  const body = { marketplace_id: listed.package.marketplaceId, version: '1.1.0', outcome };
  const answer = await askJson(hub, 'POST', `${ROOT}/outcomes`, await asInstance(hub, shop), body);
  expect(answer.status).toBe(202);
  return shop;
}

describe('a rollout', () => {
  it('rises, and is never lowered once shops were offered the release', async () => {
    await hub.database.dataSource.query('UPDATE releases SET rollout_percent = 10 WHERE id = $1', [next]);
    expect((await set(50)).status).toBe(200);
    expect(await offered()).toMatchObject({ latest: '1.1.0', rollout: { percent: 50 } });
    expect((await set(49)).json()).toMatchObject({ code: 'ROLLOUT_LOWERED' });
    expect((await set(101)).status).toBe(400);
    expect((await set(50, { authorization: 'Bearer x' })).status).toBe(401);
    const console = await askJson(hub, 'PUT', `/console/releases/${next}/rollout`, await asOperator(hub), {
      percent: 60,
    });
    expect(console.status).toBe(200);
    expect(await offered()).toMatchObject({ rollout: { percent: 60 } });
  });

  it('halts when too many shops fail, offers the release before it, and goes on when somebody says so', async () => {
    await report('failed');
    await report('updated');
    expect(await offered()).toMatchObject({ latest: '1.1.0' });
    await report('rolled_back');
    expect(await offered()).toMatchObject({ latest: '1.0.0' });
    expect((await set(100)).status).toBe(200);
    expect(await offered()).toMatchObject({ latest: '1.1.0' });
  });

  it('counts a shop once, and none that registered after the release', async () => {
    const shop = await report('failed');
    for (let time = 0; time < 4; time += 1) await report('failed', undefined, shop);
    for (let time = 0; time < 4; time += 1) await report('failed', '2030-01-02T00:00:00Z');
    expect(await offered()).toMatchObject({ latest: '1.1.0' });
  });

  it('is halted by its publisher, by no other, and once', async () => {
    const halt = (by: Record<string, string>, reason = 'Breaks carts.') =>
      askJson(hub, 'POST', `/publisher/releases/${next}/halt`, by, { reason });
    const stranger = await aPublisherClient(hub, '@stranger');
    expect((await halt({ authorization: stranger.authorization })).status).toBe(404);
    expect((await halt(owner, '')).status).toBe(400);
    expect(await offered()).toMatchObject({ latest: '1.1.0' });
    expect((await halt(owner)).status).toBe(200);
    expect((await halt(owner, 'Another reason.')).status).toBe(200);
    expect(await offered()).toMatchObject({ latest: '1.0.0' });
    expect((await rollout(owner)).json()).toMatchObject({ halt_reason: 'Breaks carts.' });
    expect(
      await hub.database.dataSource.query(`SELECT actor FROM audit_entries WHERE action = 'rollout.halted'`),
    ).toEqual([{ actor: `publisher:${listed.package.publisherId}` }]);
  });

  it('is read by its publisher and by operators, with the reports that count', async () => {
    await report('failed');
    await report('updated');
    await report('failed', '2030-01-02T00:00:00Z');
    const going = { percent: 100, halted_at: null, halt_reason: null, halted_by_operator: false };
    const state = { ...going, reports: 2, failures: 1 };
    expect((await rollout(owner)).json()).toEqual(state);
    const seen = await askBytes(hub, `/console/releases/${next}/rollout`, await asOperator(hub));
    expect(seen.json()).toEqual(state);
    const stranger = await aPublisherClient(hub, '@stranger');
    expect((await rollout({ authorization: stranger.authorization })).status).toBe(404);
    await askJson(hub, 'POST', `/publisher/releases/${next}/halt`, owner, { reason: 'Breaks carts.' });
    expect((await rollout(owner)).json()).toMatchObject({ halted_at: '2030-01-01T00:00:00.000Z' });
  });

  it('is halted by an operator, and then goes on when an operator says so, also where its publisher halted it before', async () => {
    const halt = (by: Record<string, string>) =>
      askJson(hub, 'POST', `/console/releases/${next}/halt`, by, { reason: 'Breaks carts.' });
    await askJson(hub, 'POST', `/publisher/releases/${next}/halt`, owner, { reason: 'Looks odd.' });
    expect((await halt(owner)).status).toBe(401);
    expect((await halt(await asOperator(hub))).status).toBe(200);
    const refused = await set(100);
    expect([refused.status, refused.json()]).toMatchObject([403, { code: 'HALTED_BY_OPERATOR' }]);
    expect((await rollout(owner)).json()).toMatchObject({ halt_reason: 'Breaks carts.', halted_by_operator: true });
    expect(await offered()).toMatchObject({ latest: '1.0.0' });
    await askJson(hub, 'PUT', `/console/releases/${next}/rollout`, await asOperator(hub), { percent: 100 });
    expect(await offered()).toMatchObject({ latest: '1.1.0' });
    expect((await set(100)).status).toBe(200);
  });

  it('takes outcomes from shops alone, about releases there are', async () => {
    const body = { marketplace_id: '@nobody/nothing', version: '1.0.0', outcome: 'failed' };
    expect((await askJson(hub, 'POST', `${ROOT}/outcomes`, {}, body)).status).toBe(401);
    const shop = await asInstance(hub, await anInstance(hub.database));
    expect((await askJson(hub, 'POST', `${ROOT}/outcomes`, shop, body)).status).toBe(404);
  });
});
