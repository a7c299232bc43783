import { MerchantAccount, MerchantIdentity, MerchantSession, MerchantsService, ShopMembers } from '#accounts';
import type { Package } from '#catalog';
import {
  aBuyer,
  aMerchant,
  anInstance,
  aPaidPackage,
  aShopLink,
  asInstance,
  doJobs,
  fixedClock,
  newMails,
  PortalVisitor,
  startTestHub,
  type TestHub,
  type TestInstance,
} from '#test';

const STORE = 'localhost:4000';
const clock = fixedClock('2030-01-01T00:00:00Z');
let hub: TestHub;
let item: Package;

beforeAll(async () => {
  hub = await startTestHub({ clock });
  item = await aPaidPackage(hub.database);
});
afterAll(() => hub.close());
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

const signedIn = (email: string) => aMerchant(hub, email);
const shopLink = (shop: TestInstance) => aShopLink(hub, shop);
const bought = (shop: TestInstance | null) => aBuyer(hub, item, shop);

describe('signing in by mail', () => {
  it('lets a customer in with the link, once, and shows what was bought with the address', async () => {
    const { email, licenseId } = await bought(null);
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
    const { email } = await bought(null);
    const [link] = await mailedLinks(email);
    const statuses = await Promise.all([1, 2, 3, 4].map(() => new Person().follow(link!)));
    expect(statuses.sort()).toEqual([303, 400, 400, 400]);
  });

  it('writes to no stranger, and answers him the same', async () => {
    expect(await mailedLinks('nobody@elsewhere.example')).toEqual([]);
  });

  it('refuses a link from its last moment on', async () => {
    const { email } = await bought(null);
    const [link] = await mailedLinks(email);
    clock.advance(15 * 60);
    expect(await new Person().follow(link!)).toBe(400);
  });

  it('is used up by no scanner that follows the link', async () => {
    const { email } = await bought(null);
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
    const { email } = await bought(null);
    const [link] = await mailedLinks(email);
    const victim = new Person();
    expect(await victim.follow(link!, { 'sec-fetch-site': 'cross-site' })).toBe(400);
    expect(victim.session).toBeUndefined();
    expect(await victim.follow(link!, { 'sec-fetch-site': 'same-origin' })).toBe(303);
  });

  it('fills nobody’s mailbox', async () => {
    const { email } = await bought(null);
    let sent = 0;
    for (let ask = 0; ask < 7; ask += 1) sent += (await mailedLinks(email)).length;
    expect(sent).toBe(5);
    clock.advance(3_600);
    expect(await mailedLinks(email)).toHaveLength(1);
  });

  it('keeps neither links nor sessions readable', async () => {
    const { email } = await bought(null);
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
    const { email, licenseId } = await bought(null);
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
    const { email } = await bought(null);
    await signedIn(email);
    await hub.database.dataSource.manager.update(MerchantAccount, { email }, { suspendedAt: clock.now() });
    expect(await new Person().follow((await mailedLinks(email))[0]!)).toBe(400);
  });
});

describe('coming from a shop', () => {
  it('opens the portal once, for two minutes, with the licenses of the shop', async () => {
    const shop = await anInstance(hub.database);
    const { licenseId } = await bought(shop);
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
    const { email } = await bought(one);
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
    const { email } = await bought(shop);
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
    const { email } = await bought(null);
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

describe('a change', () => {
  it('needs what only the portal’s own pages can read', async () => {
    const { email, licenseId } = await bought(null);
    const person = await signedIn(email);
    const path = `/portal/api/licenses/${licenseId}/cancel`;
    for (const forged of ['', 'x', 'A'.repeat(43)]) {
      const answer = await person.call('POST', path, undefined, { 'x-xsrf-token': forged });
      expect([answer.status, answer.body.code]).toEqual([403, 'XSRF_TOKEN_REQUIRED']);
    }
    expect((await person.call('POST', path)).body.code).toBe('NOT_SUBSCRIBED');
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
    const { email } = await bought(null);
    const person = await signedIn(email);
    expect([200, 404]).toContain((await person.call(method, path, body)).status);
    if (!body) return;
    for (const bad of [{}, { ...body, extra: 1 }, { from: 1, to: {}, email: 'x', role: 'emperor' }]) {
      expect((await person.call(method, path, bad)).status).toBe(400);
    }
  });
});
