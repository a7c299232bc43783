import { describeWith } from '@hansa/testing';
import { complaintsOf, hindrancesOn, startBrowser, type Page, type TestBrowser } from '@hansa/testing/browser';
import { generate } from 'otplib';
import { AccountsService, type Account } from '#accounts';
import { A_PASSWORD, anOperatorOn, lettersTo, signInOn, startBrowserHub, type TestHub } from '#test';

const EMAIL = 'op@hub.example';
const NEW_PASSWORD = 'another long password';

describeWith('chromium', 'the screen of an account', (chromium) => {
  let hub: TestHub;
  let browser: TestBrowser;
  let page: Page;
  let account: Account;
  let complaints: readonly string[];
  const goto = (tab: Page, path: string) => tab.goto(hub.ground.config.hubUrl + path);
  /** A code the hub takes. It takes none twice, and no test waits half a minute for the next one. */
  const codeOf = async (secret: string) => {
    await hub.database.dataSource.query('UPDATE accounts SET totp_last_step = 0');
    return generate({ secret });
  };
  const audited = async (accountId: string) =>
    (
      await hub.database.dataSource.query<{ action: string }[]>(
        `SELECT action FROM audit_entries WHERE subject = $1 AND action LIKE 'account.%' ORDER BY id`,
        [accountId],
      )
    ).map(({ action }) => action);

  beforeAll(async () => {
    hub = await startBrowserHub();
    browser = await startBrowser(chromium);
    page = await (await browser.newPerson()).newPage();
    complaints = complaintsOf(page);
    account = await anOperatorOn(page, hub, EMAIL);
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    await hub.close();
  });
  afterEach(() => expect(complaints).toEqual([]));

  it('changes the password, and says when the present one is wrong or the new one mistyped', async () => {
    await page.getByRole('button', { name: 'Account and settings' }).click();
    await page.getByRole('menuitem', { name: 'Account and security' }).click();
    await page.getByRole('heading', { level: 1, name: 'Account and security' }).waitFor();
    expect(await hindrancesOn(page)).toEqual([]);
    await page.getByLabel('Present password').fill('not the password');
    await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
    await page.getByLabel('New password again').fill('another wrong password');
    await page.getByText('The two are not the same.').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByLabel('New password again').fill(NEW_PASSWORD);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('E-mail or password is wrong.').waitFor();
    await page.getByLabel('Present password').fill(A_PASSWORD);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The password is changed.').waitFor();
    const accounts = hub.app.get(AccountsService, { strict: false });
    await expect(accounts.signIn(EMAIL, A_PASSWORD)).rejects.toMatchObject({ code: 'SIGN_IN_FAILED' });
    await accounts.signIn(EMAIL, NEW_PASSWORD);
    expect(await audited(account.id)).toEqual(['account.password_changed']);
  }, 120_000);

  it('sets a second factor up, which signing in then takes, and turns it off', async () => {
    const email = 'careful@hub.example';
    const page = await (await browser.newPerson()).newPage();
    const { id } = await anOperatorOn(page, hub, email);
    await goto(page, '/settings');
    await page.getByLabel('Your password').fill(A_PASSWORD);
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.getByRole('img', { name: 'QR code for your authenticator app' }).waitFor();
    const secret = await page.locator('[data-secret]').innerText();
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(await hindrancesOn(page)).toEqual([]);
    await page.getByLabel('Code the app shows').fill('000000');
    await page.getByRole('button', { name: 'Turn on' }).click();
    await page.getByText('This code is wrong, or was used already.').waitFor();
    await page.getByLabel('Code the app shows').fill(await codeOf(secret));
    await page.getByRole('button', { name: 'Turn on' }).click();
    await page.getByText('Signing in takes a code of your authenticator app.').waitFor();
    expect(await page.content()).not.toContain(secret);

    const other = await browser.newPerson();
    const tab = await other.newPage();
    await goto(tab, '/operate/overview');
    await signInOn(tab, email);
    await tab.getByLabel('Code of your authenticator app').waitFor();
    expect(await tab.getByRole('alert').count()).toBe(0);
    await tab.locator('input[autocomplete="one-time-code"]:focus').waitFor();
    await signInOn(tab, email, { code: '000000' });
    await tab.getByText('This code is wrong, or was used already.').waitFor();
    await signInOn(tab, email, { code: await codeOf(secret) });
    await tab.getByRole('heading', { level: 1, name: 'The hub today' }).waitFor();

    await goto(tab, '/settings');
    await tab.getByLabel('Your password').fill(A_PASSWORD);
    await tab.getByLabel('Code the app shows').fill(await codeOf(secret));
    expect(await hindrancesOn(tab)).toEqual([]);
    await tab.getByRole('button', { name: 'Turn off' }).click();
    await tab.getByRole('button', { name: 'Set up' }).waitFor();
    await other.close();
    await page.context().close();
    expect(await audited(id)).toEqual(['account.second_factor_on', 'account.second_factor_off']);
    await hub.app.get(AccountsService, { strict: false }).signIn(email, A_PASSWORD);
  }, 120_000);

  it('is opened with the code of a letter, which can be asked for again, and is signed in at once', async () => {
    const email = 'new@hub.example';
    const person = await browser.newPerson();
    const tab = await person.newPage();
    await goto(tab, '/register');
    await tab.getByLabel('E-mail').fill(email);
    await tab.getByLabel('Password', { exact: true }).fill(A_PASSWORD);
    await tab.getByRole('button', { name: 'Open account' }).click();
    await tab.getByLabel('Code from the letter').fill('wrong');
    await tab.getByRole('button', { name: 'Prove address' }).click();
    await tab.getByText('This code is wrong or too old.').waitFor();
    await tab.getByRole('button', { name: 'Send another letter' }).click();
    await tab.getByText('Another letter is on its way.').waitFor();
    expect(await hindrancesOn(tab)).toEqual([]);
    const codes = (await lettersTo(hub, email)).map(({ values }) => (values as { code: string }).code);
    expect(codes).toHaveLength(2);
    await tab.getByLabel('Code from the letter').fill(codes[1]!);
    await tab.getByRole('button', { name: 'Prove address' }).click();
    await tab.getByRole('heading', { level: 1, name: 'Publish for shops' }).waitFor();
    await person.close();
  }, 120_000);

  it('sets another password for who forgot it, by a letter, and leads back to the sign-in', async () => {
    const person = await browser.newPerson();
    const tab = await person.newPage();
    await goto(tab, '/publish/overview');
    await tab.getByRole('link', { name: 'Forgot your password?' }).click();
    await tab.getByLabel('E-mail').fill('new@hub.example');
    await tab.getByRole('button', { name: 'Send me a link' }).click();
    await tab.getByText('Look into your mail').waitFor();
    const letters = await lettersTo(hub, 'new@hub.example');
    const { token } = letters.find(({ template }) => template === 'password-reset')!.values as { token: string };
    await goto(tab, `/account/reset-password#${token}`);
    await tab.getByLabel(/New password/).fill(NEW_PASSWORD);
    await tab.getByRole('button', { name: 'Set password' }).click();
    await tab.getByRole('link', { name: 'Sign in with it' }).click();
    await signInOn(tab, 'new@hub.example', { password: NEW_PASSWORD });
    await tab.getByRole('heading', { level: 1, name: 'Publish for shops' }).waitFor();
    await goto(tab, `/account/reset-password#${token}`);
    await tab.getByLabel(/New password/).fill(NEW_PASSWORD);
    await tab.getByRole('button', { name: 'Set password' }).click();
    await tab.getByRole('link', { name: 'Ask for another link' }).click();
    await tab.getByRole('heading', { level: 1, name: 'Forgot your password?' }).waitFor();
    await person.close();
  }, 120_000);

  it('asks for a sign-in before it shows anything', async () => {
    const stranger = await browser.newPerson();
    const tab = await stranger.newPage();
    await goto(tab, '/settings');
    await tab.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    await stranger.close();
  }, 120_000);
});
