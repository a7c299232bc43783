import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { FeedResponse, ProductResponse } from '@hansa/contracts';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { CatalogIndex } from '#catalog';
import { PublishableKeys } from '#tokens';
import {
  aPackage,
  aPublishedPackage,
  aRelease,
  askBytes,
  eventually,
  startTestHub,
  type Answer,
  type AskOptions,
  type TestHub,
} from '#test';

const FEED = '/store/marketplace/feed';
const UPDATES = '/store/marketplace/updates';

let hub: TestHub;
let key: string;
beforeEach(async () => {
  hub = await startTestHub();
  ({ key } = await hub.app.get(PublishableKeys).issue('test', 'ops'));
});
afterEach(() => hub.close());

const ask = (path: string, headers: Record<string, string> = {}, options: AskOptions & { on?: TestHub } = {}) =>
  askBytes(options.on ?? hub, path, { 'x-publishable-api-key': key, ...headers }, options);

/** Asks twice: the first answer is made by the controller, the second comes finished from memory. */
async function askTwice(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const first = await ask(path, headers, { method });
  const second = await ask(path, headers, { method });
  const comparable = ({
    status,
    headers: { date: _d, 'x-request-id': _r, 'ratelimit-remaining': _l, ...rest },
    body,
  }: Answer) => ({
    status,
    rest,
    body: body.toString('base64'),
  });
  expect(comparable(second)).toEqual(comparable(first));
  return second;
}

const refresh = (on: TestHub = hub) => on.app.get(CatalogIndex).refresh();
const versionsOf = ({ products }: FeedResponse) => products.map(({ name, version }) => `${name} ${version}`);

