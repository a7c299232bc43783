import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { DEFAULT_LIMITS, readArchive, type ArchiveErrorCode, type ExtractProgress } from './index.js';
import { descriptor, extraField, HOSTILE_ARCHIVES, writeRawZip, type RawEntry } from './hostile-zip.js';

const JS = Buffer.from('export const answer = 42;\n'.repeat(20));
const PLUGIN: readonly RawEntry[] = [
  { name: 'lib/', both: { mode: 0o040755 } },
  { name: 'lib/index.js', data: JS, both: { method: 8 } },
  { name: 'bin/run', data: Buffer.from('#!'), both: { mode: 0o100755 } },
  { name: 'größe.txt', data: Buffer.from('x') },
];

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'archive-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('readArchive', () => {
  it('lists what is in an archive, from bytes and from a file alike', async () => {
    const bytes = writeRawZip(PLUGIN);
    const path = join(folder, 'plugin.zip');
    await writeFile(path, bytes);
    for (const archive of [await readArchive(bytes), await readArchive(path)]) {
      expect(archive.entries).toEqual([
        { path: 'lib', size: 0, isDirectory: true, executable: false },
        { path: 'lib/index.js', size: JS.length, isDirectory: false, executable: false },
        { path: 'bin/run', size: 2, isDirectory: false, executable: true },
        { path: 'größe.txt', size: 1, isDirectory: false, executable: false },
      ]);
      expect(archive).toMatchObject({ packedBytes: bytes.length, unpackedBytes: JS.length + 3 });
      await expect(archive.read('lib/index.js', 10_000)).resolves.toEqual(JS);
      await expect(archive.read('bin/run', 2)).resolves.toEqual(Buffer.from('#!'));
    }
  });

  it.each(HOSTILE_ARCHIVES.map((archive) => [archive.code, archive.attack, archive] as const))(
    'refuses with %s: %s',
    async (code, _attack, { build, limits, stage }) => {
      const target = join(folder, 'out');
      const opening = readArchive(build(), limits);
      if (stage === 'open') {
        await expect(opening).rejects.toMatchObject({ name: 'ArchiveError', code });
      } else {
        const archive = await opening;
        await expect(archive.extractTo(target)).rejects.toMatchObject({ name: 'ArchiveError', code });
        await expect(archive.read('a', 10_000)).rejects.toMatchObject({ code });
      }
      await expect(readdir(folder)).resolves.toEqual([]);
    },
  );

  it('has a hostile archive for every code an archive can be refused with', () => {
    const fromCalls: ArchiveErrorCode[] = [
      'ENTRY_NOT_FOUND',
      'ENTRY_TOO_LARGE',
      'TARGET_EXISTS',
      'OUTPUT_INSIDE_DIRECTORY',
    ];
    const codes = new Set<ArchiveErrorCode>(HOSTILE_ARCHIVES.map(({ code }) => code));
    expect(codes.size).toBe(24);
    expect(fromCalls.filter((code) => codes.has(code))).toEqual([]);
  });

  it('refuses a hostile archive in a file as well', async () => {
    const path = join(folder, 'evil.zip');
    await writeFile(path, writeRawZip([{ name: '../evil' }]));
    await expect(readArchive(path)).rejects.toMatchObject({ code: 'PATH_TRAVERSAL', path: '../evil' });
  });

  it.each([
    ['maxPackedBytes', writeRawZip([{ name: 'a' }]).length],
    ['maxUnpackedBytes', 100],
    ['maxEntries', 1],
    ['maxPathBytes', 1],
  ] as const)('allows exactly %s and refuses one more', async (limit, exact) => {
    const bytes = writeRawZip([{ name: 'a', data: Buffer.alloc(limit === 'maxUnpackedBytes' ? 100 : 0) }]);
    await expect(readArchive(bytes, { [limit]: exact })).resolves.toBeDefined();
    await expect(readArchive(bytes, { [limit]: exact - 1 })).rejects.toBeDefined();
  });

  it('allows exactly the ratio', async () => {
    const bytes = writeRawZip([{ name: 'a', data: Buffer.alloc(1130), both: { method: 8 } }]);
    const ratio = 1130 / bytes.length;
    await expect(readArchive(bytes, { maxRatio: ratio })).resolves.toBeDefined();
    await expect(readArchive(bytes, { maxRatio: ratio - 0.01 })).rejects.toMatchObject({ code: 'RATIO_TOO_HIGH' });
  });

  it('has the documented limits as its default', () => {
    expect(DEFAULT_LIMITS).toEqual({
      maxPackedBytes: 104_857_600,
      maxUnpackedBytes: 524_288_000,
      maxEntries: 20_000,
      maxRatio: 100,
      maxPathBytes: 255,
    });
  });

  it.each([
    [
      'a data descriptor',
      [
        {
          name: 'a',
          data: JS,
          both: { flags: 0x808 },
          local: { crc32: 0, compressedSize: 0, size: 0 },
          after: descriptor(JS),
        },
      ],
    ],
    [
      'a data descriptor without signature',
      [{ name: 'a', data: JS, both: { flags: 0x808 }, after: descriptor(JS, { signed: false }) }],
    ],
    ['timestamps in extra fields', [{ name: 'a', data: JS, both: { extra: extraField(0x5455, Buffer.alloc(5)) } }]],
    [
      'a Unicode path field that agrees',
      [{ name: 'a', data: JS, both: { extra: extraField(0x7075, Buffer.from('\u0001\0\0\0\0a')) } }],
    ],
    [
      'harmless Unix fields',
      [
        {
          name: 'a',
          data: JS,
          both: { extra: Buffer.concat([extraField(0x000d, Buffer.alloc(12)), extraField(0x756e, Buffer.alloc(14))]) },
        },
      ],
    ],
    ['no mode', [{ name: 'a', data: JS, both: { mode: 0 } }]],
    [
      'a zip inside',
      [
        { name: 'a', data: JS },
        { name: 'inner.zip', data: writeRawZip(PLUGIN) },
      ],
    ],
  ] satisfies [string, RawEntry[]][])('reads an archive with %s', async (_what, entries) => {
    const archive = await readArchive(writeRawZip(entries));
    await expect(archive.read('a', 10_000)).resolves.toEqual(JS);
  });

  it('reads an archive with a comment', async () => {
    const archive = await readArchive(writeRawZip(PLUGIN, { comment: 'made by hand' }));
    expect(archive.entries).toHaveLength(4);
  });

  it('reads an archive without entries', async () => {
    await expect(readArchive(writeRawZip([]))).resolves.toMatchObject({ entries: [], unpackedBytes: 0 });
  });

  it('never answers with anything but a refusal or a sound archive, whatever byte is changed', async () => {
    const sound = writeRawZip(PLUGIN);
    await fc.assert(
      fc.asyncProperty(fc.nat(sound.length - 1), fc.nat(255), async (at, byte) => {
        const changed = Buffer.from(sound);
        changed[at] = byte;
        try {
          const archive = await readArchive(changed);
          for (const { path, isDirectory } of archive.entries) if (!isDirectory) await archive.read(path, 10_000);
          expect(archive.entries.every(({ path }) => !path.includes('..'))).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ name: 'ArchiveError' });
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('read', () => {
  it('refuses names that are not there, directories, and files over the limit of the call', async () => {
    const archive = await readArchive(writeRawZip(PLUGIN));
    await expect(archive.read('missing', 10)).rejects.toMatchObject({ code: 'ENTRY_NOT_FOUND', path: 'missing' });
    await expect(archive.read('lib', 10)).rejects.toMatchObject({ code: 'ENTRY_NOT_FOUND' });
    await expect(archive.read('bin/run', 1)).rejects.toMatchObject({ code: 'ENTRY_TOO_LARGE' });
  });

  it('reads an empty file', async () => {
    const path = join(folder, 'plugin.zip');
    await writeFile(path, writeRawZip([{ name: 'none' }]));
    const read = (await readArchive(path)).read('none', 0);
    await expect(read).resolves.toEqual(Buffer.alloc(0));
  });

  it('notices a file that was changed after it was opened', async () => {
    const path = join(folder, 'plugin.zip');
    await writeFile(path, writeRawZip(PLUGIN));
    const archive = await readArchive(path);
    await writeFile(
      path,
      writeRawZip(PLUGIN.map((entry) => ({ ...entry, packed: deflateRawSync(Buffer.alloc(JS.length, 'b')) }))),
    );
    await expect(archive.read('lib/index.js', 10_000)).rejects.toMatchObject({ name: 'ArchiveError' });
  });
});

describe('extractTo', () => {
  it('writes every file with fixed modes, whatever the umask, and tells how far it is', async () => {
    const target = join(folder, 'out');
    const steps: ExtractProgress[] = [];
    const before = process.umask(0o077);
    try {
      await (await readArchive(writeRawZip(PLUGIN))).extractTo(target, (progress) => steps.push(progress));
    } finally {
      process.umask(before);
    }
    await expect(readFile(join(target, 'lib/index.js'))).resolves.toEqual(JS);
    await expect(readFile(join(target, 'größe.txt'), 'utf8')).resolves.toBe('x');
    const modes = ['.', 'lib', 'bin', 'lib/index.js', 'bin/run'].map(
      async (path) => (await stat(join(target, path))).mode & 0o7777,
    );
    await expect(Promise.all(modes)).resolves.toEqual([0o755, 0o755, 0o755, 0o644, 0o755]);
    const total = { entriesTotal: 4, bytesTotal: JS.length + 3 };
    expect(steps.map(({ entriesDone }) => entriesDone)).toEqual([1, 2, 3, 4]);
    expect(steps.at(-1)).toEqual({ entriesDone: 4, bytesDone: JS.length + 3, ...total });
    expect(steps.every(({ bytesDone }, at) => bytesDone >= (steps[at - 1]?.bytesDone ?? 0))).toBe(true);
  });

  it('unpacks files of any size, however many at a time', async () => {
    const sizes = [0, 1, 63, 1024 * 1024, 1024 * 1024 + 1, 3_000_000, ...Array.from({ length: 40 }, (_, i) => i * 997)];
    const contents = sizes.map((size) => Buffer.alloc(size, `${size} is its size. `));
    const entries = contents.map((data, i) => ({ name: `d${i % 7}/f${i}`, data, both: { method: i % 2 ? 8 : 0 } }));
    const target = join(folder, 'out');
    await (await readArchive(writeRawZip(entries))).extractTo(target);
    for (const { name, data } of entries) expect((await readFile(join(target, name))).equals(data)).toBe(true);
  });

  it('leaves nothing and names the first entry that is damaged, however many are', async () => {
    const entries = Array.from({ length: 60 }, (_, i) => {
      const isDamaged = i === 20 || i === 23;
      // The earlier one takes longer.
      const data = randomBytes(i === 20 ? 900_000 : 10);
      return { name: `f${i}`, data, both: { method: 8, ...(isDamaged ? { crc32: 1 } : {}) } };
    });
    const archive = await readArchive(writeRawZip(entries));
    const failed = expect(archive.extractTo(join(folder, 'out'))).rejects;
    await failed.toMatchObject({ code: 'CRC_MISMATCH', path: 'f20' });
    await expect(readdir(folder)).resolves.toEqual([]);
  });

  it('unpacks into a new directory only and leaves an existing one alone', async () => {
    const target = join(folder, 'out');
    await mkdir(target);
    await writeFile(join(target, 'mine'), 'x');
    const archive = await readArchive(writeRawZip(PLUGIN));
    await expect(archive.extractTo(target)).rejects.toMatchObject({ code: 'TARGET_EXISTS' });
    await expect(readdir(target)).resolves.toEqual(['mine']);
  });

  it('passes on what is not about the archive', async () => {
    const archive = await readArchive(writeRawZip(PLUGIN));
    await expect(archive.extractTo(join(folder, 'no', 'parent'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(readArchive(join(folder, 'missing.zip'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
