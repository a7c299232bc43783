import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { handlersOf } from '@hansa/platform';
import { sha256Hex } from '@hansa/trust';
import { CatalogIndex, type Package, type Release } from '#catalog';
import { DownloadTally } from '../src/downloads/download-tally.js';
import { LicensesService } from '#licenses';
import { KeyRing } from '#signing';
import { ArtifactStore } from '#storage';
import {
  aPaidPackage,
  anInstance,
  aPublishedPackage,
  aRelease,
  askBytes,
  asShop,
  fixedClock,
  startTestHub,
  type FixedClock,
  type TestHub,
} from '#test';

const BYTES = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
const SHA256 = sha256Hex(BYTES);
const DOWNLOAD = '/store/marketplace/download';

let hub: TestHub;
let dataDir: string;
let clock: FixedClock;
let shop: { 'x-publishable-api-key': string };
let free: { package: Package; release: Release };
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hansa-downloads-'));
  clock = fixedClock('2030-01-01T00:00:00Z');
  hub = await startTestHub({ clock, config: { dataDir } });
  shop = await asShop(hub);
  await hub.app.get(ArtifactStore, { strict: false }).put(Readable.from([BYTES]), 1_000_000);
  free = await aPublishedPackage(hub.database, {}, { sha256: SHA256, sizeBytes: BYTES.length });
});
afterEach(async () => {
  await hub.close();
  await rm(dataDir, { recursive: true, force: true });
});

const open = (id: string, version: string, headers: Record<string, string> = {}) =>
  askBytes(hub, `${DOWNLOAD}/${id}/${version}`, { ...shop, ...headers });
/** Path and query of a fresh signed URL. */
const address = async () => {
  const { url } = (await open(free.package.marketplaceId, '1.0.0')).json();
  const { pathname, search } = new URL(url);
  return pathname + search;
};

describe('asking for a free release', () => {
  it('names its bytes for 15 minutes, by either spelling of the id or as latest', async () => {
    const { marketplaceId } = free.package;
    const answer = await open(marketplaceId, '1.0.0');
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({
      url: expect.stringContaining(`/artifacts/sha256/${SHA256}?`),
      expires_at: '2030-01-01T00:15:00.000Z',
      sha256: SHA256,
      size_bytes: BYTES.length,
      version: '1.0.0',
      tuf_target: `${marketplaceId}/1.0.0.zip`,
      signature: { publisher: 'signature', key: expect.objectContaining({ kty: 'OKP' }) },
    });
    expect((await open(encodeURIComponent(marketplaceId), '1.0.0')).json()).toEqual(answer.json());
    expect((await open(marketplaceId, 'latest')).json()).toEqual(answer.json());
  });

  it('is 404 for what shops never saw and 410 for what was yanked', async () => {
    const id = free.package.marketplaceId;
    await aRelease(hub.database, free.package, { version: '1.1.0', status: 'approved' });
    await aRelease(hub.database, free.package, { version: '1.2.0', status: 'yanked' });
    expect((await open(id, '%00')).status).toBe(400);
    for (const version of ['9.9.9', '1.1.0', 'newest', `1.0.0-${'a'.repeat(1_000)}`]) {
      expect((await open(id, version)).json()).toMatchObject({ type: 'not_found', code: 'RELEASE_NOT_FOUND' });
    }
    expect((await open('@acme/unknown', 'latest')).status).toBe(404);
    const yanked = await open(id, '1.2.0');
    expect(yanked.status).toBe(410);
    expect(yanked.json()).toMatchObject({ type: 'gone', code: 'RELEASE_YANKED' });
  });

  it('needs a publishable key', async () => {
    expect((await askBytes(hub, `${DOWNLOAD}/${free.package.marketplaceId}/1.0.0`)).status).toBe(401);
  });

  it('is counted, in the feed after the hourly roll-up, once', async () => {
    for (let i = 0; i < 3; i += 1) await open(free.package.marketplaceId, '1.0.0');
    const rollUp = handlersOf(hub.app)['roll-up-downloads'] as (payload: object) => Promise<void>;
    const downloads = async () => {
      await rollUp({});
      await hub.app.get(CatalogIndex, { strict: false }).refresh();
      return (await askBytes(hub, '/store/marketplace/feed', shop)).json().products[0].downloads;
    };
    await hub.app.get(DownloadTally, { strict: false }).flush();
    expect(await downloads()).toBe(3);
    expect(await downloads()).toBe(3);
  });
});

