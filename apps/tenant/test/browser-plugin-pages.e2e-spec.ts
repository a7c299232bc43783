import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeWith } from '@hansa/testing';
import { startBrowser, type BrowserContext, type Page, type TestBrowser } from '@hansa/testing/browser';
import { ADMIN, aRelease, FakeHub, startTenant, type TestTenant } from '#test';

/** Pages as publishers write them, and one that tries to send what it knows elsewhere. */
const PAGES = `
const html = (body) => ({ html: '<!doctype html><meta charset="utf-8"><title>Invoices</title>' + body });
export function register({ medusa }) {
  medusa.menu.add({ label: 'Invoices', path: '/' });
  medusa.routes.get('/', ({ query }) => html('<h1>All invoices</h1><p>Found ' + (query.q ?? 'all') +
    '</p><a href="invoices/R-1">R-1</a><form action="/plugins/hello/"><input name="q" aria-label="Find"><button>Find</button></form>'));
  medusa.routes.get('/invoices/:number', ({ params }) => html('<h1>Invoice ' + params.number + '</h1><a href="../">Back</a>'));
  medusa.routes.get('/leak', ({ query }) => html('<h1>Leak</h1><img src="' + query.to + '/image"><script>' +
    'fetch("' + query.to + '/fetch", { mode: "no-cors" }).catch(() => undefined).then(() => document.title = "tried")</script>'));
}`;

describeWith('chromium', 'the pages of a plugin', (chromium) => {
  let hub: FakeHub;
  let tenant: TestTenant;
  let browser: TestBrowser;
  let person: BrowserContext;
  let page: Page;
  /** Another site; the shop is at another name of this machine, so that the browser takes the two for strangers. */
  let stranger: Server;
  let elsewhere: string;
  const heard: string[] = [];

  beforeAll(async () => {
    browser = await startBrowser(chromium);
    stranger = createServer(({ url = '' }, response) => {
      heard.push(url);
      response.setHeader('content-type', 'text/html');
      const to = new URL(url, 'http://any.invalid').searchParams.get('to') ?? '';
      response.end(`<a href="${to}">A link</a><iframe src="${to}"></iframe>`);
    });
    await new Promise<void>((done) => stranger.listen(0, '127.0.0.1', done));
    elsewhere = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
    hub = await new FakeHub().start();
    hub.releases.push(await aRelease({ code: PAGES }));
    tenant = await startTenant({ hub });
    const { body } = await tenant.admin('POST', '/admin/plugins/install', { marketplace_id: '@acme/hello' });
    await tenant.ended(body.job.id);
  }, 120_000);
  afterAll(async () => {
    await tenant.stop();
    await hub.stop();
    await new Promise((done) => stranger.close(done));
    await browser.close();
  });
  beforeEach(async () => {
    person = await browser.newPerson();
    await person.request.post(`${shop()}/auth/session`, { data: ADMIN });
    page = await person.newPage();
    page.setDefaultTimeout(30_000);
  });
  afterEach(() => person.close());

  const shop = () => tenant.url.replace('127.0.0.1', 'localhost');
  const heading = (name: string, on = page) => on.getByRole('heading', { name }).waitFor();
  const linked = (path: string) => `${elsewhere}/?to=${encodeURIComponent(shop() + path)}`;

  it('open from the plugin in a tab of their own, and lead on to each other', async () => {
    await page.goto(`${shop()}/marketplace/installed/hello`);
    const opening = person.waitForEvent('page');
    await page.getByRole('link', { name: 'Invoices' }).click();
    const tab = await opening;
    await heading('All invoices', tab);
    await tab.getByRole('link', { name: 'R-1' }).click();
    await heading('Invoice R-1', tab);
    await tab.reload();
    await heading('Invoice R-1', tab);
    await tab.getByRole('link', { name: 'Back' }).click();
    await tab.getByLabel('Find').fill('R-2');
    await tab.getByRole('button', { name: 'Find' }).click();
    await tab.getByText('Found R-2').waitFor();
    await tab.goBack();
    await tab.getByText('Found all').waitFor();
  });

  it('open from an address that was typed, from another site, and from a new tab there', async () => {
    await page.goto(`${shop()}/plugins/hello/invoices/R-1`);
    await heading('Invoice R-1');
    await page.goto(linked('/plugins/hello/invoices/R-2'));
    const link = page.getByRole('link', { name: 'A link' });
    const opening = person.waitForEvent('page');
    await link.click({ modifiers: ['Control'] });
    await heading('Invoice R-2', await opening);
    await link.click();
    await heading('Invoice R-2');
  });

  it('ask who is not signed in to do so, and open then', async () => {
    await person.clearCookies();
    await page.goto(linked('/plugins/hello/?q=R-7'));
    await page.getByRole('link', { name: 'A link' }).click();
    await page.getByLabel('E-mail').fill(ADMIN.email);
    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Found R-7').waitFor();
  });

  it('are not shown in the frame of another site', async () => {
    await page.goto(linked('/plugins/hello/'));
    await page.waitForLoadState('networkidle');
    const bodies = await Promise.all(page.frames().map((frame) => frame.content()));
    expect(bodies.filter((body) => body.includes('All invoices'))).toEqual([]);
  });

  it('send nothing to other sites', async () => {
    await page.goto(`${shop()}/plugins/hello/leak?to=${encodeURIComponent(elsewhere)}`);
    await page.waitForFunction('document.title === "tried"');
    await page.waitForLoadState('networkidle');
    expect(heard.filter((url) => /image|fetch/.test(url))).toEqual([]);
  });

  it.each([
    ['a script', { accept: 'application/json' }],
    ['a frame', { accept: 'text/html', 'sec-fetch-dest': 'iframe' }],
    ['a bearer token that is none', { accept: 'text/html', authorization: 'Bearer x' }],
  ])('refuse %s without credentials plainly', async (_, headers: Record<string, string>) => {
    const answer = await fetch(`${tenant.url}/plugins/hello/`, { headers, redirect: 'manual' });
    const { code } = (await answer.json()) as { code: string };
    expect([answer.status, code]).toEqual([401, 'CREDENTIALS_REQUIRED']);
  });
});
