import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { issueExternalToken, signInUrl } from '@hansa/external-auth/issuer';
import { freePort } from '@hansa/platform';
import { describeWith, eventually } from '@hansa/testing';
import { startBrowser, type BrowserContext, type TestBrowser } from '@hansa/testing/browser';
import { ExternalIssuers } from '#external-auth';
import { Extensions } from '#secure-tokens';
import { anInstance, startBrowserHub, type TestHub } from '#test';

/** Of the browser, in the functions that run there. */
declare const document: { readonly cookie: string; readonly referrer: string };

const SERVER = fileURLToPath(new URL('../../../examples/extension-api/server.js', import.meta.url));

describeWith('chromium', 'in a real browser', (chromium) => {
  let hub: TestHub;
  let browser: TestBrowser;
  let vendor: ChildProcess;
  let intranet: Server;
  let [intranetUrl, apiOrigin, pageOrigin, strangerOrigin, shop] = ['', '', '', '', ''];

  beforeAll(async () => {
    hub = await startBrowserHub();
    shop = (await anInstance(hub.database)).id;
    intranetUrl = await startIntranet();
    const [apiPort, pagePort, strangerPort] = [await freePort(), await freePort(), await freePort()];
    [apiOrigin, pageOrigin] = [`http://127.0.0.1:${apiPort}`, `http://127.0.0.1:${pagePort}`];
    strangerOrigin = `http://127.0.0.1:${strangerPort}`;
    vendor = startVendor({
      API_PORT: `${apiPort}`,
      PAGE_PORT: `${pagePort}`,
      MARKETPLACE_URL: hub.ground.config.hubUrl,
    });
    await eventually('the example API answers', async () =>
      fetch(pageOrigin).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    const settings = {
      name: 'Notes',
      apiOrigins: [apiOrigin],
      frontendOrigins: [pageOrigin],
      frontendUrl: `${pageOrigin}/`,
      marketplaceId: null,
    };
    const extensions = hub.app.get(Extensions, { strict: false });
    await extensions.register('notes', settings, 'test');
    await extensions.install('notes', shop, true, 'test');
    browser = await startBrowser(chromium);
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    vendor.kill();
    intranet.close();
    await hub.close();
  });

  /** A page of another site with one link, which makes a token for whoever clicks it. */
  async function startIntranet(): Promise<string> {
    const issuers = hub.app.get(ExternalIssuers, { strict: false });
    const port = await freePort();
    const settings = {
      redirectUrl: `http://127.0.0.1:${port}/failed?from=hub`,
      logoutUrl: `http://127.0.0.1:${port}/bye`,
      defaultPath: '/portal',
      readerExitOrigins: [],
      maxLifeSeconds: 300,
      instanceId: shop,
    };
    const { key } = await issuers.create('intranet', settings, 'test');
    intranet = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://intranet');
      if (pathname === '/go') {
        const who = searchParams.get('who')!;
        const secret = searchParams.has('forged') ? 'f'.repeat(43) : key.secret;
        const token = issueExternalToken({
          issuer: 'intranet',
          key: secret,
          user: { uuid: who, email: `${who}@shop.example` },
        });
        response.writeHead(302, { location: signInUrl(hub.ground.config.hubUrl, token) }).end();
        return;
      }
      const who = searchParams.get('who') ?? '';
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(`<title>Intranet</title><h1>${pathname}</h1><a href="/go?who=${who}">To the portal</a>`);
    });
    await new Promise<void>((done) => intranet.listen(port, '127.0.0.1', done));
    return `http://127.0.0.1:${port}`;
  }

  function startVendor(settings: Record<string, string>): ChildProcess {
    return spawn(process.execPath, [SERVER], {
      env: { PATH: process.env['PATH'], ...settings },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  async function signIn(who: string): Promise<BrowserContext> {
    const person = await browser.newPerson();
    const page = await person.newPage();
    await page.goto(`${intranetUrl}/?who=${who}`);
    await page.getByRole('link', { name: 'To the portal' }).click();
    await page.waitForURL('**/portal');
    expect(await page.locator('#who').textContent()).toBe(`${who}@shop.example`);
    return person;
  }

  it('a page of another site signs a new person in to the portal with one click, and out again', async () => {
    const person = await signIn('ada');
    const [session] = (await person.cookies()).filter(({ name }) => name === 'hansa-session');
    expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
    const page = person.pages()[0]!;
    expect(page.url()).not.toContain('external-auth-token');
    expect(await page.evaluate(() => document.referrer)).not.toContain('external-auth-token');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(`${intranetUrl}/bye`);
    await page.goto(`${hub.ground.config.hubUrl}/portal`);
    expect(await page.textContent('main')).toContain('not signed in');
    await person.close();
  });

  it('a refused sign-in leads back to the platform with its code', async () => {
    const person = await browser.newPerson();
    const page = await person.newPage();
    await page.goto(`${intranetUrl}/go?who=eve&forged=1`);
    expect(page.url()).toBe(`${intranetUrl}/failed?from=hub&error=token_invalid`);
    expect(await person.cookies()).toEqual([]);
    await person.close();
  });

  it('the page of an extension reads and writes a third-party API with its token', async () => {
    const person = await signIn('grace');
    const page = person.pages()[0]!;
    await page.goto(`${hub.ground.config.hubUrl}/portal/extensions/notes`);
    const frame = page.frameLocator('#extension');
    await frame.getByText(`grace@shop.example of ${shop}`).waitFor();
    await frame.getByLabel('New note').fill('Buy <b>milk</b>');
    await frame.getByRole('button', { name: 'Add' }).click();
    await frame.getByRole('listitem').getByText('Buy <b>milk</b>').waitFor();
    await person.close();
    const other = await signIn('hopper');
    const second = other.pages()[0]!;
    await second.goto(`${hub.ground.config.hubUrl}/portal/extensions/notes`);
    await second.frameLocator('#extension').getByText(`hopper@shop.example of ${shop}`).waitFor();
    expect(await second.frameLocator('#extension').getByRole('listitem').count()).toBe(0);
    await other.close();
  });

  it('a page of an unlisted origin can neither read the API nor write to it, even with a token', async () => {
    const person = await signIn('mallory');
    const page = person.pages()[0]!;
    await page.goto(`${hub.ground.config.hubUrl}/portal/extensions/notes`);
    const token = await page.evaluate(tokenFromThePortal);
    expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    const headers = { 'MP-Authorization': token };
    expect((await fetch(`${apiOrigin}/notes`, { headers })).status).toBe(200);

    const stranger = createServer((_request, response) => void response.end('<title>Stranger</title>'));
    await new Promise<void>((done) => stranger.listen(Number(new URL(strangerOrigin).port), '127.0.0.1', done));
    try {
      await page.goto(strangerOrigin);
      for (const method of ['GET', 'POST']) {
        expect(await page.evaluate(callTheApi, { url: `${apiOrigin}/notes`, method, token })).toBe('TypeError');
      }
      expect(
        await page.evaluate(callTheApi, { url: `${hub.ground.config.hubUrl}/api/graphql`, method: 'POST', token }),
      ).toBe('TypeError');
    } finally {
      stranger.close();
      await person.close();
    }
    const { notes } = (await (await fetch(`${apiOrigin}/notes`, { headers })).json()) as { notes: string[] };
    expect(notes).toEqual([]);
  });

  it('the page of an extension, opened outside the portal or in another frame, gets no token', async () => {
    const person = await signIn('joan');
    const page = person.pages()[0]!;
    await page.goto(pageOrigin);
    await page.getByText('Loading').waitFor();
    expect(await page.evaluate(tokenFromThePortal).catch(() => 'none')).toBe('none');
    await person.close();
  });
});

/** Runs in the browser: what the hub's own page does to get a token. */
async function tokenFromThePortal(): Promise<string> {
  const xsrf = /XSRF-TOKEN=([^;]+)/.exec(document.cookie)?.[1] ?? '';
  const query = 'mutation { issueExtensionToken(input: { extensionId: "notes" }) { token } }';
  const headers = { 'content-type': 'application/json', 'x-xsrf-token': xsrf };
  const response = await fetch('/api/graphql', { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { data } = (await response.json()) as { data: { issueExtensionToken: { token: string } } };
  return data.issueExtensionToken.token;
}

/** Runs in the browser: a call with a token; says the status, or the name of the error. */
async function callTheApi({ url, method, token }: { url: string; method: string; token: string }): Promise<string> {
  const body = method === 'POST' ? { body: JSON.stringify({ text: 'from elsewhere' }) } : {};
  const headers = { 'MP-Authorization': token, 'content-type': 'application/json' };
  return fetch(url, { method, credentials: 'include', headers, ...body }).then(
    ({ status }) => `${status}`,
    (error: unknown) => (error as Error).name,
  );
}