describe('asking for a paid release', () => {
  it('needs a license that covers it', async () => {
    const paid = await aPaidPackage(hub.database, {}, { sha256: SHA256, sizeBytes: BYTES.length });
    const other = await aPaidPackage(hub.database);
    const instance = await anInstance(hub.database);
    const { licenseKey: key } = await hub.database.dataSource.transaction((tx) =>
      hub.app.get(LicensesService, { strict: false }).issue(tx, {
        orderId: null,
        packageId: paid.id,
        kind: 'one_time',
        billingInterval: null,
        customerEmail: 'merchant@shop.example',
        instanceId: instance.id,
        actor: 'test',
      }),
    );
    const held = { 'x-license-key': key, 'x-instance-id': instance.id };

    const without = await open(paid.marketplaceId, '1.0.0');
    expect(without.status).toBe(402);
    expect(without.json()).toMatchObject({ type: 'payment_required', code: 'LICENSE_REQUIRED' });
    expect((await open(paid.marketplaceId, '1.0.0', { 'x-license-key': key })).status).toBe(402);
    const wrong = await open(paid.marketplaceId, '1.0.0', { ...held, 'x-license-key': 'CC-AAAA-AAAA-AAAA' });
    expect(wrong.status).toBe(403);
    expect(wrong.json()).toMatchObject({ type: 'forbidden', code: 'NOT_FOUND' });
    expect((await open(other.marketplaceId, '1.0.0', held)).json()).toMatchObject({ code: 'PRODUCT_MISMATCH' });
    expect((await open(paid.marketplaceId, '1.0.0', held)).json()).toMatchObject({ sha256: SHA256 });

    await aRelease(hub.database, paid, { version: '2.0.0', publishedAt: new Date('2031-06-01T00:00:00Z') });
    const late = await open(paid.marketplaceId, '2.0.0', held);
    expect(late.status).toBe(403);
    expect(late.json()).toMatchObject({ code: 'UPDATES_ENDED' });
    expect((await open(paid.marketplaceId, '1.0.0', held)).status).toBe(200);
  });
});

describe('the bytes', () => {
  it('come whole, named by digest and cacheable for ever', async () => {
    const answer = await askBytes(hub, await address());
    expect(answer.status).toBe(200);
    expect(answer.body.equals(BYTES)).toBe(true);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/zip',
      'content-length': String(BYTES.length),
      etag: `"${SHA256}"`,
      'accept-ranges': 'bytes',
      'cache-control': expect.stringContaining('immutable'),
    });
  });

  it.each([
    ['bytes=0-99', 206, 'bytes 0-99/300000', 0, 100],
    ['bytes=299990-', 206, 'bytes 299990-299999/300000', 299_990, 300_000],
    ['bytes=-5', 206, 'bytes 299995-299999/300000', 299_995, 300_000],
    ['bytes=299999-400000', 206, 'bytes 299999-299999/300000', 299_999, 300_000],
    ['bytes=300000-', 416, 'bytes */300000', 0, 0],
    ['bytes=5-2', 416, 'bytes */300000', 0, 0],
    ['bytes=0-1,5-6', 200, undefined, 0, 300_000],
    ['lines=1-2', 200, undefined, 0, 300_000],
    ['nonsense', 200, undefined, 0, 300_000],
  ])('in range %s are %i', async (range, status, contentRange, start, end) => {
    const answer = await askBytes(hub, await address(), { range });
    expect({ status: answer.status, contentRange: answer.headers['content-range'] }).toEqual({ status, contentRange });
    expect(answer.body.equals(BYTES.subarray(start, end))).toBe(true);
    if (status !== 416) expect(answer.headers['content-length']).toBe(String(end - start));
  });

  it('answer HEAD, If-None-Match and If-Range', async () => {
    const path = await address();
    const head = await askBytes(hub, path, {}, { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    expect(head.headers['content-length']).toBe(String(BYTES.length));
    expect((await askBytes(hub, path, { 'if-none-match': `"${SHA256}"` })).status).toBe(304);
    expect((await askBytes(hub, path, { range: 'bytes=0-1', 'if-range': '"other"' })).status).toBe(200);
    expect((await askBytes(hub, path, { range: 'bytes=0-1', 'if-range': `"${SHA256}"` })).status).toBe(206);
  });

  it('stay closed to every address that was changed, is early, late or of a retired key', async () => {
    const path = await address();
    const changes: [RegExp, string][] = [
      [/[0-9a-f]{64}/, 'b'.repeat(64)],
      [/expires=\d+/, 'expires=9999999999'],
      [/from=\d+/, 'from=1000000000'],
      [/kid=[^&]+/, 'kid=other'],
      [/sig=[^&]+/, `sig=${'A'.repeat(43)}`],
    ];
    for (const [part, other] of changes) {
      const answer = await askBytes(hub, path.replace(part, other));
      expect(answer.status).toBe(403);
      expect(answer.json()).toMatchObject({ type: 'forbidden', code: 'DOWNLOAD_URL_REFUSED' });
    }
    expect((await askBytes(hub, path.split('?')[0]!)).status).toBe(400);
    clock.advance(-60);
    expect((await askBytes(hub, path)).json()).toMatchObject({ code: 'DOWNLOAD_URL_REFUSED' });
    clock.advance(60 + 900);
    expect((await askBytes(hub, path)).json()).toMatchObject({ code: 'DOWNLOAD_URL_EXPIRED' });
    const fresh = await address();
    await hub.app.get(KeyRing, { strict: false }).rotate('download', 'emergency', 'test');
    expect((await askBytes(hub, fresh)).json()).toMatchObject({ code: 'DOWNLOAD_URL_REFUSED' });
  });

  it('are opened by every hub on the database', async () => {
    const other = await startTestHub({ clock, on: hub.database, config: { dataDir } });
    expect((await askBytes(other, await address())).status).toBe(200);
    await other.close();
  });
});
