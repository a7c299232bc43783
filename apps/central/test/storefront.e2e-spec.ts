import { CatalogIndex } from '#catalog';
import { aPublishedPackage, aRelease, askBytes, startTestHub, type TestHub } from '#test';
import { centralConfigForTests } from '#config';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.close());
const refresh = () => hub.app.get(CatalogIndex, { strict: false }).refresh();

describe('the storefront', () => {
  beforeAll(async () => {
    const { package: tax } = await aPublishedPackage(
      hub.database,
      {
        marketplaceId: '@acme/tax',
        name: 'Tax',
        categories: ['tax', 'law'],
        licenseKind: 'subscription',
        billingInterval: 'month',
        trialDays: 14,
        priceMinor: 900,
        iconPicture: `${'b'.repeat(64)}.png`,
      },
      { manifest: { permissions: { net: ['tax.example'], storage: true } } },
    );
    await aRelease(hub.database, tax, { version: '0.9.0', status: 'yanked' });
    await aRelease(hub.database, tax, { version: '2.0.0', status: 'in_review' });
    await aPublishedPackage(hub.database, { marketplaceId: '@acme/seo', name: 'Seo', categories: ['law'] });
    await refresh();
  });

  it('shows anybody what is published, and how it is sold', async () => {
    const answer = await askBytes(hub, '/storefront/packages?search=tax');
    expect(answer.json()).toMatchObject({
      count: 1,
      items: [
        {
          marketplace_id: '@acme/tax',
          price_minor: 900,
          currency: 'EUR',
          billing_interval: 'month',
          trial_days: 14,
          publisher: { name: 'Acme', verified: true },
          icon: `/pictures/${'b'.repeat(64)}.png`,
        },
      ],
    });
    expect(answer.body.toString()).not.toMatch(/download_url|signature|sha256/);
    expect((await askBytes(hub, '/storefront/packages', { 'if-none-match': '*' })).status).toBe(304);
  });

  it('shows a package with the versions that can be had, and what it asks for', async () => {
    const product = (await askBytes(hub, '/storefront/packages/@acme/tax')).json();
    expect(product).toMatchObject({
      description: 'Does one thing, well.',
      permissions: { net: ['tax.example'], events: [], storage: true },
    });
    expect((product.versions as { version: string }[]).map(({ version }) => version)).toEqual(['1.0.0']);
  });

  it('counts packages by category', async () => {
    expect((await askBytes(hub, '/storefront/categories')).json()).toEqual({
      items: [
        { category: 'law', packages: 2 },
        { category: 'tax', packages: 1 },
      ],
    });
  });

  it('forgets what was yanked at once', async () => {
    const gone = await aPublishedPackage(hub.database, { marketplaceId: '@acme/gone' });
    await refresh();
    expect((await askBytes(hub, '/storefront/packages/@acme/gone')).status).toBe(200);
    await aRelease(hub.database, gone.package, { version: '1.0.1', status: 'yanked' });
    await hub.database.dataSource.query(
      `UPDATE releases SET status = 'yanked', yanked_at = now(), yanked_reason = 'x' WHERE package_id = $1`,
      [gone.package.id],
    );
    await aRelease(hub.database, gone.package, { version: '1.0.2', status: 'yanked' });
    await refresh();
    expect((await askBytes(hub, '/storefront/packages/@acme/gone')).status).toBe(404);
  });

  it.each([
    ['/storefront/packages?limit=0', 400],
    ['/storefront/packages?limit=101', 400],
    ['/storefront/packages?type=none', 400],
    ['/storefront/packages?search=a&search=b', 400],
    ['/storefront/packages?search=%00', 400],
    ['/storefront/packages?unknown=1', 400],
    ['/storefront/packages?category=..%2f', 400],
    ['/storefront/packages/@acme/none', 404],
    ['/storefront/packages/acme/tax', 404],
    ['/storefront/packages/@acme/..%2f..%2fetc', 404],
    [`/storefront/packages/@acme/${encodeURIComponent(`' OR 1=1 --`)}`, 404],
    [`/storefront/packages/@acme/${'x'.repeat(2_000)}`, 404],
  ])('refuses %s', async (path, status) => {
    const answer = await askBytes(hub, path);
    expect(answer.status).toBe(status);
    expect(answer.json()).toMatchObject({ code: expect.any(String) });
  });

  it('is described', async () => {
    const { paths } = (await askBytes(hub, '/openapi.json')).json() as { paths: Record<string, object> };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        '/storefront/packages',
        '/storefront/packages/{vendor}/{name}',
        '/storefront/categories',
        '/pictures/{name}',
      ]),
    );
  });

  it('answers one address so many times a minute', async () => {
    const rates = { ...centralConfigForTests().rates, anonymous: 2 };
    const limited = await startTestHub({ config: { rates } });
    const statuses = [];
    for (let call = 0; call < 3; call += 1) statuses.push((await askBytes(limited, '/storefront/packages')).status);
    expect(statuses).toEqual([200, 200, 429]);
    await limited.close();
  });
});
