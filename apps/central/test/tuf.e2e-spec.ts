import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tufTargetPath } from '@hansa/contracts';
import { enqueue } from '@hansa/platform';
import { Updater } from 'tuf-js';
import { publishRelease, ReviewReleaseService } from '#releases';
import type { Release } from '#catalog';
import { KeyRing } from '#signing';
import { CeremonyService, MetadataSigner, newOfflineKey, signDraft, type OfflineKey } from '#tuf';
import { aPackage, aRelease, askBytes, doJobs, fixedClock, startTestHub, type FixedClock, type TestHub } from '#test';

const HOUR = 3_600;
const KEYS = [newOfflineKey(), newOfflineKey(), newOfflineKey()];

let hub: TestHub;
let clock: FixedClock;
let folder: string;
beforeEach(async () => {
  clock = fixedClock('2030-01-01T00:00:00Z');
  hub = await startTestHub({ clock });
  folder = await mkdtemp(join(tmpdir(), 'hansa-tuf-'));
});
afterEach(async () => {
  await hub.close();
  await rm(folder, { recursive: true });
});

const ceremony = () => hub.app.get(CeremonyService, { strict: false });
/** Drafts for `keys`, two of which must sign, and publishes what `signers` signed. */
async function holdCeremony(signers: readonly OfflineKey[], keys: readonly OfflineKey[] = KEYS, threshold = 2) {
  const draft = await ceremony().draft(
    keys.map(({ publicKey }) => publicKey),
    threshold,
  );
  for (const signer of signers) signDraft(draft, signer);
  return ceremony().publish(draft, 'test');
}

/** Publishes a release the way the hub does, job and all. */
async function publish(version = '1.0.0', of?: { id: string; marketplaceId: string }) {
  const owner = of ?? (await aPackage(hub.database));
  const release = await aRelease(hub.database, owner, { version, status: 'approved' });
  await hub.database.dataSource.transaction((tx) => enqueue(tx, publishRelease, { releaseId: release.id }));
  await doJobs(hub);
  return { owner, release, path: tufTargetPath(owner.marketplaceId, version) };
}

const file = (name: string) => askBytes(hub, `/tuf/metadata/${name}`);
const names = async (): Promise<string[]> =>
  (await hub.database.dataSource.query('SELECT name FROM tuf_files ORDER BY name')).map(
    (row: { name: string }) => row.name,
  );
const timestampVersion = async () => (await file('timestamp.json')).json().signed.version;

/** A client of its own that knows the first root, and what it holds a target to be. */
async function lookUp(path: string) {
  await writeFile(join(folder, 'root.json'), (await file('1.root.json')).body);
  const updater = new Updater({ metadataDir: folder, metadataBaseUrl: `${hub.url}/tuf/metadata` });
  await updater.refresh();
  return updater.getTargetInfo(path);
}
const asTarget = ({ sizeBytes, sha256 }: Release) => ({ length: sizeBytes, hashes: { sha256 } });

describe('the repository of released files', () => {
  it('is empty before the first ceremony, and then names what was published before it', async () => {
    const { path, release } = await publish();
    expect((await file('timestamp.json')).json()).toMatchObject({ code: 'METADATA_NOT_FOUND' });
    expect((await file('1.root.json')).status).toBe(404);
    await holdCeremony(KEYS.slice(0, 2));
    expect(await lookUp(path)).toMatchObject(asTarget(release));
    expect(await lookUp('@acme/other/1.0.0.zip')).toBeUndefined();
  });

  it('names a release with its publishing and forgets it with its yank', async () => {
    await holdCeremony(KEYS.slice(1));
    const { path, release } = await publish();
    expect(await lookUp(path)).toMatchObject(asTarget(release));
    const review = hub.app.get(ReviewReleaseService, { strict: false });
    await review.yank(release.id, 'Breaks carts.', 'test');
    await doJobs(hub);
    expect(await lookUp(path)).toBeUndefined();
    await review.unyank(release.id, 'test');
    await doJobs(hub);
    expect(await lookUp(path)).toMatchObject(asTarget(release));
  });

  it('writes one bin, one snapshot and the timestamp for a release', async () => {
    await holdCeremony(KEYS);
    const before = await names();
    const { path } = await publish();
    const added = (await names()).filter((name) => !before.includes(name));
    expect(added).toEqual([expect.stringMatching(/^2\.bins-[0-9a-f]{2}\.json$/), '2.snapshot.json']);
    expect((await file(added[0]!)).json().signed.targets).toHaveProperty([path]);
  });

  it('signs nothing when nothing changed', async () => {
    await holdCeremony(KEYS);
    await publish();
    const before = [await names(), await timestampVersion()];
    await hub.app.get(MetadataSigner, { strict: false }).signChanges();
    expect([await names(), await timestampVersion()]).toEqual(before);
  });

  it('serves finished bytes: versions for ever, the timestamp asked about each time', async () => {
    await holdCeremony(KEYS);
    expect((await file('1.snapshot.json')).headers['cache-control']).toContain('immutable');
    expect((await file('timestamp.json')).headers['cache-control']).toBe('no-cache');
    for (const odd of [
      'root.json',
      '..%2f1.root.json',
      '0.root.json',
      '1.bins-7F.json',
      'timestamp.json%00',
      'x'.repeat(500),
    ])
      expect([400, 404]).toContain((await file(odd)).status);
  });
});

