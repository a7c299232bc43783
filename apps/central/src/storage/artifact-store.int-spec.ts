import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { sha256Hex } from '@hansa/trust';
import { eventually, FakeS3 } from '#test';
import type { ArtifactStore } from './artifact-store.js';
import { DirectoryStore } from './directory-store.js';
import { S3Store } from './s3-store.js';

interface Ground {
  readonly store: ArtifactStore;
  /** Names of everything there is, finished or not. */
  residue(): Promise<string[]>;
  /** Makes everything there is, finished or not, as old as this. */
  age(to: Date): Promise<void>;
  close(): Promise<void>;
}

async function aDirectory(): Promise<Ground> {
  const root = mkdtempSync(join(tmpdir(), 'hansa-store-'));
  const files = async () => {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  };
  return {
    store: new DirectoryStore(root),
    residue: files,
    age: async (to) => {
      for (const file of await files()) await utimes(file, to, to);
    },
    close: async () => rmSync(root, { recursive: true }),
  };
}

async function anS3(): Promise<Ground> {
  const s3 = await new FakeS3().start();
  const { bucket, region, credentials, url } = s3;
  const reach = { endpoint: url, publicEndpoint: url, pathStyle: true, presigned: true };
  return {
    store: new S3Store({ bucket, region, credentials, ...reach }),
    residue: async () => [...s3.objects.keys(), ...s3.uploads.keys()],
    age: async (to) => {
      for (const each of [...s3.objects.values(), ...s3.uploads.values()]) each.at = to;
    },
    close: () => s3.stop(),
  };
}

const LONG_AGO = new Date('2020-01-01T00:00:00Z');
const MIB = 1024 * 1024;
const ofText = (text: string) => Readable.from([Buffer.from(text)]);

describe.each([
  ['a directory', aDirectory],
  ['S3', anS3],
] as const)('artifacts in %s', (_, start) => {
  let ground: Ground;
  let store: ArtifactStore;
  beforeEach(async () => {
    ground = await start();
    ({ store } = ground);
  });
  afterEach(() => ground.close());

  it('are found and read under their digest, whole and in part', async () => {
    const kept = await store.put(ofText('hello artifact'), 100);
    expect(kept).toEqual({ sha256: sha256Hex(Buffer.from('hello artifact')), sizeBytes: 14 });
    expect(await store.find(kept.sha256)).toEqual(kept);
    expect((await buffer(store.open(kept.sha256))).toString()).toBe('hello artifact');
    expect((await buffer(store.open(kept.sha256, { start: 6, end: 8 }))).toString()).toBe('art');
    expect(await ground.residue()).toHaveLength(1);
  });

  it('may be larger than a part, come in chunks of any size, and come again', async () => {
    const bytes = Buffer.alloc(17 * MIB, 'abcdefg');
    const chunks = () => Readable.from([bytes.subarray(0, 1), bytes.subarray(1, 3 * MIB), bytes.subarray(3 * MIB)]);
    for (let time = 0; time < 2; time += 1) expect((await store.put(chunks(), 20 * MIB)).sizeBytes).toBe(bytes.length);
    expect(sha256Hex(await buffer(store.open(sha256Hex(bytes))))).toBe(sha256Hex(bytes));
    expect(await ground.residue()).toHaveLength(1);
  });

  it('are refused at the first byte too many, and leave nothing', async () => {
    const tooLarge = { code: 'ARTIFACT_TOO_LARGE' };
    await expect(store.put(ofText('12345'), 4)).rejects.toMatchObject(tooLarge);
    const large = Readable.from([Buffer.alloc(9 * MIB), Buffer.alloc(9 * MIB)]);
    await expect(store.put(large, 17 * MIB)).rejects.toMatchObject(tooLarge);
    expect(await ground.residue()).toEqual([]);
  });

  it('that are cut short leave nothing', async () => {
    async function* broken() {
      yield Buffer.alloc(9 * MIB);
      yield Buffer.alloc(1);
      throw new Error('connection lost');
    }
    await expect(store.put(Readable.from(broken()), 20 * MIB)).rejects.toThrow('connection lost');
    expect(await ground.residue()).toEqual([]);
  });

  it('that are not there are not found, nor is what is no digest', async () => {
    expect(await store.find('0'.repeat(64))).toBeUndefined();
    expect(await store.find('../../etc/passwd')).toBeUndefined();
    await expect(buffer(store.open('0'.repeat(64)))).rejects.toThrow();
  });

  it('can be lent as files', async () => {
    const { sha256 } = await store.put(ofText('lend me'), 100);
    const { path, done } = await store.localCopy(sha256);
    expect((await readFile(path)).toString()).toBe('lend me');
    await done();
    await expect(store.localCopy('0'.repeat(64)).then(({ path: lent }) => readFile(lent))).rejects.toThrow();
    expect(await store.find(sha256)).toBeDefined();
  });

  it('are listed with their age, which begins anew when the bytes come again', async () => {
    const texts = ['one', 'two', 'three', 'four', 'five'];
    for (const text of texts) await store.put(ofText(text), 100);
    await ground.age(LONG_AGO);
    await store.put(ofText('one'), 100);
    const listed = new Map<string, Date>();
    for await (const { sha256, storedAt } of store.list()) listed.set(sha256, storedAt);
    expect([...listed.keys()].sort()).toEqual(texts.map((text) => sha256Hex(Buffer.from(text))).sort());
    const old = [...listed].filter(([, at]) => at.getTime() === LONG_AGO.getTime());
    expect(old).toHaveLength(4);
    expect(listed.get(sha256Hex(Buffer.from('one')))!.getTime()).toBeGreaterThan(LONG_AGO.getTime());
  });

  it('are gone when removed, once or twice', async () => {
    const { sha256 } = await store.put(ofText('go'), 100);
    await store.remove(sha256);
    await store.remove(sha256);
    expect(await store.find(sha256)).toBeUndefined();
  });

  it('that a killed process left half-way are cleared away when they are old, and not while they grow', async () => {
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((done) => (goOn = done));
    let isWaiting = false;
    async function* slow() {
      yield Buffer.alloc(9 * MIB);
      isWaiting = true;
      await held;
      yield Buffer.from('end');
    }
    const upload = store.put(Readable.from(slow()), 20 * MIB);
    await eventually('the upload is half-way', async () => isWaiting && (await ground.residue()).length > 0);
    expect(await store.removeUnfinished(LONG_AGO)).toBe(0);
    // The last chunk may be on its way to the disk yet, and make it young again.
    await eventually('it is cleared away', async () => {
      await ground.age(LONG_AGO);
      return (await store.removeUnfinished(new Date('2021-01-01T00:00:00Z'))) === 1;
    });
    goOn();
    await upload.catch(() => undefined);
    const { sha256 } = await store.put(ofText('next'), 100);
    expect(await store.find(sha256)).toBeDefined();
  });
});

