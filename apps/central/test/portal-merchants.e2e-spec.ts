import { newLicenseKey } from '@hansa/trust';
import { License, LicensesService, Subscription } from '#licenses';
import { AuditEntry } from '#audit';
import { MerchantAccount, MerchantIdentity, MerchantSession, MerchantsService, ShopMembers } from '#accounts';
import type { Package } from '#catalog';
import { OutboxEvent, OutboxService } from '#outbox';
import {
  aLicenseRequest,
  anInstance,
  anOrder,
  aPaidPackage,
  aShopLink,
  asInstance,
  doJobs,
  fixedClock,
  newMails,
  PortalVisitor,
  startFakeStripe,
  startTestHub,
  type FakeStripe,
  type TestHub,
  type TestInstance,
} from '#test';
import { centralConfigForTests } from '#config';

const STORE = 'localhost:4000';
const clock = fixedClock('2030-01-01T00:00:00Z');
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
beforeEach(() => clock.set('2030-01-01T00:00:00Z'));
afterEach(() => hub.database.takeJobs());

class Person extends PortalVisitor {
  constructor() {
    super(hub);
  }
}

async function mailedLinks(email: string): Promise<string[]> {
  const ask = { email };
  const answer = await new Person().call('POST', '/portal/sign-in-links', ask);
  expect([answer.status, answer.body]).toEqual([202, undefined]);
  await doJobs(hub);
  return newMails(hub.ground)
    .filter(({ to }) => to === email.toLowerCase())
    .map(({ text }) => /http\S+\/portal\/sign-in\?token=\S+/.exec(text)![0]);
}

async function signedIn(email: string): Promise<Person> {
  const person = new Person();
  expect(await person.follow((await mailedLinks(email))[0]!)).toBe(303);
  return person;
}

const shopLink = (shop: TestInstance) => aShopLink(hub, shop);

let buyers = 0;
async function aBuyer(shop: TestInstance | null, overrides: Partial<License> = {}) {
  buyers += 1;
  const email = `buyer-${buyers}@shop.example`;
  const issued = await hub.database.dataSource.transaction((tx) =>
    hub.app.get(LicensesService, { strict: false }).issue(tx, {
      orderId: null,
      packageId: item.id,
      kind: 'one_time',
      billingInterval: null,
      customerEmail: email,
      instanceId: shop?.id ?? null,
      actor: 'test',
    }),
  );
  await hub.database.takeJobs();
  if (Object.keys(overrides).length > 0)
    await hub.database.dataSource.manager.update(License, { id: issued.license.id }, overrides);
  return { email, licenseId: issued.license.id, licenseKey: issued.licenseKey };
}
const verify = (licenseKey: string, instance: TestInstance) =>
  hub.app
    .get(LicensesService, { strict: false })
    .verify({ license_key: licenseKey, marketplace_id: item.marketplaceId, instance_id: instance.id });

