import { describeWith } from '@hansa/testing';
import { complaintsOf, hindrancesOn, startBrowser, type Page, type TestBrowser } from '@hansa/testing/browser';
import { CatalogIndex } from '#catalog';
import { RolloutsService } from '#releases';
import {
  anInstance,
  anOperatorOn,
  anOwnerOf,
  aPublishedPackage,
  aRelease,
  askBytes,
  asShop,
  startBrowserHub,
  type TestHub,
} from '#test';

describeWith('chromium', 'the screens of what happens after publication', (chromium) => {
  let hub: TestHub;
  let browser: TestBrowser;
  let page: Page;
  let id: string;
  let next: string;
  let complaints: readonly string[];
  const goto = (path: string) => page.goto(hub.ground.config.hubUrl + path);
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const dialog = () => page.getByRole('dialog');
  const updates = async (version: string) => {
    const versions = encodeURIComponent(JSON.stringify({ [id]: version }));
    return (await askBytes(hub, `/store/marketplace/updates?versions=${versions}`, await asShop(hub))).json();
  };

  beforeAll(async () => {
    hub = await startBrowserHub();
    browser = await startBrowser(chromium);
    const listed = await aPublishedPackage(hub.database, { name: 'Carts' });
    id = listed.package.marketplaceId;
    const release = { version: '1.1.0', publishedAt: new Date(), rolloutPercent: 10 };
    next = (await aRelease(hub.database, listed.package, release)).id;
    await aPublishedPackage(hub.database, { marketplaceId: '@acme/better-carts', name: 'Better carts' });
    await hub.app.get(CatalogIndex, { strict: false }).refresh();
    page = await (await browser.newPerson()).newPage();
    complaints = complaintsOf(page);
    const operator = await anOperatorOn(page, hub);
    await anOwnerOf(hub, listed.package.publisherId, operator.id);
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    await hub.close();
  });
  afterEach(() => expect(complaints).toEqual([]));

  it('raise a rollout, see what failed, halt it, and go on', async () => {
    const rollouts = hub.app.get(RolloutsService, { strict: false });
    for (const outcome of ['updated', 'rolled_back'] as const) {
      const shop = await anInstance(hub.database, { registeredAt: new Date('2020-01-01T00:00:00Z') });
      await rollouts.report(shop.id, { marketplace_id: id, version: '1.1.0', outcome });
    }
    await goto('/publish/releases');
    await page.getByRole('cell', { name: '10 %' }).waitFor();
    await page.getByRole('link', { name: `${id} 1.1.0` }).click();
    await page.getByText('1 of 2 reported installations failed').waitFor();
    await page.getByLabel('Offer to').fill('40');
    await button('Set').click();
    await page.getByText('Offered to 40 % of the shops').waitFor();
    expect(await updates('1.0.0')).toMatchObject({ updates: [{ latest: '1.1.0', rollout: { percent: 40 } }] });

    const percentsSet: string[] = [];
    page.on('request', (request) => request.method() === 'PUT' && percentsSet.push(request.url()));
    await button('Halt').click();
    await page.getByLabel('Reason').fill('Carts are empty.');
    await dialog().getByRole('button', { name: 'Halt' }).click();
    await page.getByText('The rollout is halted').waitFor();
    await page.getByText('Carts are empty.').waitFor();
    expect(percentsSet).toEqual([]);
    expect(await hindrancesOn(page)).toEqual([]);
    expect(await updates('1.0.0')).toEqual({ updates: [] });

    await goto(`/operate/packages/${id}`);
    await page.getByRole('link', { name: '1.1.0' }).click();
    await page.getByText('Carts are empty.').waitFor();
    await button('Go on').click();
    await page.getByText('The rollout is halted').waitFor({ state: 'detached' });
    expect(await updates('1.0.0')).toMatchObject({ updates: [{ latest: '1.1.0' }] });
    expect((await rollouts.read(next, null)).halted_at).toBeNull();
  }, 120_000);

  it('publish an advisory that shops see in updates, and withdraw it', async () => {
    await goto(`/publish/packages/${id}`);
    await page.getByText('None published.').waitFor();
    await button('New advisory').click();
    await page.getByLabel('Affected versions').fill('<1.1.0');
    await page.getByLabel('Fixed in').fill('1.1.0');
    await page.getByLabel('Severity').selectOption('critical');
    await page.getByLabel('What is wrong').fill('Carts of others can be read.');
    await page.getByRole('combobox', { name: 'Links' }).fill('https://nord.example/1');
    await page.keyboard.press('Enter');
    expect(await hindrancesOn(page)).toEqual([]);
    await button('Tell the shops').click();
    await page.getByRole('cell', { name: 'Carts of others can be read.' }).waitFor();
    expect(await updates('1.0.0')).toMatchObject({
      updates: [{ latest: '1.1.0', security: true }],
      advisories: [{ severity: 'critical', affected: '<1.1.0', references: ['https://nord.example/1'] }],
    });
    await button('Withdraw').click();
    await page.getByLabel('Reason').fill('It was a test.');
    await dialog().getByRole('button', { name: 'Withdraw' }).click();
    await page.getByText('Withdrawn', { exact: true }).waitFor();
    expect(await updates('1.0.0')).not.toHaveProperty('advisories');
  }, 120_000);

  it('deprecate a package in favor of another, and lift it', async () => {
    await goto(`/publish/packages/${id}`);
    await button('Deprecate').click();
    await page.getByLabel('What shops should know').fill('Use the better one.');
    await page.getByLabel('Successor').fill('@acme/better-carts');
    await dialog().getByRole('button', { name: 'Deprecate' }).click();
    // The dialog holds the reason too, before the hub has heard of it.
    await button('Lift deprecation').waitFor();
    await page.getByText('Use the better one.').waitFor();
    expect(await updates('1.0.0')).toMatchObject({ deprecated: [{ successor: '@acme/better-carts' }] });
    expect(await hindrancesOn(page)).toEqual([]);
    await button('Lift deprecation').click();
    await dialog().getByRole('button', { name: 'Lift deprecation' }).click();
    await page.getByText('The package is cared for.').waitFor();
    expect(await updates('1.0.0')).not.toHaveProperty('deprecated');

    await goto(`/operate/packages/${id}`);
    await button('Deprecate').click();
    await page.getByLabel('What shops should know').fill('Abandoned.');
    await dialog().getByRole('button', { name: 'Deprecate' }).click();
    await button('Lift deprecation').waitFor();
    expect(await hindrancesOn(page)).toEqual([]);
    await goto(`/publish/packages/${id}`);
    await page.getByText('An operator said so; only an operator can take it back.').waitFor();
    expect(await button('Lift deprecation').count()).toBe(0);
  }, 120_000);

  it('show operators which imported advisories are in which release', async () => {
    await hub.database.dataSource.query(
      `INSERT INTO dependency_advisories (id, package_name, summary, severity, aliases, ranges, versions, withdrawn, changed_at)
       VALUES ('GHSA-1', 'left-pad', 'Pads too much.', 'HIGH', '{CVE-1}', '[]', '{}', false, now()),
              ('GHSA-2', 'right-pad', 'Pads too little.', 'UNKNOWN', '{}', '[]', '{}', true, now())`,
    );
    await hub.database.dataSource.query(
      `INSERT INTO release_alerts (release_id, advisory_id, component, found_at) VALUES ($1, 'GHSA-1', 'left-pad@1.3.0', now())`,
      [next],
    );
    await goto('/operate/overview');
    await page.getByRole('link', { name: 'advisory in releases' }).click();
    await page.getByRole('cell', { name: 'left-pad@1.3.0' }).waitFor();
    await page.getByRole('cell', { name: 'right-pad' }).waitFor();
    expect(await hindrancesOn(page)).toEqual([]);
    await page.getByLabel('Search package or id').fill('cve-1');
    await page.getByRole('cell', { name: 'right-pad' }).waitFor({ state: 'detached' });
    await page.getByRole('cell', { name: 'left-pad', exact: true }).waitFor();
    await page.getByRole('link', { name: `${id} 1.1.0` }).click();
    await page.getByRole('heading', { level: 1, name: `${id} 1.1.0` }).waitFor();
  }, 120_000);
});
