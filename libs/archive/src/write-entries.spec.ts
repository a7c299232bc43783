import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { withSource } from './byte-source.js';
import { writeEntries, type WritableEntry } from './write-entries.js';

const MIB = 1024 * 1024;
const file = { path: 'a', isDirectory: false, executable: false };

let folder: string;
let root: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'write-entries-'));
  root = join(folder, 'root');
  await mkdir(root);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** An entry of `content` that starts where `bytes` start; `lies` are what its header says wrongly. */
function packed(content: Buffer, isStored: boolean, lies: Partial<WritableEntry> = {}) {
  const bytes = isStored ? content : deflateRawSync(content);
  const facts = { dataStart: 0, packedSize: bytes.length, size: content.length, crc32: crc32(content), isStored };
  return { bytes, entry: { ...file, ...facts, ...lies } };
}

async function write(bytes: Buffer, entries: readonly WritableEntry[]): Promise<number[]> {
  const zip = join(folder, 'bytes');
  await writeFile(zip, bytes);
  return writeFrom(zip, entries);
}

async function writeFrom(zip: Buffer | string, entries: readonly WritableEntry[]): Promise<number[]> {
  const written: number[] = [];
  await withSource(zip, (source) => writeEntries(source, entries, root, (size) => written.push(size)));
  return written;
}

describe.each([
  ['in one piece', 1_000],
  ['in one large piece', 100_000],
  ['in a stream', MIB + 1],
])('writing %s', (_how, size) => {
  const content = Buffer.alloc(size, 'some words');

  it.each([true, false])('writes what was packed (stored: %s)', async (isStored) => {
    const { bytes, entry } = packed(content, isStored);
    await expect(write(bytes, [entry])).resolves.toEqual([size]);
    await expect(writeFrom(bytes, [{ ...entry, path: 'b' }])).resolves.toEqual([size]);
    for (const path of ['a', 'b']) expect((await readFile(join(root, path))).equals(content)).toBe(true);
  });

  it.each<[string, string, Partial<WritableEntry>]>([
    ['HEADER_MISMATCH', 'is larger than its header says', { size: size - 1 }],
    ['HEADER_MISMATCH', 'is smaller than its header says', { size: size + 1 }],
    ['CRC_MISMATCH', 'has another checksum', { crc32: 1 }],
    ['CRC_MISMATCH', 'does not unpack', { dataStart: 3 }],
  ])('refuses with %s what %s', async (code, _what, lies) => {
    const { bytes, entry } = packed(content, false, lies);
    await expect(write(Buffer.concat([bytes, Buffer.alloc(8)]), [entry])).rejects.toMatchObject({ code, path: 'a' });
  });

  it('leaves the archive as it is', async () => {
    const large = packed(Buffer.alloc(100_000, size), true);
    const archive = Buffer.concat([large.bytes, packed(content, false).bytes]);
    const before = Buffer.from(archive);
    await expect(writeFrom(archive, [large.entry, { ...large.entry, path: 'b' }])).resolves.toEqual([100_000, 100_000]);
    expect(archive.equals(before)).toBe(true);
  });

  it('refuses bytes behind the end of the packed data', async () => {
    const { bytes, entry } = packed(content, false);
    const longer = { ...entry, packedSize: bytes.length + 5 };
    const writing = write(Buffer.concat([bytes, Buffer.from('extra')]), [longer]);
    await expect(writing).rejects.toMatchObject({ code: 'HEADER_MISMATCH' });
  });

  it('refuses a file that ends before the data does', async () => {
    const { bytes, entry } = packed(content, true);
    await expect(write(bytes.subarray(0, -1), [entry])).rejects.toMatchObject({ name: 'ArchiveError' });
  });
});

it('makes directories, named and implied, and fixes modes whatever the umask', async () => {
  const { bytes, entry } = packed(Buffer.from('#!'), true);
  const nothing = { dataStart: 0, packedSize: 0, size: 0, crc32: 0, isStored: true };
  const entries = [
    { ...nothing, path: 'empty', isDirectory: true, executable: false },
    { ...entry, path: 'bin/deep/run', executable: true },
    { ...nothing, path: 'bin/none', isDirectory: false, executable: false },
  ];
  const before = process.umask(0o077);
  try {
    await expect(write(bytes, entries)).resolves.toEqual([0, 2, 0]);
  } finally {
    process.umask(before);
  }
  const modes = await Promise.all(
    ['empty', 'bin', 'bin/deep', 'bin/deep/run', 'bin/none'].map(
      async (path) => (await stat(join(root, path))).mode & 0o7777,
    ),
  );
  expect(modes).toEqual([0o755, 0o755, 0o755, 0o755, 0o644]);
});

it('follows and overwrites nothing that is there already', async () => {
  await writeFile(join(root, 'a'), 'mine');
  const { bytes, entry } = packed(Buffer.from('theirs'), true);
  await expect(write(bytes, [entry])).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(readFile(join(root, 'a'), 'utf8')).resolves.toBe('mine');
});

it('writes nothing after an entry that is damaged', async () => {
  const { bytes, entry } = packed(Buffer.from('words'), true);
  const entries = [entry, { ...entry, path: 'b', crc32: 1 }, { ...entry, path: 'c' }];
  await expect(write(bytes, entries)).rejects.toMatchObject({ code: 'CRC_MISMATCH', path: 'b' });
  await expect(readdir(root)).resolves.toEqual(['a']);
});
