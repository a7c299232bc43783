import { describeWith, eventually } from '@hansa/testing';
import { complaintsOf, hindrancesOn, startBrowser, type Page, type TestBrowser } from '@hansa/testing/browser';
import { centralConfigForTests } from '#config';
import { License } from '#licenses';
import {
  aPaidPackage,
  aShopLink,
  anInstance,
  asShop,
  payOnPage,
  relayStripeEvents,
  startBrowserHub,
  startStripeSandbox,
  type StripeSandbox,
  type TestHub,
} from '#test';

describeWith('chromium', 'the portal page of a license that is paid for again', (chromium) => {
  let sandbox: StripeSandbox;
  let hub: TestHub;
  let browser: TestBrowser;
  beforeAll(async () => {
    sandbox = await startStripeSandbox();
    const stripe = { ...centralConfigForTests().stripe, apiBase: sandbox.url, invoices: true };
    hub = await startBrowserHub({ stripe });
    browser = await startBrowser(chromium);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await hub.close();
    await sandbox.close();
  });

  /** Buys a package for a shop, on Stripe's page. */
  async function buy(marketplaceId: string, shopId: string): Promise<void> {
    const order = {
      marketplace_id: marketplaceId,
      version: '1.0.0',
      customer_email: 'ada@shop.example',
      instance_id: shopId,
    };
    const response = await fetch(`${hub.url}/store/marketplace/checkout/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await asShop(hub)) },
      body: JSON.stringify(order),
    });
    await payOnPage(((await response.json()) as { url: string }).url);
    await relayStripeEvents(hub, sandbox);
  }
  async function aLicense() {
    const shop = await anInstance(hub.database);
    const price = { licenseKind: 'per_instance', priceMinor: 2_000, name: 'Sold by shop' } as const;
    const { marketplaceId, id: packageId } = await aPaidPackage(hub.database, price);
    await buy(marketplaceId, shop.id);
    return { shop, license: () => hub.database.dataSource.manager.findOneByOrFail(License, { packageId }) };
  }
  /** Pays on Stripe's page and comes back; the hub hears of it meanwhile. */
  async function payAndReturn(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Go to payment' }).click();
    await page.waitForURL(/\/c\/pay\//);
    await page.getByLabel('Card number').fill('4242424242424242');
    await page.getByLabel('Expires').fill('12 / 40');
    await page.getByLabel('Security code').fill('123');
    await page.getByRole('button', { name: /^Pay/ }).click();
    await page.waitForURL(/\/checkout\/return/);
    await page.getByText('your license for Sold by shop is extended').waitFor();
    await relayStripeEvents(hub, sandbox);
    await page.getByRole('link', { name: 'Your licenses' }).click();
    await page.getByRole('heading', { level: 1, name: 'Licenses' }).waitFor();
  }

  it('says when a subscription renews, leads to its card, and ends it with the paid month', async () => {
    const shop = await anInstance(hub.database);
    const { marketplaceId } = await aPaidPackage(hub.database, {
      licenseKind: 'subscription',
      billingInterval: 'month',
      priceMinor: 900,
      name: 'Sold by month',
    });
    await buy(marketplaceId, shop.id);
    const person = await browser.newPerson({ reducedMotion: 'reduce' });
    const page = await person.newPage();
    const complaints = complaintsOf(page);
    await page.goto(await aShopLink(hub, shop));
    await page.getByRole('button').first().click();
    await page.getByText(/^Renews by itself on /).waitFor();
    await page.getByRole('button', { name: 'Card and billing' }).click();
    await page.waitForURL(/\/p\/session\//);
    await page.goBack();
    await page.getByRole('button', { name: 'Cancel subscription' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel subscription' }).click();
    await page.getByText(/^Cancelled: runs until /).waitFor();
    expect(await page.getByRole('button', { name: 'Cancel subscription' }).count()).toBe(0);
    expect(await hindrancesOn(page)).toEqual([]);
    await relayStripeEvents(hub, sandbox);
    await page.reload();
    await page.getByText(/^Cancelled: runs until /).waitFor();
    await page.goto(`${hub.ground.config.hubUrl}/merchant/payments`);
    await page.getByRole('cell', { name: 'Purchase' }).waitFor();
    expect(complaints).toEqual([]);
    await person.close();
  }, 120_000);

  it('adds seats and renews, to Stripe’s page and back, and shows the invoices of it', async () => {
    const { shop, license } = await aLicense();
    const before = await license();
    const person = await browser.newPerson({ reducedMotion: 'reduce' });
    const page = await person.newPage();
    page.setDefaultTimeout(60_000);
    const complaints = complaintsOf(page);
    await page.goto(await aShopLink(hub, shop));
    await page.getByRole('button').first().click();
    await page.waitForURL((url) => !url.pathname.includes('sign-in'));
    await page.goto(`${hub.ground.config.hubUrl}/merchant/licenses`);
    await page.getByText('0 of 1 seat in use').waitFor();

    await page.getByRole('button', { name: 'Add seats' }).click();
    await page.getByLabel('How many more').fill('2');
    await page.getByText('€40.00, paid on Stripe’s page').waitFor();
    expect(await hindrancesOn(page)).toEqual([]);
    await payAndReturn(page);
    await page.getByText('0 of 3 seats in use').waitFor();

    await page.getByRole('button', { name: 'Renew' }).click();
    await page.getByText('Another year of updates for €60.00').waitFor();
    expect(await hindrancesOn(page)).toEqual([]);
    await payAndReturn(page);
    await eventually('the license runs a year longer', async () => {
      const { updatesUntil, seats } = await license();
      return seats === 3 && updatesUntil!.getUTCFullYear() === before.updatesUntil!.getUTCFullYear() + 1;
    });

    await page.goto(`${hub.ground.config.hubUrl}/merchant/invoices`);
    await page.getByRole('link', { name: /^PDF / }).nth(2).waitFor();
    expect(await hindrancesOn(page)).toEqual([]);
    expect(complaints).toEqual([]);
    const [opened] = await Promise.all([
      person.waitForEvent('page'),
      page
        .getByRole('link', { name: /^Show / })
        .first()
        .click(),
    ]);
    await opened.getByRole('heading', { name: /^Invoice / }).waitFor();
    await person.close();
  }, 180_000);
});
