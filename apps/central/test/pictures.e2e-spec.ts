import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { sha256Hex } from '@hansa/trust';
import { Package } from '#catalog';
import { ArtifactStore } from '#storage';
import {
  aPublishedPackage,
  aPublisher,
  askBytes,
  askJson,
  asPublisher,
  asShop,
  doJobs,
  startTestHub,
  type TestHub,
} from '#test';
import { centralConfigForTests } from '#config';

const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from('a picture')]);
const OTHER = Buffer.concat([Buffer.from('ffd8ff', 'hex'), Buffer.from('another picture')]);
const nameOf = (bytes: Buffer, type: string) => `${sha256Hex(bytes)}.${type}`;

let hub: TestHub;
let server: Server;
let base: string;
let answers: Record<string, { status?: number; body?: Buffer; headers?: Record<string, string> }>;
let asked: string[];
let publisher: Record<string, string>;

beforeEach(async () => {
  hub = await startTestHub();
  answers = {};
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url!);
    const { status = 200, body = PNG, headers = {} } = answers[request.url!] ?? {};
    response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await aPublishedPackage(hub.database, { marketplaceId: '@acme/a' });
  publisher = await asPublisher(hub, (await aPublisher(hub.database)).id);
});
afterEach(async () => {
  await hub.close();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const listing = { name: 'A', type: 'marketing', summary: 's', description: 'd', categories: [] };
async function save(pictures: { icon_url?: string; screenshots?: string[] }): Promise<void> {
  const body = { ...listing, license_kind: 'free', price_eur: 0, ...pictures };
  const saved = await askJson(hub, 'PUT', '/publisher/packages/@acme/a', publisher, body);
  expect(saved.status).toBe(200);
}
const kept = async () => {
  const found = await hub.database.dataSource.manager.findOneByOrFail(Package, { marketplaceId: '@acme/a' });
  return { icon: found.iconPicture, screenshots: found.screenshotPictures };
};
const read = (name: string) => askBytes(hub, `/pictures/${name}`);

it('shops and browsers get a publisher’s pictures from the hub', async () => {
  answers['/shot'] = { body: OTHER };
  await save({ icon_url: `${base}/icon`, screenshots: [`${base}/shot`] });
  expect(await kept()).toEqual({ icon: null, screenshots: [] });
  await doJobs(hub);
  expect(await kept()).toEqual({ icon: nameOf(PNG, 'png'), screenshots: [nameOf(OTHER, 'jpg')] });
  const feed = await askBytes(hub, '/store/marketplace/feed/@acme/a', await asShop(hub));
  const at = `${hub.ground.config.hubUrl}/pictures`;
  expect(feed.json().product).toMatchObject({
    icon_url: `${at}/${nameOf(PNG, 'png')}`,
    screenshots: [`${at}/${nameOf(OTHER, 'jpg')}`],
  });
  const picture = await read(nameOf(PNG, 'png'));
  expect(picture.body).toEqual(PNG);
  expect(picture.headers).toMatchObject({
    'content-type': 'image/png',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'public, max-age=31536000, immutable',
  });
  const again = { 'if-none-match': picture.headers.etag! };
  expect((await askBytes(hub, `/pictures/${nameOf(PNG, 'png')}`, again)).status).toBe(304);
});

it.each<[string, { status?: number; body?: Buffer; headers?: Record<string, string> }]>([
  ['is a drawing with a script', { body: Buffer.from('<svg><script>1</script></svg>') }],
  ['is larger than 2 MiB', { body: Buffer.concat([PNG, Buffer.alloc(2 * 1024 * 1024)]) }],
  ['is elsewhere', { status: 302, headers: { location: '/icon' } }],
  ['is gone', { status: 404 }],
])('a picture that %s is left out, and not asked for again', async (_, answer) => {
  answers['/bad'] = answer;
  await save({ icon_url: `${base}/bad`, screenshots: [`${base}/shot`] });
  await doJobs(hub);
  expect(await kept()).toEqual({ icon: null, screenshots: [nameOf(PNG, 'png')] });
  expect(asked).toEqual(['/bad', '/shot']);
});

it('a server that does not answer takes nothing away and is asked again', async () => {
  await save({ icon_url: `${base}/icon` });
  await doJobs(hub);
  answers['/icon'] = { status: 503 };
  await save({ icon_url: `${base}/icon` });
  await expect(doJobs(hub)).rejects.toThrow('could not be fetched');
  expect(await kept()).toMatchObject({ icon: nameOf(PNG, 'png') });
});

it('another address shows nothing until it is fetched', async () => {
  await save({ icon_url: `${base}/icon`, screenshots: [`${base}/icon`] });
  await doJobs(hub);
  await save({ icon_url: `${base}/other`, screenshots: [`${base}/other`] });
  expect(await kept()).toEqual({ icon: null, screenshots: [] });
  await save({});
  await doJobs(hub);
  expect(await kept()).toEqual({ icon: null, screenshots: [] });
});

it('the inside of the hub’s own network is not called', async () => {
  await hub.close();
  const instances = { ...centralConfigForTests().instances, allowPrivate: false };
  hub = await startTestHub({ config: { instances } });
  await aPublishedPackage(hub.database, { marketplaceId: '@acme/a' });
  publisher = await asPublisher(hub, (await aPublisher(hub.database)).id);
  await save({ icon_url: `${base}/icon` });
  await doJobs(hub);
  expect(asked).toEqual([]);
  expect(await kept()).toMatchObject({ icon: null });
});

it('nothing else in the store is handed out', async () => {
  const { sha256 } = await hub.app.get(ArtifactStore, { strict: false }).put(Readable.from([PNG]), 1_000);
  for (const name of [`${sha256}.png`, sha256, `${sha256}.zip`, `${sha256}.jpg`, '..%2f..%2fmaster.key', '%00'])
    expect([400, 404]).toContain((await read(name)).status);
});
