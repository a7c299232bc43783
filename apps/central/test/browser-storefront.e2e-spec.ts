import { describeWith } from '@hansa/testing';
import { complaintsOf, hindrancesOn, startBrowser, type TestBrowser } from '@hansa/testing/browser';
import { CatalogIndex } from '#catalog';
import { aPublishedPackage, aRelease, askBytes, startBrowserHub, type TestHub } from '#test';

const HTML = { accept: 'text/html', 'accept-language': 'de-DE,de;q=0.9' };
const HOSTILE = '</script><script>document.title = "stolen"</script><img src=x onerror="document.title=1"> $& "quoted"';

describeWith('chromium', 'the storefront', (chromium) => {
  let hub: TestHub;
  let browser: TestBrowser;
  beforeAll(async () => {
    hub = await startBrowserHub();
    browser = await startBrowser(chromium);
    const made = await aPublishedPackage(
      hub.database,
      {
        marketplaceId: '@acme/tax',
        name: 'Tax reports',
        summary: 'Reports for the tax office.',
        description:
          '# Why\n\nBecause <b>taxes</b>.\n\n[more](javascript:alert(1)) ![x](https://tracker.example/x.png)',
        licenseKind: 'one_time',
        priceMinor: 4_990,
        categories: ['tax'],
      },
      { changelog: 'First one.' },
    );
    const manifest = { permissions: { net: ['tax.example'] } };
    await aRelease(hub.database, made.package, {
      version: '1.1.0',
      changelog: '**Faster.**',
      security: true,
      manifest,
    });
    await aPublishedPackage(hub.database, {
      marketplaceId: '@acme/tried',
      name: 'Tried first',
      licenseKind: 'subscription',
      billingInterval: 'month',
      priceMinor: 900,
      trialDays: 14,
    });
    for (let number = 0; number < 30; number += 1)
      await aPublishedPackage(hub.database, { marketplaceId: `@acme/other-${number}`, name: `Other ${number}` });
    await aPublishedPackage(hub.database, {
      marketplaceId: '@acme/hostile',
      name: HOSTILE,
      summary: HOSTILE,
      description: HOSTILE,
    });
    await hub.app.get(CatalogIndex, { strict: false }).refresh();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await hub.close();
  });

  it('is read before its scripts run, and by those who preview links', async () => {
    const page = (await askBytes(hub, '/plugins/@acme/tax', HTML)).body.toString();
    expect(page).toContain('<html lang="de">');
    expect(page).toContain('<title>Tax reports · Hansa</title>');
    expect(page).toContain('<meta name="description" content="Reports for the tax office.">');
    expect(page).toContain(`<meta property="og:url" content="${hub.ground.config.hubUrl}/plugins/@acme/tax">`);
    expect(page).toMatch(/49,90.€/);
    const preview = await askBytes(hub, '/plugins/@acme/tax', { accept: '*/*' });
    expect(preview.body.toString()).toContain('og:title');
    expect((await askBytes(hub, '/plugins/@acme/none', HTML)).status).toBe(404);
    expect((await askBytes(hub, '/', HTML)).body.toString()).toContain('Plugins für Ihren Shop');
    expect((await askBytes(hub, '/plugins/@acme/tried', HTML)).body.toString()).toMatch(/9,00.€ im Monat/);
    expect((await askBytes(hub, '/plugins/@acme/none', { accept: 'application/json' })).status).toBe(404);
  });

  it('says what publishers wrote and does nothing they wrote', async () => {
    const text = (await askBytes(hub, '/plugins/@acme/hostile', HTML)).body.toString();
    expect(text).not.toContain('<script>document');
    expect(text).not.toContain('<img src=x');
    const person = await browser.newPerson();
    const page = await person.newPage();
    const complaints = complaintsOf(page);
    await page.goto(`${hub.ground.config.hubUrl}/plugins/@acme/hostile`);
    await page.getByRole('heading', { level: 1, name: '</script>' }).waitFor();
    expect(await page.title()).toContain('</script>');
    await page.goto(`${hub.ground.config.hubUrl}/plugins/@acme/tax`);
    await page.getByRole('link', { name: 'more' }).or(page.getByText('more')).first().waitFor();
    expect(await page.locator('a[href^="javascript"], img[src*="tracker"]').count()).toBe(0);
    expect(complaints).toEqual([]);
    await person.close();
  });

  it.each([
    ['light', 1280],
    ['light', 360],
    ['dark', 1280],
    ['dark', 360],
  ] as const)('can be used by everybody: %s, %i px wide', async (colorScheme, width) => {
    const person = await browser.newPerson({ colorScheme, viewport: { width, height: 800 } });
    const page = await person.newPage();
    const complaints = complaintsOf(page);
    for (const [path, heading] of [
      ['/', 'Plugins for your shop'],
      ['/plugins/@acme/tax', 'Tax reports'],
      ['/sign-in', 'Sign in'],
      ['/register', 'Open a publisher account'],
      ['/forgot-password', 'Forgot your password?'],
      ['/merchant/licenses', 'Your licenses and payments'],
    ] as const) {
      await page.goto(hub.ground.config.hubUrl + path);
      await page.locator('.mantine-AppShell-main').getByRole('heading', { level: 1, name: heading }).waitFor();
      expect({ path, hindrances: await hindrancesOn(page) }).toEqual({ path, hindrances: [] });
    }
    expect(complaints).toEqual([]);
    await person.close();
  });

  it('tells people in a page, and programs in their own words, that an address leads nowhere', async () => {
    const answer = await askBytes(hub, '/plugin/tax', HTML);
    expect([answer.status, answer.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
    const toProgram = await askBytes(hub, '/plugin/tax', { accept: '*/*' });
    expect([toProgram.status, JSON.parse(toProgram.body.toString()).code]).toEqual([404, 'ROUTE_NOT_FOUND']);
    const person = await browser.newPerson();
    const page = await person.newPage();
    await page.goto(`${hub.ground.config.hubUrl}/plugin/tax`);
    await page.getByRole('link', { name: 'To the start page' }).click();
    await page.getByRole('heading', { level: 1, name: 'Plugins for your shop' }).waitFor();
    await person.close();
  });

  it('leads out of a search that finds nothing', async () => {
    const person = await browser.newPerson();
    const page = await person.newPage();
    await page.goto(`${hub.ground.config.hubUrl}/?search=nowhere&price=free`);
    await page.getByRole('button', { name: 'Show all plugins' }).click();
    await page.waitForURL(({ search }) => search === '');
    await page.getByRole('article').first().waitFor();
    expect(await page.getByRole('searchbox').inputValue()).toBe('');
    await person.close();
  });

  it('says how much of a subscription is free', async () => {
    const person = await browser.newPerson();
    const page = await person.newPage();
    await page.goto(`${hub.ground.config.hubUrl}/?search=tried`);
    await page.getByRole('article').getByText('First 14 days free, if you never had it').waitFor();
    await page.getByRole('link', { name: 'Tried first' }).click();
    await page.getByRole('heading', { level: 1, name: 'Tried first' }).waitFor();
    await page.getByText('First 14 days free, if you never had it').waitFor();
    expect(await hindrancesOn(page)).toEqual([]);
    await person.close();
  });

  it('is searched as people type, and by keyboard alone', async () => {
    const person = await browser.newPerson();
    const page = await person.newPage();
    await page.goto(hub.ground.config.hubUrl);
    await page.getByRole('searchbox').fill('tax');
    await page.getByRole('article').filter({ hasText: 'Tax reports' }).waitFor();
    await page.getByRole('article').nth(1).waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.get('search')).toBe('tax');
    await page.getByRole('link', { name: 'Tax reports' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Tax reports' }).waitFor();
    await page.getByText('Talk to tax.example').waitFor();
    await page.getByRole('button', { name: /1\.1\.0/ }).press('Enter');
    await page.getByText('Faster.').waitFor();
    await page.goBack();
    expect(await page.getByRole('searchbox').inputValue()).toBe('tax');
    await person.close();
  });
});
