import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashFile, packDirectory, readArchive } from './index.js';

let folder: string;
let source: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pack-'));
  source = join(folder, 'plugin');
  out = join(folder, 'plugin.zip');
  await mkdir(join(source, 'lib', 'empty'), { recursive: true });
  await mkdir(join(source, '.git'));
  await writeFile(join(source, '.git', 'HEAD'), 'ref');
  await writeFile(join(source, 'manifest.json'), '{}');
  await writeFile(join(source, 'lib', 'index.js'), 'export const answer = 42;\n'.repeat(50));
  await writeFile(join(source, 'lib', 'Größe.txt'), 'x');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('packDirectory', () => {
  it('gives exactly these bytes, on every machine and in every time zone', async () => {
    const packed = await packDirectory(source, out);
    expect(packed).toEqual({
      sha256: 'ec66307001f84fb286f9e8b5803b9371b7eac21a63b9b42e92d45a174ee36467',
      sizeBytes: 467,
      entries: 4,
    });
    expect(await hashFile(out)).toEqual({ sha256: packed.sha256, sizeBytes: packed.sizeBytes });
  });

  it('gives the same bytes whatever the times and modes of the files are', async () => {
    const { sha256 } = await packDirectory(source, out);
    await utimes(join(source, 'manifest.json'), 0, 0);
    await chmod(join(source, 'manifest.json'), 0o700);
    expect((await packDirectory(source, out)).sha256).toBe(sha256);
  });

  it('packs what readArchive reads back, names in byte order, empty directories included, ignored names left out', async () => {
    await writeFile(join(source, 'lib-x.js'), '');
    await packDirectory(source, out);
    const archive = await readArchive(out);
    expect(archive.entries.map(({ path }) => path)).toEqual([
      'lib-x.js',
      'lib/Größe.txt',
      'lib/empty',
      'lib/index.js',
      'manifest.json',
    ]);
    await expect(archive.read('lib/index.js', 10_000)).resolves.toEqual(
      await readFile(join(source, 'lib', 'index.js')),
    );
  });

  it('leaves out the names the caller gives instead of the default ones', async () => {
    await packDirectory(source, out, { ignore: ['lib'] });
    expect((await readArchive(out)).entries.map(({ path }) => path)).toEqual(['.git/HEAD', 'manifest.json']);
  });

  it('refuses links and special files', async () => {
    await symlink('manifest.json', join(source, 'link.json'));
    await expect(packDirectory(source, out)).rejects.toMatchObject({ code: 'SYMLINK', path: 'link.json' });
    await rm(join(source, 'link.json'));
    execFileSync('mkfifo', [join(source, 'pipe')]);
    await expect(packDirectory(source, out)).rejects.toMatchObject({ code: 'DEVICE', path: 'pipe' });
  });

  it('writes nothing that could not be unpacked', async () => {
    await writeFile(join(source, 'con.js'), '');
    await expect(packDirectory(source, out)).rejects.toMatchObject({ code: 'PATH_INVALID' });
    await rm(join(source, 'con.js'));
    await expect(packDirectory(source, out, { limits: { maxEntries: 3 } })).rejects.toMatchObject({
      code: 'TOO_MANY_ENTRIES',
    });
    await expect(readdir(folder)).resolves.toEqual(['plugin']);
  });

  it('refuses to write into what it packs, except where it does not look', async () => {
    await expect(packDirectory(source, join(source, 'a.zip'))).rejects.toMatchObject({
      code: 'OUTPUT_INSIDE_DIRECTORY',
    });
    await expect(packDirectory(source, source)).rejects.toMatchObject({ code: 'OUTPUT_INSIDE_DIRECTORY' });
    await mkdir(join(source, 'out'));
    const packed = await packDirectory(source, join(source, 'out', 'a.zip'), { ignore: ['out', '.git'] });
    expect(packed.entries).toBe(4);
  });
});

describe('hashFile', () => {
  it('gives digest and size', async () => {
    await writeFile(out, 'abc');
    await expect(hashFile(out)).resolves.toEqual({
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      sizeBytes: 3,
    });
  });
});
