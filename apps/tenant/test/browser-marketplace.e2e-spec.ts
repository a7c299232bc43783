import { describeWith, eventually } from '@hansa/testing';
import {
  complaintsOf,
  hindrancesOn,
  startBrowser,
  type BrowserContext,
  type Page,
  type TestBrowser,
} from '@hansa/testing/browser';
import { ADMIN, aRelease, FakeHub, startTenant, type TestTenant } from '#test';

const ILL = `export async function register() {}\nexport const health = () => ({ ok: false, message: 'no disk' });`;
const SECRET = 'hush-hush-never-shown';
const SCHEMA = {
  greeting: { type: 'string', label: 'Greeting', default: 'hi', required: true, pattern: '[a-z]{2,10}' },
  style: { type: 'select', label: 'Style', options: ['loud', 'quiet'] },
  key: { type: 'string', label: 'API key', secret: true },
};

describeWith('chromium', 'the marketplace on screen', (chromium) => {
  let hub: FakeHub;
  let tenant: TestTenant;
  let browser: TestBrowser;
  let person: BrowserContext;
  let page: Page;
  let complaints: readonly string[];

  beforeAll(async () => {
    browser = await startBrowser(chromium);
  }, 120_000);
  afterAll(() => browser.close());
  beforeEach(async () => {
    hub = await new FakeHub().start();
    hub.releases.push(
      await aRelease({ manifest: { config_schema: SCHEMA, permissions: { net: ['api.acme.example'] } } }),
    );
    tenant = await startTenant({ hub });
    person = await signedIn();
    page = await person.newPage();
    page.setDefaultTimeout(30_000);
    complaints = complaintsOf(page);
  });
  afterEach(async () => {
    await person.close();
    await tenant.stop();
    await hub.stop();
  });

  const signedIn = async (options: Parameters<TestBrowser['newPerson']>[0] = {}) => {
    const context = await browser.newPerson({ reducedMotion: 'reduce', ...options });
    await context.request.post(`${tenant.url}/auth/session`, { data: ADMIN });
    return context;
  };
  const go = (path: string) => page.goto(`${tenant.url}/marketplace${path}`);
  const install = async (id = '@acme/hello') => {
    const { body } = await tenant.admin('POST', '/admin/plugins/install', { marketplace_id: id });
    await tenant.ended(body.job.id);
  };

  it('finds a plugin, says what it may do, and shows its installation to the end', async () => {
    await go('');
    await page.getByLabel('Search').fill('hel');
    await eventually('the hub is asked what was typed', async () =>
      hub.asked.some(({ query }) => query.get('search') === 'hel'),
    );
    expect(new URL(page.url()).searchParams.get('q')).toBe('hel');
    await page.getByRole('link', { name: 'Hello' }).click();
    await page.getByText('Talk to api.acme.example').waitFor();
    await page.getByRole('button', { name: 'Install' }).click();
    for (const step of ['Ordered', 'Downloaded', 'Signature and content checked', 'Put in place', 'Started and well'])
      await page.getByText(step, { exact: true }).waitFor();
    await page.getByRole('link', { name: 'To the plugin' }).click();
    await page.getByText('Running', { exact: true }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('says how often a subscription is paid and how much of it is free, before anybody pays', async () => {
    const sold = { license_kind: 'subscription', billing_interval: 'month', trial_days: 14 } as const;
    hub.releases.push(await aRelease({ id: 'tried', priceEur: 9, sold }));
    await go('/p/@acme/tried');
    await page.getByText('First 14 days free, if you never had it').waitFor();
    await page.getByRole('button', { name: 'Buy for €9.00 a month' }).click();
    await page.getByRole('dialog').getByText('€9.00 a month · Subscription').waitFor();
    expect(await hindrancesOn(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('comes back from a payment that was given up to the product, and waits for nothing', async () => {
    await go('/p/@acme/hello');
    const purchase = {
      marketplaceId: '@acme/hello',
      name: 'Hello',
      version: '1.0.0',
      startedAt: new Date().toISOString(),
    };
    await page.evaluate(`localStorage.setItem('hansa-purchase', ${JSON.stringify(JSON.stringify(purchase))})`);
    await page.goto(`${tenant.url}/?order_status=cancelled`);
    await page.getByText('You did not buy Hello; nothing was paid.').waitFor();
    await page.waitForURL(/\/marketplace\/p\/@acme\/hello$/);
    await page.goto(`${tenant.url}/`);
    await page.getByRole('heading', { level: 1, name: 'Browse plugins' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('takes back a license the shop has bought before, instead of paying twice', async () => {
    hub.releases.push(await aRelease({ id: 'kept', priceEur: 49 }));
    hub.alreadyLicensed = 'lic_1';
    await go('/p/@acme/kept');
    await page.getByRole('button', { name: 'Buy for €49.00' }).click();
    await page.getByRole('button', { name: 'Go to payment' }).click();
    await page.getByText('This shop has bought a license for this already.').waitFor();
    expect(await hindrancesOn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Use it in this shop' }).click();
    await page.getByRole('heading', { level: 1, name: 'Hello comes back' }).waitFor();
    expect(hub.asked.filter(({ path }) => path === '/store/marketplace/licenses/lic_1/issue')).toHaveLength(1);
    await page.getByText('Waiting for the license').waitFor();
    await page.getByRole('button', { name: 'Back to the plugin' }).click();
    await page.waitForURL(/\/p\/@acme\/kept$/);
    expect(complaints).toEqual([]);
  });

  it('leads back to the list as it was found', async () => {
    await go('?q=hel');
    await page.getByRole('link', { name: 'Hello' }).click();
    await page.getByRole('link', { name: 'All plugins' }).click();
    await eventually('the search is back', async () => new URL(page.url()).searchParams.get('q') === 'hel');
  });

  it('draws the settings from the manifest, names what is wrong with them, and never shows a secret', async () => {
    await install();
    await go('/installed/hello');
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByLabel('Greeting').fill('TOO LOUD');
    await page.getByLabel('API key').fill(SECRET);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The plugin asks for another form: [a-z]{2,10}').waitFor();
    await eventually('the focus is where something is wrong', () =>
      page.evaluate<boolean>(`document.activeElement.value === 'TOO LOUD'`),
    );
    await page.getByLabel('Greeting').fill('moin');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The settings are saved and in use.').waitFor();
    await page.getByText('Set. Leave empty to keep it.').waitFor();
    expect(await page.getByLabel('API key').inputValue()).toBe('');
    await eventually('the focus is back on what saved', () =>
      page.evaluate<boolean>(`document.activeElement.textContent === 'Save'`),
    );
    await page.reload();
    expect(await page.getByLabel('Greeting').inputValue()).toBe('moin');
    expect(await page.content()).not.toContain(SECRET);
    const { text } = await tenant.admin('GET', '/admin/plugins/hello/config');
    expect(text).not.toContain(SECRET);
    expect((await tenant.admin('GET', '/plugins/hello/hello')).body.hello).toBe('moin');
  });

  it('shows a failed installation, with nothing changed', async () => {
    hub.changeBytes = (zip) => Buffer.concat([zip, Buffer.from('x')]);
    await go('/p/@acme/hello');
    await page.getByRole('button', { name: 'Install' }).click();
    await page.getByText('Nothing was changed. What ran before runs on.').waitFor();
    expect(await hindrancesOn(page)).toEqual([]);
    hub.changeBytes = (zip) => zip;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'Install' }).click();
    await page.getByText('Version 1.0.0 is installed and well.').waitFor();
  });

  it('updates all, and shows the update that was not well being taken back', async () => {
    hub.releases.push(await aRelease({ id: 'other' }));
    await install();
    await install('@acme/other');
    hub.releases.push(
      await aRelease({ version: '1.1.0', code: ILL }),
      await aRelease({ id: 'other', version: '1.2.0' }),
    );
    await go('/updates');
    await page.getByText('1.0.0 → 1.1.0').waitFor();
    expect(await hindrancesOn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Update all' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Update all' }).click();
    await page.getByText('Version 1.2.0 is installed and well.').waitFor();
    await page
      .getByText('The new version was not well. The one before runs again, with its data. Reason: no disk')
      .waitFor();
    expect(await page.getByRole('button', { name: 'Update to 1.1.0' }).count()).toBe(0);
    expect(await hindrancesOn(page)).toEqual([]);
    await go('/installed/hello');
    await page.getByText('The update to 1.1.0 was taken back by itself').waitFor();
    expect(await hindrancesOn(page)).toEqual([]);
    await page.getByText('Version 1.0.0').waitFor();
    expect(complaints).toEqual([]);
  });

  it('goes back to an earlier version, and uninstalls with a choice about the data', async () => {
    await install();
    hub.releases.push(await aRelease({ version: '1.1.0' }));
    const { body } = await tenant.admin('POST', '/admin/plugins/hello/update', {});
    await tenant.ended(body.job.id);
    await go('/installed/hello');
    await page.getByRole('tab', { name: 'Versions' }).click();
    await page.getByRole('button', { name: 'Roll back to 1.0.0' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back to 1.0.0' }).click();
    await page.getByRole('heading', { level: 1, name: 'Return of Hello to 1.0.0' }).waitFor();
    await page.getByText('Version 1.0.0 is installed and well.').waitFor();
    await page.getByRole('link', { name: 'To the plugin' }).click();
    await page.getByText('You went back from 1.1.0').waitFor();
    await page.getByRole('tab', { name: 'Versions' }).click();
    await page.getByRole('button', { name: 'Go to 1.1.0 again' }).waitFor();
    await page.getByRole('tab', { name: 'Overview' }).click();
    await page.getByRole('button', { name: 'Uninstall' }).click();
    await page.getByLabel('Delete for good').check();
    await page.getByRole('dialog').getByRole('button', { name: 'Uninstall' }).click();
    await page.getByText('Nothing is installed yet').waitFor();
    expect((await tenant.admin('GET', '/admin/plugins')).body.count).toBe(0);
  });

  it('says since when the hub is away, shows the last catalog, and lets plugins run on', async () => {
    await install();
    await go('');
    await page.getByRole('link', { name: 'Hello' }).waitFor();
    hub.isAway = true;
    await page.reload();
    await page.getByText('The hub does not answer', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Hello' }).waitFor();
    expect(await hindrancesOn(page)).toEqual([]);
    await page.getByRole('link', { name: 'Installed', exact: true }).click();
    await page.getByText('Running', { exact: true }).waitFor();
  });

  it('is used with the keyboard alone: past the navigation, into the content, and out of a dialog', async () => {
    await install();
    await go('/installed/hello');
    await page.getByRole('heading', { level: 1, name: 'Hello' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    const remove = page.getByRole('button', { name: 'Uninstall' });
    await remove.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await eventually('the focus is back on what opened the dialog', () =>
      page.evaluate<boolean>(`document.activeElement.textContent === 'Uninstall'`),
    );
    expect(complaints).toEqual([]);
  });

  const PAGES = [
    '',
    '/p/@acme/hello',
    '/installed',
    '/installed/hello',
    '/updates',
    '/licenses',
    '/activity',
    '/privacy',
    '/settings',
    '/nothing',
  ];
  it.each([
    ['light', 1280],
    ['light', 360],
    ['dark', 1280],
    ['dark', 360],
  ] as const)(
    'hinders nobody on any page: %s, %i px wide',
    async (colorScheme, width) => {
      await install();
      const other = await signedIn({ colorScheme, viewport: { width, height: 800 } });
      const view = await other.newPage();
      const said = complaintsOf(view);
      const found: Record<string, readonly string[]> = {};
      for (const path of PAGES) {
        await view.goto(`${tenant.url}/marketplace${path}`, { waitUntil: 'networkidle' });
        found[path] = await hindrancesOn(view);
      }
      expect(found).toEqual(Object.fromEntries(PAGES.map((path) => [path, []])));
      expect(said).toEqual([]);
      await other.close();
    },
    120_000,
  );
});
