import { instanceTokenSubject } from '@hansa/trust';
import { A_LICENSE_KEY, ADMIN, aRelease, eventually, FakeHub, startTenant, type TestTenant } from '#test';
import { LicensesService } from '#licenses';

describe('the marketplace tab', () => {
  let hub: FakeHub;
  let tenant: TestTenant;
  beforeEach(async () => {
    hub = await new FakeHub().start();
    hub.releases.push(await aRelease({ priceEur: 49 }));
    tenant = await startTenant({ hub });
  });
  afterEach(async () => {
    await tenant.stop();
    await hub.stop();
  });

  it('shows the hub’s catalog, and the last one with its age while the hub is away', async () => {
    const fresh = await tenant.admin('GET', '/admin/marketplace/feed?search=hello');
    expect(fresh.body).toMatchObject({ count: 1, products: [{ marketplace_id: '@acme/hello' }] });
    expect(fresh.body).not.toHaveProperty('stale_since');
    expect(hub.asked.at(-1)?.query.get('platform_version')).toBe('2.0.0');
    hub.isAway = true;
    const stale = await tenant.admin('GET', '/admin/marketplace/feed?search=hello');
    expect(stale.body).toMatchObject({ count: 1, stale_since: expect.stringMatching(/^\d{4}-/) });
    const unseen = await tenant.admin('GET', '/admin/marketplace/feed?search=other');
    expect([unseen.status, unseen.body.code]).toEqual([503, 'HUB_UNREACHABLE']);
  });

  it.each(['/@acme/hello', '/%40acme%2Fhello', '/%40acme/hello'])('finds one product at %s', async (path) => {
    const { body } = await tenant.admin('GET', `/admin/marketplace/feed${path}`);
    expect(body.product.versions).toHaveLength(1);
  });

  it('opens a checkout with a sealed instance id and nothing else about the shop', async () => {
    const request = { marketplace_id: '@acme/hello', customer_email: 'me@shop.example' };
    const { status, body } = await tenant.admin('POST', '/admin/marketplace/checkout', request);
    expect([status, body.url]).toEqual([201, 'https://pay.example/1']);
    const sent = hub.asked.at(-1)!;
    expect(Object.keys(sent.body).sort()).toEqual(['customer_email', 'instance_id', 'marketplace_id', 'version']);
    expect(JSON.stringify(sent)).not.toContain(hub.instanceId);
    const again = await tenant.admin('POST', '/admin/marketplace/checkout', request);
    expect(again.status).toBe(201);
    expect(hub.asked.at(-1)!.body['instance_id']).not.toBe(sent.body['instance_id']);
  });

  it('shows what the shop owns, in the catalog and on the page of the product, also while the hub is away', async () => {
    const owned = async () => {
      const feed = await tenant.admin('GET', '/admin/marketplace/feed');
      const page = await tenant.admin('GET', '/admin/marketplace/feed/@acme/hello');
      return [feed.body.products[0].owned, page.body.product.owned];
    };
    expect(await owned()).toEqual([null, null]);
    const issued = { marketplaceId: '@acme/hello', licenseKey: A_LICENSE_KEY, licenseId: 'lic_1' };
    await tenant.dataSource.transaction((tx) => tenant.app.get(LicensesService).keep(tx, issued, null));
    await tenant.dataSource.query(`UPDATE licenses SET updates_until = '2031-01-01T00:00:00Z'`);
    const holding = { license_id: 'lic_1', state: 'active', updates_until: '2031-01-01T00:00:00.000Z' };
    expect(await owned()).toEqual([holding, holding]);
    hub.isAway = true;
    expect(await owned()).toEqual([holding, holding]);
  });

  it('opens the merchant portal with a link for this shop, and its ledger says so', async () => {
    const { status, body } = await tenant.admin('POST', '/admin/marketplace/portal');
    expect([status, body]).toEqual([
      201,
      { url: `${hub.url}/portal/sign-in?token=once`, expires_at: '2999-01-01T00:00:00Z' },
    ]);
    const asked = hub.asked.at(-1)!;
    expect(instanceTokenSubject(String(asked.headers.authorization).replace('Bearer ', ''))).toBe(hub.instanceId);
    expect(asked.body).toEqual({});
    const ledger = await tenant.admin('GET', '/admin/egress?limit=100');
    expect(ledger.body.items).toContainEqual(
      expect.objectContaining({ method: 'POST', path: '/store/marketplace/portal-links', status: 201, bytes: 0 }),
    );
    hub.isAway = true;
    const away = await tenant.admin('POST', '/admin/marketplace/portal');
    expect([away.status, away.body.code]).toEqual([503, 'HUB_UNREACHABLE']);
  });

  it('starts with the hub away and registers when it is back', async () => {
    const late = await new FakeHub().start();
    late.isAway = true;
    const shop = await startTenant({ hub: late, worker: false });
    expect((await shop.admin('GET', '/admin/plugins')).status).toBe(200);
    late.isAway = false;
    const { RegistrationService } = await import('#hub');
    await shop.app.get(RegistrationService).register();
    expect(late.instanceId).toMatch(/^inst_/);
    // The answer was lost: the second call proves itself with the key.
    await shop.dataSource.query('DELETE FROM webhook_secrets');
    await shop.app.get(RegistrationService).register();
    expect(late.asked.at(-1)?.path).toBe('/store/marketplace/instances/rotate-secret');
    expect(late.asked.at(-1)?.headers.authorization).toMatch(/^Bearer /);
    expect(await shop.app.get(RegistrationService).secrets()).toEqual([late.secret]);
    await shop.stop();
    await late.stop();
  });

  it('records a request before it is sent, and keeps the row of one that failed', async () => {
    hub.isAway = true;
    await tenant.admin('GET', '/admin/marketplace/feed?search=secret-wish');
    const { body } = await tenant.admin('GET', '/admin/egress');
    expect(body.items[0]).toMatchObject({
      method: 'GET',
      path: '/store/marketplace/feed',
      status: null,
      failure: expect.any(String),
    });
    expect(body.items[0].fields).toContain('query.search');
    expect(JSON.stringify(body)).not.toContain('secret-wish');
  });

  it('proves to the hub that it holds the instance key', async () => {
    const [{ key_thumbprint: kept }] = await tenant.dataSource.query('SELECT key_thumbprint FROM instance_identity');
    expect((await tenant.call('GET', '/.well-known/marketplace-instance.json')).body).toEqual({ key_thumbprint: kept });
    const [{ sealed }] = await tenant.dataSource.query(
      `SELECT encode(private_key_sealed, 'escape') AS sealed FROM instance_identity`,
    );
    expect(sealed).not.toContain('"d"');
    await eventually(
      'the mode is kept',
      async () => (await tenant.dataSource.query('SELECT 1 FROM hub_registrations')).length === 1,
    );
  });

  it('limits guesses at one account and tells nothing about which exist', async () => {
    const guess = (email: string) => tenant.call('POST', '/auth/user/emailpass', { email, password: 'wrong' });
    const known = await guess(ADMIN.email);
    const unknown = await guess('nobody@shop.example');
    expect([known.status, known.body.code, known.body.message]).toEqual([401, 'LOGIN_REFUSED', unknown.body.message]);
    const codes = [];
    for (let i = 0; i < 12; i += 1) codes.push((await guess('Nobody@shop.example')).status);
    expect(codes).toContain(429);
    expect((await guess('nobody@shop.example')).headers.get('retry-after')).toMatch(/^\d+$/);
  });
});

describe('a shop without a hub', () => {
  it('says so, and everything else works', async () => {
    const tenant = await startTenant({ worker: false });
    const feed = await tenant.admin('GET', '/admin/marketplace/feed');
    expect(feed.body).toMatchObject({ products: [], count: 0, code: 'FEDERATION_NOT_CONFIGURED' });
    expect((await tenant.admin('POST', '/admin/plugins/install', { marketplace_id: '@a/b' })).body.code).toBe(
      'FEDERATION_NOT_CONFIGURED',
    );
    expect((await tenant.admin('GET', '/admin/plugins')).body).toMatchObject({ items: [], count: 0 });
    expect((await tenant.call('GET', '/ready')).status).toBe(200);
    const { body: api } = await tenant.call('GET', '/openapi.json');
    expect(api).toMatchObject({ openapi: '3.1.0' });
    await tenant.stop();
  });
});
