import { Clock } from '@hansa/platform';
import {
  aPaidPackage,
  anInstance,
  anOrder,
  eventually,
  sendStripeEvent,
  startTestHub,
  startTestShop,
  stripeEvent,
  type FixedClock,
  type TestHub,
  type TestShop,
} from '#test';
import { Delivery } from '#outbox';
import { workOnJobs } from '../src/bootstrap.js';

/** The queue keeps real time, so these hubs do too. */
const realClock = new Clock() as FixedClock;

describe('two hub processes with workers on one database', () => {
  let hub: TestHub;
  let second: TestHub;
  let workers: { stop(): Promise<void> }[];
  let shop: TestShop;

  beforeAll(async () => {
    hub = await startTestHub({ clock: realClock });
    second = await startTestHub({ clock: realClock, on: hub.database });
    workers = [await workOnJobs(hub.app, hub.ground), await workOnJobs(second.app, second.ground)];
  });
  afterAll(async () => {
    for (const worker of workers) await worker.stop();
    await second.close();
    await hub.close();
  });
  beforeEach(async () => {
    shop = await startTestShop();
  });
  afterEach(() => shop.close());

  const delivered = (instanceId: string) =>
    eventually('the shop has its license', () =>
      hub.database.dataSource.manager.findOneBy(Delivery, { instanceId, status: 'delivered' }),
    );
  const sell = async () => {
    const instance = await anInstance(hub.database, { mode: 'push', baseUrl: shop.url });
    const item = await aPaidPackage(hub.database);
    return anOrder(hub.database, { packageId: item.id, instanceId: instance.id });
  };

  it('turn one payment, told five times to both, into one license and one webhook', async () => {
    const order = await sell();
    const event = stripeEvent(order);
    await Promise.all([hub, second, hub, second, hub].map((target) => sendStripeEvent(target, event)));
    await delivered(order.instanceId);
    const rows: { count: string }[] = await hub.database.dataSource.query(
      'SELECT count(*) FROM licenses WHERE order_id = $1',
      [order.id],
    );
    expect(rows).toEqual([{ count: '1' }]);
    expect(shop.received).toHaveLength(1);
  });

  it('bring the license when the shop comes back seconds later', async () => {
    shop.answerWith('reset');
    const order = await sell();
    await sendStripeEvent(hub, stripeEvent(order));
    await eventually('a first try failed', async () => shop.received.length === 1);
    shop.answerWith(200);
    await delivered(order.instanceId);
    expect(new Set(shop.received.map(({ headers }) => headers['x-carpha-delivery-id'])).size).toBe(1);
    expect(shop.received).toHaveLength(2);
  });
});
