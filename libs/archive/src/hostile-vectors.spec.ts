import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArchive, type ArchiveLimits } from './index.js';
import { HOSTILE_ARCHIVES } from './hostile-zip.js';

interface Row {
  readonly attack: string;
  readonly code: string;
  readonly stage: 'open' | 'unpack';
  readonly limits?: Partial<ArchiveLimits>;
  readonly zip: string;
}

const { archives } = JSON.parse(
  readFileSync(new URL('../../../conformance/vectors/hostile-archives.json', import.meta.url), 'utf8'),
) as { archives: Row[] };

/** Larger than this an archive is made where it is needed, and not kept as a vector. */
const LARGEST = 20_000;

describe('the vectors of hostile archives', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'archive-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each(archives.map((row) => [row.attack, row] as const))('%s: refused with its code', async (_, row) => {
    const opening = readArchive(Buffer.from(row.zip, 'base64'), row.limits);
    if (row.stage === 'open') await expect(opening).rejects.toMatchObject({ code: row.code });
    else await expect((await opening).extractTo(join(folder, 'out'))).rejects.toMatchObject({ code: row.code });
    expect(await readdir(folder)).toEqual([]);
  });

  it('are those the other tests make', () => {
    const made = HOSTILE_ARCHIVES.map(({ attack, build }) => [attack, build()] as const);
    const small = made.filter(([, bytes]) => bytes.length <= LARGEST);
    const kept = archives.map(({ attack, zip }) => [attack, zip]);
    expect(kept).toEqual(small.map(([attack, bytes]) => [attack, bytes.toString('base64')]));
  });
});