describe('the signing job', () => {
  const sign = () => hub.app.get(MetadataSigner, { strict: false }).signChanges();

  it('renews timestamp, snapshot and bins before they end', async () => {
    await holdCeremony(KEYS);
    clock.advance(11 * HOUR);
    await sign();
    expect(await timestampVersion()).toBe(1);
    clock.advance(2 * HOUR);
    await sign();
    expect(await timestampVersion()).toBe(2);
    expect(await names()).not.toContain('2.snapshot.json');
    clock.advance(3 * 24 * HOUR);
    await sign();
    expect(await names()).toContain('2.snapshot.json');
    expect(await names()).not.toContain('2.bins-00.json');
    clock.advance(17 * 24 * HOUR);
    await sign();
    expect(await names()).toEqual(expect.arrayContaining(['2.bins-00.json', '2.bins-ff.json', '3.snapshot.json']));
  });

  it('forgets what was superseded a day ago, and keeps every root', async () => {
    await holdCeremony(KEYS);
    await publish();
    await holdCeremony(KEYS);
    const signer = hub.app.get(MetadataSigner, { strict: false });
    await signer.prune();
    expect(await names()).toEqual(expect.arrayContaining(['1.snapshot.json', '2.snapshot.json']));
    clock.advance(25 * HOUR);
    await signer.prune();
    const left = await names();
    expect(left).not.toContain('2.snapshot.json');
    expect(left).toHaveLength(256 + 5);
    expect(left).toEqual(expect.arrayContaining(['1.root.json', '2.root.json', '2.targets.json', '3.snapshot.json']));
  });

  it('goes on with the old online key until a root names the new one', async () => {
    await holdCeremony(KEYS);
    const ring = hub.app.get(KeyRing, { strict: false });
    clock.advance(1);
    for (const purpose of ['tuf-timestamp', 'tuf-snapshot', 'tuf-bins'] as const)
      await ring.rotate(purpose, 'planned', 'test');
    const { path, release } = await publish();
    expect(await lookUp(path)).toMatchObject(asTarget(release));
    await holdCeremony(KEYS);
    expect(await lookUp(path)).toMatchObject(asTarget(release));
    expect(await names()).toContain('2.bins-00.json');
  });

  it('signs no more with a key that leaked', async () => {
    await holdCeremony(KEYS);
    await hub.app.get(KeyRing, { strict: false }).rotate('tuf-timestamp', 'emergency', 'test');
    await expect(publish()).rejects.toMatchObject({ code: 'ONLINE_KEY_NOT_IN_ROOT' });
    await holdCeremony(KEYS);
    const { path, release } = await publish();
    expect(await lookUp(path)).toMatchObject(asTarget(release));
  });
});

describe('a root ceremony', () => {
  const [first, second, third] = KEYS as [OfflineKey, OfflineKey, OfflineKey];

  it('needs the threshold of the keys, each counted once', async () => {
    await expect(holdCeremony([])).rejects.toMatchObject({ code: 'ROOT_UNDERSIGNED' });
    await expect(holdCeremony([first])).rejects.toMatchObject({ code: 'ROOT_UNDERSIGNED' });
    await expect(holdCeremony([first, first])).rejects.toMatchObject({ code: 'ROOT_UNDERSIGNED' });
    await expect(holdCeremony([first, newOfflineKey()])).rejects.toMatchObject({ code: 'ROOT_UNDERSIGNED' });
    expect(await names()).toEqual([]);
    expect(await holdCeremony([first, third])).toMatchObject({ version: 1 });
  });

  it('replaces keys by the word of the old ones, and clients with the first root follow', async () => {
    await holdCeremony([first, second]);
    const next = [third, newOfflineKey(), newOfflineKey()];
    await expect(holdCeremony(next, next)).rejects.toMatchObject({ code: 'ROOT_UNDERSIGNED' });
    // The old key is willing, but too few of the new ones prove that they exist.
    await expect(holdCeremony([first, second, ...next.slice(1, 2)], next)).rejects.toMatchObject({
      code: 'ROOT_UNDERSIGNED',
    });
    await holdCeremony([first, ...next], next);
    const { path, release } = await publish();
    expect(await lookUp(path)).toMatchObject(asTarget(release));
    await expect(holdCeremony([first, second])).rejects.toMatchObject({ code: 'ROOT_UNDERSIGNED' });
  });

  it('takes no draft twice, none that is old, and no threshold beyond its keys', async () => {
    const draft = await ceremony().draft(
      KEYS.map(({ publicKey }) => publicKey),
      1,
    );
    signDraft(draft, first);
    clock.advance(366 * 24 * HOUR);
    await expect(ceremony().publish(draft, 'test')).rejects.toMatchObject({ code: 'ROOT_EXPIRED' });
    clock.advance(-366 * 24 * HOUR);
    await ceremony().publish(draft, 'test');
    await expect(ceremony().publish(draft, 'test')).rejects.toMatchObject({ code: 'ROOT_NOT_NEXT' });
    await expect(ceremony().draft([first.publicKey, first.publicKey], 2)).rejects.toMatchObject({
      code: 'ROOT_KEYS_FEW',
    });
    await expect(ceremony().draft([first.publicKey], 0)).rejects.toMatchObject({ code: 'ROOT_KEYS_FEW' });
  });
});
