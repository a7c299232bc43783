import { describeWith } from '@hansa/testing';
import { complaintsOf, hindrancesOn, startBrowser, type Page, type TestBrowser } from '@hansa/testing/browser';
import { FederationProcess } from './federation-process.js';

const DECLINED = '4000000000000002';
const GOOD = '4242424242424242';

/** A person, a browser, and everything `npm start` starts: nothing here knows how it works inside. */
describeWith('chromium', 'a person who buys a plugin', (chromium) => {
  const federation = new FederationProcess();
  let browser: TestBrowser | undefined;

  beforeAll(async () => {
    await federation.start();
    browser = await startBrowser(chromium);
  }, 330_000);
  afterAll(async () => {
    await browser?.close();
    await federation.remove();
  }, 60_000);

  const pay = async (page: Page, card: string) => {
    await page.getByLabel('Card number').fill(card);
    await page.getByLabel('Expires').fill('12 / 34');
    await page.getByLabel('Security code').fill('123');
    const name = page.getByLabel(/name/i);
    if ((await name.count()) > 0) await name.first().fill('Ada Merchant');
    await page.getByRole('button', { name: /^Pay/ }).click();
  };

  it('is declined, tries another card, and ends on the installed plugin, which is configured', async () => {
    const { tenant_url: shop, tenant_admin: admin } = federation.demo;
    const person = await browser!.newPerson({ reducedMotion: 'reduce' });
    const page = await person.newPage();
    page.setDefaultTimeout(60_000);
    const complaints = complaintsOf(page);
    expect(federation.output).toContain(`${shop}/marketplace`);
    await page.goto(`${shop}/marketplace`);
    await page.getByLabel('E-mail').fill(admin.email);
    await page.getByLabel('Password', { exact: true }).fill(admin.password);
    await page.keyboard.press('Enter');

    await page.getByLabel('Search').fill('invoice');
    await page.getByText('1 plugin', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Invoice Designer' }).click();
    await page.getByText('Signed by its publisher').waitFor();
    expect(await hindrancesOn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Buy for €49.00' }).click();
    await page.getByLabel('E-mail for the receipt').fill('ada@shop.test');
    expect(await hindrancesOn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Go to payment' }).click();

    await pay(page, DECLINED);
    await page
      .getByRole('alert')
      .getByText(/declined/)
      .waitFor();
    await pay(page, GOOD);
    await page.getByRole('link', { name: /^Back to/ }).click();

    // From here on the page is never loaded again: what is written on it by hand is there at the end.
    await page.waitForURL(/\/marketplace\/(purchase|installed)/);
    await page.evaluate(`document.documentElement.dataset.mark = 'here'`);
    await page.waitForURL(/\/marketplace\/installed\/invoice-designer/);
    await page.getByRole('heading', { level: 1, name: 'Invoice Designer' }).waitFor();
    await page.getByText('Running', { exact: true }).waitFor();
    expect(await page.evaluate('document.documentElement.dataset.mark')).toBe('here');
    expect(await hindrancesOn(page)).toEqual([]);

    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByLabel('Company').fill('Ada & Sons');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The settings are saved and in use.').waitFor();
    await page.reload();
    await page.getByRole('tab', { name: 'Settings' }).click();
    expect(await page.getByLabel('Company').inputValue()).toBe('Ada & Sons');
    expect(complaints).toEqual([]);

    const plugin = await person.newPage();
    await plugin.goto(`${shop}/plugins/invoice-designer/`);
    expect(await plugin.title()).not.toBe('');
    await person.close();
  }, 300_000);

  it('sees the terms of the license in words, and what left the shop for it', async () => {
    const { tenant_url: shop, tenant_admin: data } = federation.demo;
    const person = await browser!.newPerson({ viewport: { width: 360, height: 800 }, colorScheme: 'dark' });
    await person.request.post(`${shop}/auth/session`, { data });
    const page = await person.newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(`${shop}/marketplace/licenses`);
    await page.getByText('@hansa-labs/invoice-designer').waitFor();
    await page.getByText('The plugin runs.').waitFor();
    expect(await hindrancesOn(page)).toEqual([]);
    await page.goto(`${shop}/marketplace/privacy`);
    await page.getByText('body.customer_email').first().waitFor();
    expect(await page.content()).not.toContain('ada@shop.test');
    expect(await hindrancesOn(page)).toEqual([]);
    await person.close();
  }, 120_000);
});