describe('the feed', () => {
  it('answers with the documented keys exactly and the additive ones', async () => {
    const made = await aPublishedPackage(hub.database, { name: 'SEO', licenseKind: 'one_time', priceMinor: 4990 });
    await refresh();
    const answer = (await askTwice(FEED)).json();
    expect(Object.keys(answer)).toEqual(['products', 'count', 'limit', 'offset']);
    expect(answer).toMatchObject({ count: 1, limit: 20, offset: 0 });
    expect(answer.products[0]).toEqual({
      id: made.package.id,
      marketplace_id: made.package.marketplaceId,
      name: 'SEO',
      type: 'admin-extension',
      version: '1.0.0',
      price_eur: 49.9,
      manifest: made.release.manifest,
      download_url: `/store/marketplace/download/${made.package.marketplaceId}/1.0.0`,
      sha256: made.release.sha256,
      published_at: '2029-12-01T00:00:00.000Z',
      summary: 'Does one thing.',
      publisher: { name: 'Acme', verified: true },
      license_kind: 'one_time',
      icon_url: null,
      categories: [],
      downloads: 0,
      size_bytes: 1_000,
      carphacom_min_version: '1.0.0',
      signature: { publisher: 'signature', key: { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' } },
    });
    expect(validateSync(plainToInstance(FeedResponse, answer))).toEqual([]);
  });

  it('shows how often a subscription is paid, and the days of a trial, where there are any', async () => {
    const monthly = { licenseKind: 'subscription', billingInterval: 'month', priceMinor: 900 } as const;
    const { package: tried } = await aPublishedPackage(hub.database, { name: 'Tried', ...monthly, trialDays: 14 });
    await aPublishedPackage(hub.database, { name: 'Bought', ...monthly });
    await refresh();
    const answer = (await askTwice(`${FEED}?sort=name`)).json();
    expect(answer.products.map((product: object) => ('trial_days' in product ? product.trial_days : 'none'))).toEqual([
      'none',
      14,
    ]);
    expect(validateSync(plainToInstance(FeedResponse, answer))).toEqual([]);
    expect((await ask(`${FEED}/${tried.marketplaceId}`)).json().product).toMatchObject({
      billing_interval: 'month',
      trial_days: 14,
    });
  });

  it('shows nothing that is not published, and nothing that was yanked', async () => {
    const made = await aPackage(hub.database, { name: 'Hidden' });
    for (const [i, status] of (['submitted', 'in_review', 'approved', 'rejected', 'yanked'] as const).entries()) {
      await aRelease(hub.database, made, { version: `1.0.${i}`, status });
    }
    await refresh();
    expect((await ask(FEED)).json()).toMatchObject({ products: [], count: 0 });
    expect((await ask(`${FEED}/${made.marketplaceId}`)).status).toBe(404);
  });

  it('finds words and their beginnings, the name before the text', async () => {
    await aPublishedPackage(hub.database, { name: 'Invoices', summary: 'Exports orders.' });
    await aPublishedPackage(hub.database, { name: 'Orders', summary: 'Lists them.' });
    await aPublishedPackage(hub.database, { name: 'Banner', summary: 'Shows one.' });
    await refresh();
    expect(versionsOf((await askTwice(`${FEED}?search=order`)).json())).toEqual(['Orders 1.0.0', 'Invoices 1.0.0']);
    expect((await ask(`${FEED}?search=export+ord`)).json()).toMatchObject({ count: 1 });
    expect((await ask(`${FEED}?search=${encodeURIComponent("!!! & | ' :* <->")}`)).json()).toMatchObject({ count: 0 });
  });

  it('filters by type, category and price', async () => {
    await aPublishedPackage(hub.database, { name: 'Free', type: 'payment', categories: ['tax'] });
    await aPublishedPackage(hub.database, {
      name: 'Paid',
      type: 'marketing',
      licenseKind: 'one_time',
      priceMinor: 100,
    });
    await refresh();
    for (const filter of ['type=payment', 'category=tax', 'price=free']) {
      expect(versionsOf((await ask(`${FEED}?${filter}`)).json())).toEqual(['Free 1.0.0']);
    }
    expect(versionsOf((await ask(`${FEED}?price=paid`)).json())).toEqual(['Paid 1.0.0']);
  });

  it('sorts by each order it offers', async () => {
    const day = (n: number) => new Date(Date.UTC(2029, 0, n));
    await aPublishedPackage(hub.database, { name: 'b', downloads: 3 }, { publishedAt: day(3) });
    const old = await aPublishedPackage(hub.database, { name: 'a', downloads: 1 }, { publishedAt: day(1) });
    await aPublishedPackage(hub.database, { name: 'c', downloads: 2 }, { publishedAt: day(2) });
    await aRelease(hub.database, old.package, { version: '1.1.0', publishedAt: day(9) });
    await refresh();
    const names = async (sort: string) =>
      (await ask(`${FEED}?sort=${sort}`))
        .json()
        .products.map(({ name }: { name: string }) => name)
        .join('');
    expect(await names('name')).toBe('abc');
    expect(await names('newest')).toBe('bca');
    expect(await names('updated')).toBe('abc');
    expect(await names('popular')).toBe('bca');
  });

  it('pages by page and per_page, or by limit and offset, the former winning', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await aPublishedPackage(hub.database, { name });
    await refresh();
    const read = async (query: string) => (await ask(`${FEED}?sort=name&${query}`)).json();
    expect(await read('page=2&per_page=2')).toMatchObject({
      count: 5,
      limit: 2,
      offset: 2,
      products: [{ name: 'c' }, { name: 'd' }],
    });
    expect(await read('limit=1&offset=4')).toMatchObject({ count: 5, limit: 1, offset: 4, products: [{ name: 'e' }] });
    expect(await read('page=1&per_page=1&limit=3&offset=3')).toMatchObject({ limit: 1, offset: 0 });
    expect(await read('page=9')).toMatchObject({ count: 5, products: [] });
  });

  it('shows a shop the highest version it can run and hides what it cannot', async () => {
    const made = await aPublishedPackage(hub.database, { name: 'Old' }, { version: '1.9.0', maxPlatform: '2.9.0' });
    await aRelease(hub.database, made.package, { version: '1.10.0', minPlatform: '2.10.0' });
    await aPublishedPackage(hub.database, { name: 'New' }, { minPlatform: '3.0.0' });
    await refresh();
    const on = async (platform: string) =>
      versionsOf((await ask(`${FEED}?sort=name&platform_version=${platform}`)).json());
    expect(await on('2.9.0')).toEqual(['Old 1.9.0']);
    expect(await on('2.10.0')).toEqual(['Old 1.10.0']);
    expect(await on('3.0.0')).toEqual(['New 1.0.0', 'Old 1.10.0']);
    expect(await on('0.1.0')).toEqual([]);
  });

  it('shows pre-releases on request only', async () => {
    const made = await aPublishedPackage(hub.database, { name: 'P' });
    await aRelease(hub.database, made.package, { version: '2.0.0-rc.1' });
    await aRelease(hub.database, made.package, { version: '2.0.0-alpha.1' });
    await aPublishedPackage(hub.database, { name: 'Q' }, { version: '0.1.0-alpha.1' });
    await refresh();
    expect(versionsOf((await ask(FEED)).json())).toEqual(['P 1.0.0']);
    expect(versionsOf((await ask(`${FEED}?channel=beta&sort=name`)).json())).toEqual(['P 2.0.0-rc.1']);
    expect(versionsOf((await ask(`${FEED}?channel=alpha&sort=name`)).json())).toEqual([
      'P 2.0.0-rc.1',
      'Q 0.1.0-alpha.1',
    ]);
  });
});

describe('a finished answer', () => {
  beforeEach(async () => {
    for (let i = 0; i < 5; i += 1) await aPublishedPackage(hub.database, { name: `n${i}` });
    await refresh();
  });

  it('comes as brotli, gzip or as it is, each with its own strong tag', async () => {
    const plain = await askTwice(FEED);
    const br = await askTwice(FEED, { 'accept-encoding': 'gzip, deflate, br' });
    const zipped = await askTwice(FEED, { 'accept-encoding': 'gzip' });
    expect(plain.headers).not.toHaveProperty('content-encoding');
    expect(br.headers).toMatchObject({ 'content-encoding': 'br', vary: 'accept-encoding' });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(brotliDecompressSync(br.body)).toEqual(plain.body);
    expect(gunzipSync(zipped.body)).toEqual(plain.body);
    expect(new Set([plain, br, zipped].map(({ headers }) => headers.etag)).size).toBe(3);
    for (const { headers } of [plain, br, zipped]) expect(headers.etag).toMatch(/^"[\w-]+"$/);
  });

  it('is 304 without a body to whoever holds it', async () => {
    const { headers } = await askTwice(FEED);
    const held = await askTwice(FEED, { 'if-none-match': `"other", W/${headers.etag!}` });
    expect(held).toMatchObject({ status: 304, body: Buffer.alloc(0) });
    expect(held.headers).toMatchObject({ etag: headers.etag, 'cache-control': 'private, no-cache' });
    expect((await ask(FEED, { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('answers HEAD with the same headers and no body', async () => {
    const get = await askTwice(FEED);
    const head = await askTwice(FEED, {}, 'HEAD');
    expect(head.body).toHaveLength(0);
    expect(head.headers).toMatchObject({ etag: get.headers.etag, 'content-length': get.headers['content-length'] });
  });

  it('changes, tag and all, as soon as the catalog does', async () => {
    const before = await askTwice(FEED);
    await aPublishedPackage(hub.database, { name: 'another' });
    await refresh();
    const after = await askTwice(FEED, { 'if-none-match': before.headers.etag! });
    expect(after.status).toBe(200);
    expect(after.json()).toMatchObject({ count: 6 });
    expect(after.headers.etag).not.toBe(before.headers.etag);
  });

  it('is refused without a live key, also when it lies ready', async () => {
    await askTwice(FEED);
    const missing = await ask(FEED, { 'x-publishable-api-key': '' });
    const unknown = await ask(FEED, { 'x-publishable-api-key': 'pk_wrong' });
    expect(missing).toMatchObject({ status: 401 });
    expect(unknown.json()).toMatchObject({
      type: 'unauthorized',
      code: 'PUBLISHABLE_KEY_REFUSED',
      request_id: expect.any(String),
    });
    await hub.app.get(PublishableKeys).revoke((await hub.app.get(PublishableKeys).list())[0]!.id, 'ops');
    expect((await ask(FEED)).status).toBe(401);
  });
});

describe('the rate limit', () => {
  it('refuses with the seconds to wait, whether the answer lies ready or not', async () => {
    const limited = await startTestHub({
      config: { rates: { anonymous: 1_000, key: 3, license: 10 } },
      on: hub.database,
    });
    const answers = [];
    for (let i = 0; i < 5; i += 1) answers.push(await ask(FEED, {}, { on: limited }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
    expect(answers.map(({ headers }) => headers['ratelimit-remaining'])).toEqual(['2', '1', '0', '0', '0']);
    expect(answers[3]!.headers).toMatchObject({ 'ratelimit-limit': '3', 'ratelimit-reset': '60', 'retry-after': '60' });
    expect(answers[3]!.json()).toMatchObject({ type: 'rate_limited', code: 'RATE_LIMITED' });
    await limited.close();
  });
});

describe('a product page', () => {
  it('shows description and versions, newest first, by either spelling of the id', async () => {
    const made = await aPublishedPackage(hub.database, {
      description: '# All of it',
      screenshots: ['https://x.example/1.png', 'https://x.example/2.png'],
      screenshotPictures: [`${'a'.repeat(64)}.png`],
    });
    await aRelease(hub.database, made.package, { version: '2.0.0', changelog: 'Rewritten.', security: true });
    await aRelease(hub.database, made.package, { version: '1.1.0', status: 'yanked' });
    await aRelease(hub.database, made.package, { version: '3.0.0', status: 'approved' });
    await refresh();
    const raw = await askTwice(`${FEED}/${made.package.marketplaceId}`);
    const encoded = await askTwice(`${FEED}/${encodeURIComponent(made.package.marketplaceId)}`);
    expect(encoded.body).toEqual(raw.body);
    const { product } = raw.json();
    expect(product).toMatchObject({
      version: '2.0.0',
      description: '# All of it',
      screenshots: [`${hub.ground.config.hubUrl}/pictures/${'a'.repeat(64)}.png`],
    });
    expect(product.versions).toMatchObject([
      {
        version: '2.0.0',
        yanked: false,
        security: true,
        breaking: true,
        changelog: 'Rewritten.',
        carphacom_max_version: null,
      },
      { version: '1.1.0', yanked: true, security: false, breaking: false },
      { version: '1.0.0', yanked: false, breaking: false, published_at: '2029-12-01T00:00:00.000Z' },
    ]);
    expect(validateSync(plainToInstance(ProductResponse, raw.json()))).toEqual([]);
  });
});

describe('updates', () => {
  const asked = async (versions: object, more = '') =>
    (await ask(`${UPDATES}?versions=${encodeURIComponent(JSON.stringify(versions))}${more}`)).json().updates;

  it('names what is newer and can run there, and says what kind of step it is', async () => {
    const made = await aPublishedPackage(hub.database, { marketplaceId: '@acme/one' });
    await aRelease(hub.database, made.package, { version: '1.1.0', security: true });
    const latest = await aRelease(hub.database, made.package, { version: '1.2.0', rolloutPercent: 25 });
    await aRelease(hub.database, made.package, { version: '2.0.0', minPlatform: '5.0.0' });
    await aRelease(hub.database, made.package, { version: '9.0.0-rc.1' });
    await aPublishedPackage(hub.database, { marketplaceId: '@acme/two' });
    await refresh();
    const installed = { '@acme/one': '1.0.0', '@acme/two': '1.0.0', '@acme/unknown': '1.0.0' };
    expect(await asked(installed, '&platform_version=4.0.0')).toEqual([
      {
        marketplace_id: '@acme/one',
        current: '1.0.0',
        latest: '1.2.0',
        changelog_url: 'http://localhost:4000/store/marketplace/feed/@acme/one',
        breaking: false,
        security: true,
        auto_update: true,
        sha256: latest.sha256,
        rollout: { percent: 25, seed: latest.id },
      },
    ]);
    expect(await asked(installed)).toMatchObject([{ latest: '2.0.0', breaking: true, auto_update: false }]);
    expect(await asked(installed, '&channel=beta')).toMatchObject([{ latest: '9.0.0-rc.1' }]);
    expect(await asked({ '@acme/one': '1.1.0' }, '&platform_version=4.0.0')).toMatchObject([{ security: false }]);
    expect(await asked({ '@acme/one': '3.0.0' })).toEqual([]);
  });

  it('reads the JSON raw, percent-encoded or posted', async () => {
    await aPublishedPackage(hub.database, { marketplaceId: '@acme/one' }, { version: '1.1.0' });
    await refresh();
    const json = '{"@acme/one":"1.0.0"}';
    const post = { method: 'POST', body: `{"versions":${json}}` };
    const answers = [
      await ask(`${UPDATES}?versions=${json}`),
      await ask(`${UPDATES}?versions=${encodeURIComponent(json)}`),
      await ask(UPDATES, { 'content-type': 'application/json' }, post),
      await ask(`${UPDATES}?versions=${json.replace(':', ':+')}`),
    ];
    for (const answer of answers) expect(answer.json()).toMatchObject({ updates: [{ latest: '1.1.0' }] });
  });

  it('reads the + of build metadata as itself, raw or encoded', async () => {
    await aPublishedPackage(hub.database, { marketplaceId: '@acme/one' }, { version: '1.1.0' });
    await refresh();
    for (const version of ['1.0.0+build.1', '1.0.0%2Bbuild.1']) {
      const answer = await ask(`${UPDATES}?versions={"@acme/one":"${version}"}`);
      expect(answer.json()).toMatchObject({ updates: [{ current: '1.0.0+build.1', latest: '1.1.0' }] });
    }
  });

  it('change as soon as the catalog does', async () => {
    const made = await aPublishedPackage(hub.database, { marketplaceId: '@acme/one' });
    await refresh();
    expect(await asked({ '@acme/one': '1.0.0' })).toEqual([]);
    await aRelease(hub.database, made.package, { version: '1.1.0' });
    await refresh();
    expect(await asked({ '@acme/one': '1.0.0' })).toMatchObject([{ latest: '1.1.0' }]);
  });

  it('leaves out a release that was yanked', async () => {
    const made = await aPublishedPackage(hub.database, { marketplaceId: '@acme/one' });
    await aRelease(hub.database, made.package, { version: '1.1.0', status: 'yanked' });
    await refresh();
    expect(await asked({ '@acme/one': '1.0.0' })).toEqual([]);
  });

  it('needs a key and counts', async () => {
    expect((await ask(`${UPDATES}?versions={}`, { 'x-publishable-api-key': 'pk_no' })).status).toBe(401);
    expect((await ask(`${UPDATES}?versions={}`)).headers).toHaveProperty('ratelimit-remaining');
  });
});

describe('two hubs on one database', () => {
  it('show what is published through the other within a second', async () => {
    const other = await startTestHub({ on: hub.database });
    await ask(FEED, {}, { on: other });
    await aPublishedPackage(hub.database, { name: 'Fresh' });
    await eventually(
      'the other hub shows the package',
      async () => (await ask(FEED, {}, { on: other })).json().count === 1,
      1_000,
    );
    await other.close();
  });
});
