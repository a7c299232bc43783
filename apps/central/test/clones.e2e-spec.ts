import { AuditEntry } from '#audit';
import {
  anInstance,
  asInstance,
  askBytes,
  asOperator,
  fixedClock,
  startTestHub,
  type TestHub,
  type TestInstance,
} from '#test';
import { centralConfigForTests } from '#config';

const HERE = '203.0.113.7';
const THERE = '198.51.100.9';

describe('an instance that is seen in two places', () => {
  const clock = fixedClock('2030-01-01T00:00:00Z');
  let hub: TestHub;
  beforeAll(async () => {
    const http = { ...centralConfigForTests().http, trustedProxies: ['127.0.0.1'] };
    hub = await startTestHub({ clock, config: { http } });
  });
  afterAll(() => hub.close());

  async function callFrom(shop: TestInstance, ...places: string[]) {
    for (const place of places) {
      const headers = { ...(await asInstance(hub, shop)), 'x-forwarded-for': place };
      expect((await askBytes(hub, '/store/marketplace/licenses', headers)).status).toBe(200);
      clock.advance(60);
    }
  }
  async function flagged(shop: TestInstance) {
    const { items } = (await askBytes(hub, '/console/clones', await asOperator(hub))).json();
    return items.filter(({ instance_id: id }: { instance_id: string }) => id === shop.id);
  }
  const dismiss = async (shop: TestInstance) =>
    (await askBytes(hub, `/console/clones/${shop.id}/dismiss`, await asOperator(hub), { method: 'POST' })).status;

  it('is flagged, once, and goes on being served', async () => {
    const shop = await anInstance(hub.database);
    await callFrom(shop, HERE, THERE, HERE, THERE, HERE, THERE);
    expect(await flagged(shop)).toMatchObject([{ places: ['203.0.113.0/24', '198.51.100.0/24'] }]);
    const audits = { action: 'instance.seen_twice', subject: shop.id };
    expect(await hub.database.dataSource.manager.countBy(AuditEntry, audits)).toBe(1);
  });

  it('is not flagged for moving, for a spare line, or for having both kinds of addresses', async () => {
    const shop = await anInstance(hub.database);
    await callFrom(shop, HERE, '203.0.113.200', '2001:db8::1', HERE, '2001:db8::2', HERE, THERE, HERE);
    expect(await flagged(shop)).toEqual([]);
  });

  it('is not flagged for what was a day ago', async () => {
    const shop = await anInstance(hub.database);
    await callFrom(shop, HERE, THERE, HERE);
    clock.advance(24 * 3_600);
    await callFrom(shop, THERE);
    expect(await flagged(shop)).toEqual([]);
  });

  it('leaves the list when an operator says so, and returns for what is seen afterwards', async () => {
    const shop = await anInstance(hub.database);
    await callFrom(shop, HERE, THERE, HERE, THERE);
    expect([await dismiss(shop), await flagged(shop), await dismiss(shop)]).toEqual([204, [], 404]);
    clock.advance(60);
    await callFrom(shop, HERE, THERE, HERE);
    expect(await flagged(shop)).toEqual([]);
    await callFrom(shop, THERE);
    expect(await flagged(shop)).toHaveLength(1);
  });
});
