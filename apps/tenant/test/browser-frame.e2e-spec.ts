import { describeWith } from '@hansa/testing';
import { complaintsOf, hindrancesOn, startBrowser, type Page, type TestBrowser } from '@hansa/testing/browser';
import { ADMIN, startTenant, type TestTenant } from '#test';

describeWith('chromium', 'the frame of the screens', (chromium) => {
  let tenant: TestTenant;
  let browser: TestBrowser;
  beforeAll(async () => {
    tenant = await startTenant({ worker: false });
    browser = await startBrowser(chromium);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await tenant.stop();
  });

  const signIn = async (page: Page) => {
    await page.getByLabel('E-mail').fill(ADMIN.email);
    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Browse' }).waitFor();
  };

  it.each([
    ['light', 1280],
    ['light', 360],
    ['dark', 1280],
    ['dark', 360],
  ] as const)('can be used by everybody: %s, %i px wide', async (colorScheme, width) => {
    const person = await browser.newPerson({ colorScheme, viewport: { width, height: 800 } });
    const page = await person.newPage();
    const complaints = complaintsOf(page);
    await page.goto(tenant.url);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await hindrancesOn(page)).toEqual([]);
    await signIn(page);
    expect(await hindrancesOn(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await person.close();
  });

  it('says what was wrong with a sign-in, and lets in who has the right password', async () => {
    const person = await browser.newPerson();
    const page = await person.newPage();
    await page.goto(`${tenant.url}/marketplace`);
    await page.getByLabel('E-mail').fill(ADMIN.email);
    await page.getByLabel('Password', { exact: true }).fill('wrong password');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('LOGIN_REFUSED').waitFor();
    await signIn(page);
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Browse' }).waitFor();
    await page.getByRole('button', { name: 'Account and settings' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await person.close();
  });

  it('speaks the language of the reader, and another when asked', async () => {
    const person = await browser.newPerson({ locale: 'de-DE' });
    const page = await person.newPage();
    await page.goto(tenant.url);
    await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await person.close();
  });
});
