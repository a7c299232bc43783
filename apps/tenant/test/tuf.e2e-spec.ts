import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HubMetadata } from '#tuf';
import {
  aRelease,
  eventually,
  FakeHub,
  FakeTuf,
  HELLO,
  PUBLISHER,
  startTenant,
  TufKey,
  type Release,
  type TestTenant,
} from '#test';

const ROOT_LIMIT = 512_000;

let hub: FakeHub;
let tuf: FakeTuf;
let tenant: TestTenant;
let hello: Release;
beforeEach(async () => {
  hub = await new FakeHub().start();
  hub.tuf = tuf = new FakeTuf();
  hello = await aRelease();
  hub.releases.push(hello);
  tuf.release(hello);
  tenant = await startTenant({ hub });
  await eventually('the shop has pinned the root', async () => (await pins()).length === 1);
});
afterEach(async () => {
  await tenant.stop();
  await hub.stop();
});

const pins = () => tenant.dataSource.query('SELECT source, pinned_sha256 FROM hub_roots');
const lookUp = (id = '@acme/hello', version = '1.0.0') =>
  tenant.app.get(HubMetadata, { strict: false }).lookUp(id, version);
const known = async (name: string) =>
  (await tenant.dataSource.query('SELECT version FROM hub_metadata_files WHERE name = $1', [name]))[0]?.version;

/** Orders the newest version over HTTP and waits for the end of the job. */
async function install(marketplaceId = '@acme/hello') {
  const { body } = await tenant.admin('POST', '/admin/plugins/install', { marketplace_id: marketplaceId });
  return tenant.ended(body.job.id);
}

/** Publishes another release at the hub. */
async function another(options: Parameters<typeof aRelease>[0] = { version: '1.1.0' }): Promise<Release> {
  const release = await aRelease(options);
  hub.releases.push(release);
  tuf.release(release);
  return release;
}

async function expectRefused(job: object, code = 'METADATA_REFUSED') {
  expect(job).toMatchObject({ outcome: 'failed', code });
  const { body } = await tenant.admin('GET', '/admin/plugins');
  expect(body.count).toBe(0);
  expect(await readdir(join(tenant.dataDir, 'plugins', 'incoming'))).toEqual([]);
}

describe('a shop whose hub has release metadata', () => {
  it('installs what the metadata names, and every request for it is in the ledger', async () => {
    expect(await install()).toMatchObject({ outcome: 'done' });
    const { body } = await tenant.admin('GET', '/admin/egress?limit=100');
    const paths = body.items.map(({ path }: { path: string }) => path);
    for (const name of ['1.root.json', '2.root.json', 'timestamp.json', '2.snapshot.json', '1.targets.json'])
      expect(paths).toContain(`/tuf/metadata/${name}`);
    const asked = hub.asked.filter(({ path }) => path.startsWith('/tuf/')).map(({ path }) => path);
    expect(paths.filter((path: string) => path.startsWith('/tuf/')).sort()).toEqual(asked.sort());
  });

  it('pins the first root when it is connected, and tells its admins which', async () => {
    const [{ source, pinned_sha256: digest }] = await pins();
    expect(source).toBe('first_seen');
    const { body } = await tenant.admin('GET', '/admin/notifications');
    const told = body.items.filter(({ code }: { code: string }) => code === 'HUB_ROOT_PINNED');
    expect(told).toEqual([expect.objectContaining({ message: expect.stringContaining(digest) })]);
  });

  it('follows new roots, one by one, and new online keys with them', async () => {
    await lookUp();
    const before = tuf.rootKeys;
    while ((await known('root.json')) < 3) {
      const old = tuf.rootKeys;
      tuf.rootKeys = [new TufKey(), new TufKey(), new TufKey()];
      tuf.timestampKey = new TufKey();
      tuf.snapshotKey = new TufKey();
      tuf.rotate(old);
      expect(await lookUp()).toEqual({ sizeBytes: hello.zip.length, sha256: hello.sha256 });
    }
    expect(tuf.rootKeys).not.toEqual(before);
    expect(await lookUp()).toEqual({ sizeBytes: hello.zip.length, sha256: hello.sha256 });
    expect(await known('root.json')).toBe(3);
  });

  it('takes a package from the admin’s disk that the hub never released', async () => {
    const own = await aRelease({ id: 'own' });
    const { body } = await tenant.adminRaw('POST', '/admin/plugins/upload', own.zip, {
      'content-type': 'application/zip',
      'x-release-signature': own.signature.publisher,
      'x-publisher-key': Buffer.from(JSON.stringify(PUBLISHER.publicJwk)).toString('base64url'),
    });
    expect(await tenant.ended(body.job.id)).toMatchObject({ outcome: 'done' });
  });

  it('keeps the newer of two look-ups that overlap', async () => {
    await lookUp();
    const old = tuf.copy();
    await another();
    await lookUp();
    const version = await known('timestamp.json');
    const fresh = tuf.files;
    tuf.files = old;
    await Promise.allSettled([lookUp(), lookUp(), lookUp()]);
    tuf.files = fresh;
    expect(await known('timestamp.json')).toBe(version);
  });
});