describe('presigned addresses', () => {
  let s3: FakeS3;
  beforeEach(async () => {
    s3 = await new FakeS3().start();
  });
  afterEach(() => s3.stop());

  const storeOf = (changes: object = {}) => {
    const { bucket, region, credentials, url } = s3;
    const reach = { endpoint: url, publicEndpoint: url, pathStyle: true, presigned: true };
    return new S3Store({ bucket, region, credentials, ...reach, ...changes });
  };

  it('hand out the bytes and ranges of them, and nothing when changed or expired', async () => {
    const store = storeOf();
    const { sha256 } = await store.put(ofText('take me'), 100);
    const url = (await store.directUrl(sha256, 900))!;
    expect(await (await fetch(url)).text()).toBe('take me');
    const part = await fetch(url, { headers: { range: 'bytes=5-6' } });
    expect([part.status, await part.text()]).toEqual([206, 'me']);
    const other = await store.put(ofText('not me'), 100);
    for (const changed of [
      url.replace(sha256, other.sha256),
      url.replace('X-Amz-Expires=900', 'X-Amz-Expires=90000'),
      url.replace(/X-Amz-Signature=.{4}/, 'X-Amz-Signature=0000'),
      (await store.directUrl(sha256, -1))!,
    ])
      expect((await fetch(changed)).status).toBe(403);
  });

  it('are not made when shops fetch through the hub', async () => {
    expect(await storeOf({ presigned: false }).directUrl('0'.repeat(64), 900)).toBeNull();
  });

  it('name the server as shops reach it', async () => {
    const url = await storeOf({ publicEndpoint: 'https://packages.example' }).directUrl('0'.repeat(64), 900);
    expect(url).toMatch(/^https:\/\/packages\.example\/hansa-test\/sha256\/00\/0{64}\?/);
  });

  it('and everything else are refused to a wrong key', async () => {
    const stranger = storeOf({ credentials: { accessKeyId: 'AKTEST', secretAccessKey: 'another secret' } });
    await expect(stranger.put(ofText('x'), 10)).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    expect(s3.objects.size).toBe(0);
  });
});