describe('signing in by mail', () => {
  it('lets a customer in with the link, once, and shows what was bought with the address', async () => {
    const { email, licenseId } = await aBuyer(null);
    const [link] = await mailedLinks(email.toUpperCase());
    const person = new Person();
    expect(await person.follow(link!)).toBe(303);
    expect(await new Person().follow(link!)).toBe(400);
    expect((await person.call('GET', '/portal/api/me')).body).toMatchObject({ email, email_proven: true, shops: [] });
    const { body } = await person.call('GET', '/portal/api/licenses');
    expect(body.items).toMatchObject([
      { id: licenseId, manageable: true, words: ['The plugin runs.', expect.any(String)] },
    ]);
  });

  it('gives one of two browsers that follow a link at the same time a session', async () => {
    const { email } = await aBuyer(null);
    const [link] = await mailedLinks(email);
    const statuses = await Promise.all([1, 2, 3, 4].map(() => new Person().follow(link!)));
    expect(statuses.sort()).toEqual([303, 400, 400, 400]);
  });

  it('writes to no stranger, and answers him the same', async () => {
    expect(await mailedLinks('nobody@elsewhere.example')).toEqual([]);
  });

  it('refuses a link from its last moment on', async () => {
    const { email } = await aBuyer(null);
    const [link] = await mailedLinks(email);
    clock.advance(15 * 60);
    expect(await new Person().follow(link!)).toBe(400);
  });

  it('is used up by no scanner that follows the link', async () => {
    const { email } = await aBuyer(null);
    const [link] = await mailedLinks(email);
    const { pathname, search } = new URL(link!);
    const page = await fetch(`${hub.url}${pathname}${search}`);
    expect([page.status, page.headers.get('referrer-policy'), page.headers.getSetCookie()]).toEqual([
      200,
      'no-referrer',
      [],
    ]);
    expect(await new Person().follow(link!)).toBe(303);
  });

  it('cannot be done to somebody by another site', async () => {
    const { email } = await aBuyer(null);
    const [link] = await mailedLinks(email);
    const victim = new Person();
    expect(await victim.follow(link!, { 'sec-fetch-site': 'cross-site' })).toBe(400);
    expect(victim.session).toBeUndefined();
    expect(await victim.follow(link!, { 'sec-fetch-site': 'same-origin' })).toBe(303);
  });

  it('fills nobody’s mailbox', async () => {
    const { email } = await aBuyer(null);
    let sent = 0;
    for (let ask = 0; ask < 7; ask += 1) sent += (await mailedLinks(email)).length;
    expect(sent).toBe(5);
    clock.advance(3_600);
    expect(await mailedLinks(email)).toHaveLength(1);
  });

  it('keeps neither links nor sessions readable', async () => {
    const { email } = await aBuyer(null);
    const [link] = await mailedLinks(email);
    const token = new URL(link!).searchParams.get('token')!;
    const dump = JSON.stringify(
      await hub.database.dataSource.query(
        `SELECT (SELECT json_agg(l) FROM merchant_links l), (SELECT json_agg(m) FROM mails m), (SELECT json_agg(a) FROM audit_entries a)`,
      ),
    );
    expect(dump).not.toContain(token);
  });

  it('throws out who only claimed the address before', async () => {
    const { email, licenseId } = await aBuyer(null);
    const arrival = { store: STORE, issuer: 'hostile', uuid: '1', email, pictureUrl: null, acceptsTerms: false };
    const merchants = hub.app.get(MerchantsService, { strict: false });
    const planted = await merchants.signInFromElsewhere(
      { ...arrival, instanceId: null, readerExitUrl: null },
      undefined,
    );
    expect(planted.refusal).toBeNull();
    const { accountId, token } = planted as { accountId: string; token: string };
    const thief = new Person();
    Object.assign(thief, { cookies: { 'hansa-session': token } });
    expect((await thief.call('GET', '/portal/api/licenses')).body.items).toEqual([]);
    const owner = await signedIn(email);
    expect((await owner.call('GET', '/portal/api/licenses')).body.items).toMatchObject([{ id: licenseId }]);
    expect((await thief.call('GET', '/portal/api/me')).status).toBe(401);
    const db = hub.database.dataSource.manager;
    expect(await db.countBy(MerchantIdentity, { accountId })).toBe(0);
    expect(await db.countBy(MerchantSession, { accountId })).toBe(1);
  });

  it('lets nobody in who was suspended', async () => {
    const { email } = await aBuyer(null);
    await signedIn(email);
    await hub.database.dataSource.manager.update(MerchantAccount, { email }, { suspendedAt: clock.now() });
    expect(await new Person().follow((await mailedLinks(email))[0]!)).toBe(400);
  });
});

describe('coming from a shop', () => {
  it('opens the portal once, for two minutes, with the licenses of the shop', async () => {
    const shop = await anInstance(hub.database);
    const { licenseId } = await aBuyer(shop);
    const person = new Person();
    const link = await shopLink(shop);
    expect(await person.follow(link)).toBe(303);
    expect(await new Person().follow(link)).toBe(400);
    const { body } = await person.call('GET', '/portal/api/me');
    expect(body).toMatchObject({ email: null, shops: [{ instance_id: shop.id, role: 'owner' }] });
    expect((await person.call('GET', '/portal/api/licenses')).body.items).toMatchObject([{ id: licenseId }]);
    const late = await shopLink(shop);
    clock.advance(120);
    expect(await new Person().follow(late)).toBe(400);
  });

  it('adds the shop to the account that is signed in: several shops, one merchant', async () => {
    const [one, two] = [await anInstance(hub.database), await anInstance(hub.database)];
    const { email } = await aBuyer(one);
    const person = await signedIn(email);
    const before = person.session;
    expect([await person.follow(await shopLink(one)), await person.follow(await shopLink(two))]).toEqual([303, 303]);
    expect(person.session).not.toBe(before);
    const { body } = await person.call('GET', '/portal/api/me');
    expect(body.email).toBe(email);
    expect(body.shops.map(({ instance_id: id }: { instance_id: string }) => id).sort()).toEqual(
      [one.id, two.id].sort(),
    );
  });
});