describe('attacks', () => {
  it('rollback: metadata older than what the shop has seen', async () => {
    const old = tuf.copy();
    await another({ id: 'other' });
    await lookUp();
    tuf.files = old;
    await expectRefused(await install());
  });

  it('rollback: an old snapshot under a new timestamp', async () => {
    await another({ id: 'other' });
    await lookUp();
    tuf.signTimestamp([tuf.timestampKey], 2);
    await expectRefused(await install());
  });

  it('rollback: an old snapshot under a new version, with an older bin in it', async () => {
    await lookUp();
    const old = tuf.copy();
    await another({ id: 'other' });
    await lookUp('@acme/other');
    for (const bin of [0, 1]) tuf.files.set(`3.bins-${bin}.json`, old.get(`2.bins-${bin}.json`)!);
    tuf.signSnapshot([tuf.snapshotKey]);
    tuf.signTimestamp([tuf.timestampKey]);
    await expectRefused(await install());
  });

  it('freeze: the same metadata after its end', async () => {
    tuf.expires = new Date(Date.now() - 1_000);
    tuf.signTimestamp([tuf.timestampKey]);
    await expectRefused(await install());
  });

  it('mix and match: a bin of another time in the snapshot of this one', async () => {
    const old = tuf.copy();
    await another({ id: 'other' });
    for (const bin of [0, 1]) tuf.files.set(`3.bins-${bin}.json`, old.get(`2.bins-${bin}.json`)!);
    await expectRefused(await install());
  });

  it.each(['timestamp.json', '2.root.json', '2.snapshot.json'])('endless data: %s', async (name) => {
    tuf.endless = name;
    await expectRefused(await install());
    expect(hub.endlessBytes).toBeLessThan(20 * ROOT_LIMIT);
  });

  it('a stolen timestamp key: a snapshot made by the thief', async () => {
    tuf.signSnapshot([new TufKey(), tuf.timestampKey]);
    tuf.signTimestamp([tuf.timestampKey]);
    await expectRefused(await install());
  });

  it('a stolen timestamp key after it was replaced', async () => {
    await lookUp();
    const stolen = tuf.timestampKey;
    tuf.timestampKey = new TufKey();
    tuf.rotate();
    await lookUp();
    tuf.signTimestamp([stolen]);
    await expectRefused(await install());
  });

  it('an arbitrary target: other bytes, signed by the publisher, under a released name', async () => {
    const planted = await aRelease({ code: HELLO.replace('world', 'wordl') });
    expect(planted.zip.length).toBe(hello.zip.length);
    hub.releases.splice(0, 1, planted);
    await expectRefused(await install(), 'METADATA_MISMATCH');
  });

  it('an arbitrary target: a release the hub never published, and one it took back', async () => {
    tuf.yank(hello);
    await expectRefused(await install(), 'RELEASE_NOT_IN_METADATA');
  });

  it('an old root: its keys sign no more once the shop has a newer one', async () => {
    await lookUp();
    const leaked = tuf.rootKeys;
    tuf.rootKeys = [new TufKey(), new TufKey(), new TufKey()];
    tuf.rotate(leaked);
    await lookUp();
    tuf.rootKeys = leaked;
    tuf.rotate();
    await expectRefused(await install());
    expect(await known('root.json')).toBe(2);
  });

  it('an old root: one with keys of somebody else, and one that skips a version', async () => {
    tuf.rootKeys = [new TufKey(), new TufKey(), new TufKey()];
    tuf.rotate();
    await expectRefused(await install());
    tuf.files.set('2.root.json', tuf.files.get('1.root.json')!);
    await expectRefused(await install());
  });

  it('metadata that disappears', async () => {
    hub.tuf = undefined;
    await expect(lookUp()).rejects.toMatchObject({ code: 'HUB_METADATA_UNAVAILABLE' });
    await lookUpEach(['timestamp.json', '2.snapshot.json', '1.targets.json', '2.bins-0.json', '2.bins-1.json']);
  });

  /** With each file away in turn; the bin the target is not in is not asked for. */
  async function lookUpEach(names: readonly string[]): Promise<void> {
    hub.tuf = tuf;
    const codes = [];
    for (const name of names) {
      await tenant.dataSource.query(`DELETE FROM hub_metadata_files WHERE name <> 'root.json'`);
      const body = tuf.files.get(name)!;
      tuf.files.delete(name);
      codes.push(
        await lookUp().then(
          () => 'found',
          (error: unknown) => (error as { code: string }).code,
        ),
      );
      tuf.files.set(name, body);
    }
    expect(codes.filter((code) => code === 'HUB_METADATA_UNAVAILABLE')).toHaveLength(names.length - 1);
  }
});

describe('CARPHACOM_FEDERATION_ROOT', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'hansa-root-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('is where trust begins: a hub with other keys is refused, and a new file begins anew', async () => {
    const pinnedRootFile = join(folder, 'root.json');
    await writeFile(pinnedRootFile, new FakeTuf().files.get('1.root.json')!);
    await tenant.stop();
    tenant = await startTenant({ hub, config: { pinnedRootFile } });
    await expectRefused(await install());
    await writeFile(pinnedRootFile, 'no root');
    await expect(lookUp()).rejects.toMatchObject({ code: 'FEDERATION_ROOT_UNREADABLE' });
    await writeFile(pinnedRootFile, tuf.files.get('1.root.json')!);
    expect(await install()).toMatchObject({ outcome: 'done' });
    expect(await pins()).toEqual([expect.objectContaining({ source: 'file' })]);
  });
});
