import { newLicenseKey } from '@hansa/trust';
import { AuditEntry } from '#audit';
import type { Package } from '#catalog';
import { centralConfigForTests } from '#config';
import { License, LicensesService, Subscription } from '#licenses';
import { OutboxEvent, OutboxService } from '#outbox';
import {
  aBuyer,
  aLicenseRequest,
  aMerchant,
  anInstance,
  anInvited,
  anOrder,
  aPaidPackage,
  aShopLink,
  fixedClock,
  PortalVisitor,
  startFakeStripe,
  startTestHub,
  type FakeStripe,
  type TestHub,
  type TestInstance,
} from '#test';

const START = '2030-01-01T00:00:00Z';
const clock = fixedClock(START);
let hub: TestHub;
let stripe: FakeStripe;
let item: Package;

beforeAll(async () => {
  stripe = await startFakeStripe();
  hub = await startTestHub({
    clock,
    config: { stripe: { ...centralConfigForTests().stripe, apiBase: stripe.url } },
  });
  item = await aPaidPackage(hub.database);
});
afterAll(async () => {
  await hub.close();
  await stripe.close();
});
beforeEach(() => clock.set(START));
afterEach(() => hub.database.takeJobs());

const bought = (shop: TestInstance | null, overrides?: Partial<License>) => aBuyer(hub, item, shop, overrides);
const signedIn = (email: string) => aMerchant(hub, email);
const verify = (licenseKey: string, instance: TestInstance) =>
  hub.app
    .get(LicensesService, { strict: false })
    .verify({ license_key: licenseKey, marketplace_id: item.marketplaceId, instance_id: instance.id });

describe('a license request that a merchant sends in', () => {
  const answer = async (person: PortalVisitor, licenseKey: string) =>
    person.call('POST', '/portal/api/license-requests', { request: await aLicenseRequest(hub, licenseKey) });

  it('is answered for a license that is his to manage', async () => {
    const shop = await anInstance(hub.database);
    const { email, licenseKey, licenseId } = await bought(shop);
    const owner = await signedIn(email);
    expect(await answer(owner, licenseKey)).toMatchObject({ status: 201, body: { license_id: licenseId } });
    await owner.follow(await aShopLink(hub, shop));
    const member = await anInvited(hub, owner, shop, 'member');
    expect((await answer(member, licenseKey)).body.code).toBe('ROLE_REQUIRED');
  });

  it('is refused alike for the license of somebody else and for a key nobody has', async () => {
    const { email } = await bought(await anInstance(hub.database));
    const { licenseKey } = await bought(await anInstance(hub.database));
    const person = await signedIn(email);
    const [foreign, unknown] = [await answer(person, licenseKey), await answer(person, newLicenseKey())];
    expect(foreign).toMatchObject({ status: 403, body: { code: 'LICENSE_REFUSED', reason: 'NOT_FOUND' } });
    expect({ ...unknown.body, request_id: '' }).toEqual({ ...foreign.body, request_id: '' });
    expect((await answer(new PortalVisitor(hub), licenseKey)).status).toBe(401);
  });
});