describe('members of a shop', () => {
  async function ownedShop() {
    const shop = await anInstance(hub.database);
    const { email } = await aBuyer(shop);
    const owner = await signedIn(email);
    await owner.follow(await shopLink(shop));
    return { shop, owner, path: `/portal/api/shops/${shop.id}/members` };
  }

  it('come by invitation, with the role they were given', async () => {
    const { shop, owner, path } = await ownedShop();
    const email = `invited-${shop.id.toLowerCase()}@shop.example`;
    expect((await owner.call('POST', path, { email, role: 'member' })).status).toBe(204);
    expect((await owner.call('GET', path)).body.items).toContainEqual({ account_id: null, email, role: 'member' });
    await doJobs(hub);
    const [mail] = newMails(hub.ground);
    const member = new Person();
    await member.follow(/http\S+token=\S+/.exec(mail!.text)![0]);
    expect((await member.call('GET', '/portal/api/me')).body.shops).toMatchObject([
      { instance_id: shop.id, role: 'member' },
    ]);
    expect((await member.call('POST', path, { email: 'x@y.example', role: 'owner' })).body.code).toBe('ROLE_REQUIRED');
    const [license] = (await member.call('GET', '/portal/api/licenses')).body.items;
    expect(license.manageable).toBe(false);
    expect((await member.call('POST', `/portal/api/licenses/${license.id}/cancel`)).body.code).toBe('ROLE_REQUIRED');
  });

  it('always have an owner among them, also when two leave at once', async () => {
    const { shop, owner, path } = await ownedShop();
    const me = (await owner.call('GET', '/portal/api/me')).body.id;
    expect((await owner.call('DELETE', `${path}/${me}`)).body.code).toBe('LAST_OWNER');
    const { email } = await aBuyer(null);
    const second = await signedIn(email);
    await second.follow(await shopLink(shop));
    const other = (await second.call('GET', '/portal/api/me')).body.id;
    const members = hub.app.get(ShopMembers, { strict: false });
    // Both at once, on connections that are open already: each sees the other as an owner unless one waits.
    await Promise.all([1, 2, 3, 4].map(() => hub.database.dataSource.query('SELECT pg_sleep(0.05)')));
    const answers = await Promise.allSettled([
      members.change(me, shop.id, me, 'member'),
      members.change(other, shop.id, other, 'member'),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [{ owners }] = await hub.database.dataSource.query(
      `SELECT count(*)::int AS owners FROM merchant_memberships WHERE instance_id = $1 AND role = 'owner' AND ended_at IS NULL`,
      [shop.id],
    );
    expect(owners).toBe(1);
  });

  it('are shown to nobody else', async () => {
    const { path } = await ownedShop();
    const { owner: stranger } = await ownedShop();
    expect((await stranger.call('GET', path)).body.code).toBe('SHOP_NOT_FOUND');
    expect((await stranger.call('POST', path, { email: 'x@y.example', role: 'owner' })).body.code).toBe(
      'SHOP_NOT_FOUND',
    );
  });
});

describe('a license request that a merchant sends in', () => {
  const answer = async (person: Person, licenseKey: string) =>
    person.call('POST', '/portal/api/license-requests', { request: await aLicenseRequest(hub, licenseKey) });

  it('is answered for a license that is his to manage', async () => {
    const shop = await anInstance(hub.database);
    const { email, licenseKey, licenseId } = await aBuyer(shop);
    const owner = await signedIn(email);
    expect(await answer(owner, licenseKey)).toMatchObject({ status: 201, body: { license_id: licenseId } });
    await owner.follow(await shopLink(shop));
    const invited = { email: `offline-${shop.id.toLowerCase()}@shop.example`, role: 'member' };
    await owner.call('POST', `/portal/api/shops/${shop.id}/members`, invited);
    await doJobs(hub);
    const member = new Person();
    await member.follow(/http\S+token=\S+/.exec(newMails(hub.ground)[0]!.text)![0]);
    expect((await answer(member, licenseKey)).body.code).toBe('ROLE_REQUIRED');
  });

  it('is refused alike for the license of somebody else and for a key nobody has', async () => {
    const { email } = await aBuyer(await anInstance(hub.database));
    const { licenseKey } = await aBuyer(await anInstance(hub.database));
    const person = await signedIn(email);
    const [foreign, unknown] = [await answer(person, licenseKey), await answer(person, newLicenseKey())];
    expect(foreign).toMatchObject({ status: 403, body: { code: 'LICENSE_REFUSED', reason: 'NOT_FOUND' } });
    expect({ ...unknown.body, request_id: '' }).toEqual({ ...foreign.body, request_id: '' });
    expect((await answer(new Person(), licenseKey)).status).toBe(401);
  });
});

describe('moving a license', () => {
  async function twoShops() {
    const [from, to] = [await anInstance(hub.database), await anInstance(hub.database)];
    const bought = await aBuyer(from);
    const person = await signedIn(bought.email);
    await person.follow(await shopLink(from));
    await person.follow(await shopLink(to));
    expect(await verify(bought.licenseKey, from)).toMatchObject({ valid: true });
    const path = `/portal/api/licenses/${bought.licenseId}`;
    const move = (a: TestInstance, b: TestInstance) => person.call('POST', `${path}/move`, { from: a.id, to: b.id });
    return { ...bought, from, to, person, path, move, undo: () => person.call('POST', `${path}/undo-move`) };
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
    const member = { email: `looks-${to.id.toLowerCase()}@shop.example`, role: 'member' };
    expect((await person.call('POST', `/portal/api/shops/${to.id}/members`, member)).status).toBe(204);
    await doJobs(hub);
    const looker = new Person();
    await looker.follow(/http\S+token=\S+/.exec(newMails(hub.ground)[0]!.text)![0]);
    const { body } = await looker.call('GET', '/portal/api/licenses');
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
        (await signedIn((await aBuyer(null)).email)).call('POST', `${path}/move`, { from: from.id, to: to.id }),
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

describe('a change', () => {
  it('needs what only the portal’s own pages can read', async () => {
    const { email, licenseId } = await aBuyer(null);
    const person = await signedIn(email);
    const path = `/portal/api/licenses/${licenseId}/cancel`;
    for (const forged of ['', 'x', 'A'.repeat(43)]) {
      const answer = await person.call('POST', path, undefined, { 'x-xsrf-token': forged });
      expect([answer.status, answer.body.code]).toEqual([403, 'XSRF_TOKEN_REQUIRED']);
    }
    expect((await person.call('POST', path)).body.code).toBe('NOT_SUBSCRIBED');
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
  const bought = await aBuyer(shop, { orderId: order.id, kind: 'subscription', expiresAt: new Date('2030-02-01') });
  const subscription = { id: `sub_${order.id}`, orderId: order.id, status: 'active', heardAt: clock.now() };
  await hub.database.dataSource.manager.insert(Subscription, { ...subscription, heardEvent: 'evt_1' });
  return { ...bought, subscriptionId: subscription.id, person: await signedIn(bought.email) };
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
    const other = await aBuyer(null);
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

describe('every route of the portal', () => {
  const id = 'inst_00000000000000000000000000';
  it.each([
    ['GET', '/portal/api/me', undefined],
    ['GET', '/portal/api/licenses', undefined],
    ['GET', '/portal/api/payments', undefined],
    ['GET', '/portal/api/invoices', undefined],
    ['GET', '/portal/api/invoices/in_none/page', undefined],
    ['GET', '/portal/api/invoices/in_none/pdf', undefined],
    ['POST', '/portal/api/licenses/lic_none/move', { from: id, to: id }],
    ['POST', '/portal/api/licenses/lic_none/undo-move', undefined],
    ['POST', '/portal/api/licenses/lic_none/cancel', undefined],
    ['POST', '/portal/api/licenses/lic_none/billing-portal', undefined],
    ['POST', '/portal/api/licenses/lic_none/checkout', undefined],
    ['GET', `/portal/api/shops/${id}/members`, undefined],
    ['POST', `/portal/api/shops/${id}/members`, { email: 'a@b.example', role: 'member' }],
    ['PATCH', `/portal/api/shops/${id}/members/00000000-0000-4000-8000-000000000000`, { role: 'member' }],
    ['DELETE', `/portal/api/shops/${id}/members/00000000-0000-4000-8000-000000000000`, undefined],
  ] as [string, string, object | undefined][])('%s %s is for those who are signed in', async (method, path, body) => {
    expect((await new Person().call(method, path, body)).status).toBe(401);
    const shop = await anInstance(hub.database);
    expect((await new Person().call(method, path, body, await asInstance(hub, shop))).status).toBe(401);
    const { email } = await aBuyer(null);
    const person = await signedIn(email);
    expect([200, 404]).toContain((await person.call(method, path, body)).status);
    if (!body) return;
    for (const bad of [{}, { ...body, extra: 1 }, { from: 1, to: {}, email: 'x', role: 'emperor' }]) {
      expect((await person.call(method, path, bad)).status).toBe(400);
    }
  });
});
