import { inTransaction } from '@hansa/platform';
import { describeWith } from '@hansa/testing';
import { startBrowser, type BrowserContext, type TestBrowser } from '@hansa/testing/browser';
import { MerchantLinks } from '#accounts';
import { centralConfigForTests } from '#config';
import type { MarketClient } from '#market';
import {
  aMarketClient,
  aMarketProduct,
  anAsk,
  callMarket,
  exchange,
  relayStripeEvents,
  SERVER_ORIGIN,
  startBrowserHub,
  startStripeSandbox,
  WIZARD,
  type StripeSandbox,
  type TestHub,
} from '#test';
import { License } from '#licenses';

const EMAIL = 'buyer@shop.example';

describeWith('chromium', 'buying from cPanel in a real browser', (chromium) => {
  let sandbox: StripeSandbox;
  let hub: TestHub;
  let browser: TestBrowser;
  let client: MarketClient;
  let product: string;

  beforeAll(async () => {
    sandbox = await startStripeSandbox();
    hub = await startBrowserHub({ stripe: { ...centralConfigForTests().stripe, apiBase: sandbox.url } });
    browser = await startBrowser(chromium);
    client = await aMarketClient(hub);
    product = (await aMarketProduct(hub)).id;
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await hub.close();
    await sandbox.close();
  });

  /** cPanel's own pages, which are not here: whatever address they are asked at, they are a page. */
  const withServer = async (person: BrowserContext) =>
    person.route(`${SERVER_ORIGIN}/**`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<h1>cPanel</h1>' }),
    );

  it.each([
    ['light', false, 1_280],
    ['dark', true, 360],
  ] as const)(
    'signs in, consents, pays and comes back: %s, scripts %s, %i px',
    async (colorScheme, scripts, width) => {
      const person = await browser.newPerson({
        colorScheme,
        javaScriptEnabled: scripts,
        viewport: { width, height: 700 },
      });
      await withServer(person);
      const page = await person.newPage();
      const fits = async () => {
        const box = await page.locator('main').boundingBox();
        expect(box!.x >= 0 && box!.x + box!.width <= width).toBe(true);
      };
      const { hubUrl } = hub.ground.config;
      const ask = anAsk(client);
      await page.goto(`${hubUrl}/market/authorize?${new URLSearchParams(ask.query).toString()}`);
      await fits();
      await page.fill('input[name=email]', EMAIL);
      await page.click('button');
      expect(await page.textContent('h1')).toBe('Look into your mail');

      // The letter's link, opened in the same browser.
      const links = hub.app.get(MerchantLinks, { strict: false });
      const link = await inTransaction(hub.database.dataSource, (tx) => links.make(tx, { email: EMAIL }));
      await page.goto(link!.url);
      await page.click('button');
      expect(await page.textContent('main')).toContain(EMAIL);
      expect(await page.textContent('h1')).toBe('Let this server shop for you?');
      await fits();
      await page.click('button[value=allow]');
      await page.waitForURL(/code=/);
      const [before, fragment] = page.url().split('#');
      expect(fragment).toBe(WIZARD.split('#')[1]);
      const code = new URL(before!).searchParams.get('code')!;
      expect(before).toBe(`${WIZARD.split('#')[0]!}?code=${code}`);

      const { body } = await exchange(hub, code, ask);
      const { json } = await callMarket(hub, 'POST', '/orders', {
        body: { items: [{ product_id: product }], url_after_checkout: WIZARD },
        headers: { authorization: `Bearer ${body.access_token!}` },
      });
      await page.goto(`${hubUrl}/market/checkout/${json.order_id!}`);
      expect(page.url()).toContain('/c/pay/');
      await page.fill('input[name=card_number]', '4242424242424242');
      await page.fill('input[name=card_expiry]', '12/40');
      await page.fill('input[name=card_cvc]', '123');
      await page.locator('button[type=submit], form button').first().click();
      await page.waitForURL(/order_status=success/);
      expect(page.url()).toBe(WIZARD.replace('#', `?order_id=${json.order_id!}&order_status=success#`));
      await relayStripeEvents(hub, sandbox);
      expect(await hub.database.dataSource.manager.countBy(License, { customerEmail: EMAIL })).toBeGreaterThan(0);
      await person.close();
    },
    120_000,
  );
});
