import { describeWith } from '@hansa/testing';
import {
  complaintsOf,
  hindrancesOn,
  startBrowser,
  type BrowserContext,
  type Page,
  type TestBrowser,
} from '@hansa/testing/browser';
import { MerchantLinks } from '#accounts';
import { License } from '#licenses';
import { Delivery, DeliveryAttempt, OutboxService } from '#outbox';
import {
  aPublisherClient,
  aSignedPackage,
  anInstance,
  anOperatorOn,
  anOrder,
  anOwnerOf,
  doJobs,
  sendStripeEvent,
  startBrowserHub,
  type PublisherClient,
  type TestHub,
} from '#test';
import { refundEvent, sessionEvent } from './support/money.js';

describeWith('chromium', 'the screens of those who sign in', (chromium) => {
  let hub: TestHub;
  let browser: TestBrowser;
  let publisher: PublisherClient;
  let person: BrowserContext;
  let page: Page;
  let complaints: readonly string[];
  const goto = (path: string) => page.goto(hub.ground.config.hubUrl + path);
  const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name });

  beforeAll(async () => {
    hub = await startBrowserHub();
    browser = await startBrowser(chromium);
    publisher = await aPublisherClient(hub);
    // One person of a small hub: he publishes, and he reviews.
    person = await browser.newPerson();
    page = await person.newPage();
    complaints = complaintsOf(page);
    const { id } = await anOperatorOn(page, hub);
    await anOwnerOf(hub, publisher.id, id);
    await publisher.putListing('@nord/hello');
    await doJobs(hub);
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    await hub.close();
  });
  afterEach(() => expect(complaints).toEqual([]));

  it('submit a release, take changes to the conversation, and approve it', async () => {
    const { zip, signature } = await aSignedPackage(publisher.key);
    await goto('/publish/releases');
    await page.getByRole('link', { name: 'Submit a release' }).click();
    const [zipField, signatureField] = [
      page.locator('input[type=file]').first(),
      page.locator('input[type=file]').last(),
    ];
    await zipField.setInputFiles({ name: 'hello.zip', mimeType: 'application/zip', buffer: zip });
    await signatureField.setInputFiles({
      name: 'hello.zip.sig',
      mimeType: 'text/plain',
      buffer: Buffer.from(signature),
    });
    await page.getByRole('button', { name: 'Submit', exact: true }).click();
    await heading('@nord/hello 1.0.0').waitFor();
    await doJobs(hub);
    await page.getByText('In review').waitFor();

    await goto('/operate/reviews');
    await page.getByRole('link', { name: '@nord/hello 1.0.0' }).click();
    await page.getByText('This is the first release of the package.').waitFor();
    await page.getByLabel('Comment').fill('Looks fine.');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('Looks fine.').waitFor();
    expect(await hindrancesOn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Approved', { exact: true }).waitFor();
    await doJobs(hub);
    await goto('/plugins/@nord/hello');
    await page.locator('.mantine-AppShell-main').getByRole('heading', { level: 1, name: 'Hello' }).waitFor();
  }, 120_000);

  it('send a delivery again that was given up', async () => {
    const { id: instanceId } = await anInstance(hub.database, { mode: 'push', baseUrl: 'http://127.0.0.1:9' });
    await hub.database.dataSource.transaction((tx) =>
      hub.app.get(OutboxService, { strict: false }).recordEvent(tx, 'license.revoked', instanceId, {} as never),
    );
    await doJobs(hub);
    const db = hub.database.dataSource.manager;
    const { id } = await db.findOneByOrFail(Delivery, { instanceId });
    expect(await db.countBy(DeliveryAttempt, { deliveryId: id })).toBe(1);
    await db.update(Delivery, { id }, { status: 'dead', nextAttemptAt: null });
    await goto('/operate/deliveries?status=dead');
    await page.getByRole('link', { name: 'license.revoked' }).click();
    await page.getByText('Attempt 1').waitFor();
    expect(await hindrancesOn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.getByText('Pending').waitFor();
    expect(await db.findOneByOrFail(Delivery, { id })).toMatchObject({ status: 'pending', attempts: 0 });
    await hub.database.takeJobs();
  }, 120_000);

  it('see a key they made once, and never again', async () => {
    await goto('/operate/publishable-keys');
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByLabel('Name').fill('our shops');
    await page.getByRole('button', { name: 'Create' }).click();
    const shown = await page.locator('[data-secret]').innerText();
    expect(shown).toMatch(/^pk_/);
    await page.getByRole('button', { name: 'Close' }).last().click();
    await page.getByText('our shops').waitFor();
    await page.reload();
    await page.getByText('our shops').waitFor();
    expect(await page.content()).not.toContain(shown);
  }, 120_000);

  it.each(['light', 'dark'] as const)(
    'reach every page, with nothing that hinders: %s',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 800 });
        for (const path of PAGES) {
          await goto(path);
          await page.locator('main h1').waitFor();
          await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' });
          expect({ path, width, hindrances: await hindrancesOn(page) }).toEqual({ path, width, hindrances: [] });
        }
      }
      await page.setViewportSize({ width: 1280, height: 800 });
    },
    300_000,
  );

  it('merchants see what they bought, and that it was refunded', async () => {
    const shop = await anInstance(hub.database);
    const order = await anOrder(hub.database, { instanceId: shop.id });
    expect((await sendStripeEvent(hub, sessionEvent(order))).status).toBe(200);
    await doJobs(hub);
    const link = await hub.database.dataSource.transaction((tx) =>
      hub.app.get(MerchantLinks, { strict: false }).make(tx, { instanceId: shop.id }),
    );
    const merchant = await browser.newPerson();
    const tab = await merchant.newPage();
    await tab.goto(link!.url);
    await tab.getByRole('button', { name: 'Sign in' }).click();
    await tab.getByRole('heading', { level: 1, name: 'Licenses' }).waitFor();
    await tab.getByText('Paid plugin').waitFor();
    await tab.getByRole('link', { name: 'Payments' }).click();
    await tab.getByText('Paid', { exact: true }).last().waitFor();
    await sendStripeEvent(hub, refundEvent(order, 0, order.amountMinor));
    await doJobs(hub);
    await tab.reload();
    await tab.getByText('Refunded', { exact: true }).last().waitFor();
    expect(await hindrancesOn(tab)).toEqual([]);
    await tab.getByRole('link', { name: 'Shops and people' }).click();
    await tab.getByText('https://shop.example').waitFor();
    expect(await hindrancesOn(tab)).toEqual([]);
    await merchant.close();
  }, 120_000);

  it('merchants move a license, and take that back after a reload too', async () => {
    const from = await anInstance(hub.database, { baseUrl: 'https://old.example' });
    const to = await anInstance(hub.database, { baseUrl: 'https://new.example' });
    const order = await anOrder(hub.database, { instanceId: from.id, customerEmail: 'mover@shop.example' });
    expect((await sendStripeEvent(hub, sessionEvent(order))).status).toBe(200);
    await doJobs(hub);
    const merchant = await browser.newPerson();
    const tab = await merchant.newPage();
    for (const subject of [{ email: 'mover@shop.example' }, { instanceId: from.id }, { instanceId: to.id }]) {
      const link = await hub.database.dataSource.transaction((tx) =>
        hub.app.get(MerchantLinks, { strict: false }).make(tx, subject),
      );
      await tab.goto(link!.url);
      await tab.getByRole('button').first().click();
      await tab.getByRole('heading', { level: 1, name: 'Licenses' }).waitFor();
    }
    await tab.getByRole('button', { name: 'Move' }).click();
    const dialog = tab.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Move' }).isDisabled()).toBe(true);
    await dialog.getByLabel('To this shop').selectOption('https://new.example');
    await dialog.getByRole('button', { name: 'Move' }).click();
    const undo = tab.getByRole('button', { name: 'Undo the move' });
    await undo.waitFor();
    await tab.reload();
    await undo.waitFor();
    expect(await hindrancesOn(tab)).toEqual([]);
    await undo.click();
    await undo.waitFor({ state: 'hidden' });
    const { instanceId } = await hub.database.dataSource.manager.findOneByOrFail(License, { orderId: order.id });
    expect(instanceId).toBe(from.id);
    await doJobs(hub);
    await merchant.close();
  }, 120_000);
});

const PAGES = [
  '/publish/overview',
  '/publish/packages',
  '/publish/packages/@nord/hello',
  '/publish/releases',
  '/publish/upload',
  '/publish/keys',
  '/publish/tokens',
  '/publish/team',
  '/settings',
  '/operate/overview',
  '/operate/reviews',
  '/operate/packages',
  '/operate/packages/@nord/hello',
  '/operate/advisories',
  '/operate/publishers',
  '/operate/instances',
  '/operate/deliveries',
  '/operate/jobs',
  '/operate/mails',
  '/operate/audit',
  '/operate/market-clients',
  '/operate/market-products',
  '/operate/extensions',
  '/operate/composer-sources',
  '/operate/publishable-keys',
  '/operate/management-tokens',
  '/operate/issuers',
  '/operate/keys',
];