describe('moving a license', () => {
  async function twoShops() {
    const [from, to] = [await anInstance(hub.database), await anInstance(hub.database)];
    const license = await bought(from);
    const person = await signedIn(license.email);
    await person.follow(await aShopLink(hub, from));
    await person.follow(await aShopLink(hub, to));
    expect(await verify(license.licenseKey, from)).toMatchObject({ valid: true });
    const path = `/portal/api/licenses/${license.licenseId}`;
    const move = (a: TestInstance, b: TestInstance) => person.call('POST', `${path}/move`, { from: a.id, to: b.id });
    return { ...license, from, to, person, path, move, undo: () => person.call('POST', `${path}/undo-move`) };
  }

  it('takes the seat along, tells both shops, and hands the other one the key', async () => {
    const { from, to, move, licenseKey, licenseId } = await twoShops();
    expect(await move(from, to)).toMatchObject({ status: 200, body: { undoable_until: '2030-01-02T00:00:00.000Z' } });
    expect(await verify(licenseKey, to)).toMatchObject({ valid: true, license: { seats_used: 1 } });
    expect(await verify(licenseKey, from)).toMatchObject({ valid: false, reason: 'SEATS_EXHAUSTED', grace: 7 });
    const events = await hub.database.dataSource.manager.findBy(OutboxEvent, [
      { instanceId: from.id },
      { instanceId: to.id },
    ]);
    const told = events.map(({ instanceId, type }) => `${instanceId === to.id ? 'to' : 'from'} ${type}`).sort();
    expect(told).toEqual(['from license.transferred', 'to license.issued', 'to license.transferred']);
    const issued = events.find(({ type }) => type === 'license.issued')!;
    const body = JSON.parse(hub.app.get(OutboxService, { strict: false }).openBody(issued).toString());
    expect(body).toMatchObject({ license_key: licenseKey, version: '1.0.0', license_id: licenseId });
    expect(
      await hub.database.dataSource.manager.countBy(AuditEntry, { action: 'license.transferred', subject: licenseId }),
    ).toBe(1);
  });

  it.each([
    ['until the last second of its window', 24 * 3_600 - 1, 204],
    ['not from its end on', 24 * 3_600, 409],
  ])('can be undone %s', async (_, seconds, status) => {
    const { from, to, move, email, path } = await twoShops();
    await move(from, to);
    clock.advance(seconds);
    const later = await signedIn(email);
    expect((await later.call('POST', `${path}/undo-move`)).status).toBe(status);
  });

  it('is listed as undoable for as long as it is', async () => {
    const { from, to, move, undo, email, licenseId } = await twoShops();
    const untilOf = async () => {
      const { body } = await (await signedIn(email)).call('GET', '/portal/api/licenses');
      return body.items[0].move_undoable_until;
    };
    const suspend = (suspendedAt: Date | null) =>
      hub.database.dataSource.manager.update(License, { id: licenseId }, { suspendedAt });
    expect(await untilOf()).toBeNull();
    await move(from, to);
    expect(await untilOf()).toBe('2030-01-02T00:00:00.000Z');
    await undo();
    expect(await untilOf()).toBeNull();
    await move(from, to);
    await suspend(clock.now());
    expect(await untilOf()).toBeNull();
    await suspend(null);
    clock.advance(24 * 3_600 - 1);
    expect(await untilOf()).toBe('2030-01-02T00:00:00.000Z');
    clock.advance(1);
    expect(await untilOf()).toBeNull();
  });

  it('is not offered to be undone to those who may not', async () => {
    const { from, to, move, person } = await twoShops();
    await move(from, to);
    const member = await anInvited(hub, person, to, 'member');
    const { body } = await member.call('GET', '/portal/api/licenses');
    expect(body.items).toMatchObject([{ manageable: false, move_undoable_until: null }]);
  });

  it('is undone by whoever may move it, within the window', async () => {
    const { from, to, move, undo, licenseKey } = await twoShops();
    await move(from, to);
    expect((await undo()).status).toBe(204);
    expect(await verify(licenseKey, from)).toMatchObject({ valid: true, license: { seats_used: 1 } });
    expect((await undo()).body.code).toBe('MOVE_NOT_UNDOABLE');
  });

  it('is limited in a year, also when many are asked for at once; an undone one does not count', async () => {
    const { from, to, move, undo } = await twoShops();
    await move(from, to);
    await undo();
    await move(from, to);
    await move(to, from);
    const answers = await Promise.all([move(from, to), move(from, to), move(from, to)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect((await move(to, from)).body.code).toBe('MOVES_EXHAUSTED');
  });

  it.each<[string, string, (shops: Awaited<ReturnType<typeof twoShops>>) => Promise<{ body: { code: string } }>]>([
    ['to the shop it is in', 'USED_THERE_ALREADY', ({ from, move }) => move(from, from)],
    [
      'from a shop that does not use it',
      'NOT_USED_THERE',
      async ({ to, move }) => move(await anInstance(hub.database), to),
    ],
    [
      'to a shop of somebody else',
      'SHOP_NOT_FOUND',
      async ({ from, move }) => move(from, await anInstance(hub.database)),
    ],
    [
      'of somebody else',
      'LICENSE_UNKNOWN',
      async ({ from, to, path }) =>
        (await signedIn((await bought(null)).email)).call('POST', `${path}/move`, { from: from.id, to: to.id }),
    ],
    [
      'that is suspended',
      'LICENSE_NOT_ACTIVE',
      async ({ from, to, move, licenseId }) => {
        await hub.database.dataSource.manager.update(License, { id: licenseId }, { suspendedAt: clock.now() });
        return move(from, to);
      },
    ],
  ])('refuses one %s', async (_, code, ask) => {
    expect((await ask(await twoShops())).body.code).toBe(code);
  });
});

async function aSubscriber() {
  const shop = await anInstance(hub.database);
  const order = await anOrder(hub.database, {
    packageId: item.id,
    instanceId: shop.id,
    licenseKind: 'subscription',
    billingInterval: 'month',
  });
  const license = await bought(shop, { orderId: order.id, kind: 'subscription', expiresAt: new Date('2030-02-01') });
  const subscription = { id: `sub_${order.id}`, orderId: order.id, status: 'active', heardAt: clock.now() };
  await hub.database.dataSource.manager.insert(Subscription, { ...subscription, heardEvent: 'evt_1' });
  return { ...license, subscriptionId: subscription.id, person: await signedIn(license.email) };
}

describe('cancelling', () => {
  it('asks Stripe to end the subscription with its period, and changes nothing itself', async () => {
    const { person, licenseId, subscriptionId } = await aSubscriber();
    const answer = await person.call('POST', `/portal/api/licenses/${licenseId}/cancel`);
    expect(answer).toEqual({ status: 200, body: { cancel_at: '2030-03-17T17:46:40.000Z' } });
    const { path, form } = stripe.calls.at(-1)!;
    expect([path, form.get('cancel_at_period_end')]).toEqual([`/v1/subscriptions/${subscriptionId}`, 'true']);
    const [license] = (await person.call('GET', '/portal/api/licenses')).body.items;
    expect(license).toMatchObject({ status: 'active', renews: true, cancel_at: null });
  });

  it('says so when Stripe cannot be reached', async () => {
    const { person, licenseId } = await aSubscriber();
    stripe.failWith(500);
    const answer = await person.call('POST', `/portal/api/licenses/${licenseId}/cancel`);
    stripe.failWith(undefined);
    expect(answer).toMatchObject({ status: 503, body: { code: 'CHECKOUT_UNAVAILABLE' } });
  });
});

describe('the page of Stripe’s for a subscription', () => {
  it('is opened for whoever may manage the license', async () => {
    const { person, licenseId, subscriptionId } = await aSubscriber();
    const answer = await person.call('POST', `/portal/api/licenses/${licenseId}/billing-portal`);
    expect(answer).toEqual({ status: 200, body: { url: 'https://billing.stripe.example/p/cus_1' } });
    const [asked, opened] = stripe.calls.slice(-2);
    expect(asked!.path).toBe(`/v1/subscriptions/${subscriptionId}`);
    expect(opened!.form.get('return_url')).toBe(`${hub.ground.config.hubUrl}/portal`);
  });

  it('is not there for what renews by no subscription, for strangers, or when Stripe is away', async () => {
    const { person, licenseId } = await aSubscriber();
    const other = await bought(null);
    const stranger = await signedIn(other.email);
    const ask = async (who: typeof person, id: string) =>
      (await who.call('POST', `/portal/api/licenses/${id}/billing-portal`)).body.code;
    expect(await ask(stranger, licenseId)).toBe('LICENSE_UNKNOWN');
    expect(await ask(stranger, other.licenseId)).toBe('NOT_SUBSCRIBED');
    stripe.failWith(500);
    const refused = await ask(person, licenseId);
    stripe.failWith(undefined);
    expect(refused).toBe('CHECKOUT_UNAVAILABLE');
  });
});
