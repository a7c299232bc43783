import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HOSTILE_ARCHIVES, writeRawZip, type HostileArchive, type RawEntry } from '@hansa/archive/hostile';

export type { RawEntry } from '@hansa/archive/hostile';

/** A hostile archive on disk. */
export interface HostileFile extends Pick<HostileArchive, 'attack' | 'code' | 'stage' | 'limits'> {
  readonly file: string;
}

/**
 * Fills a folder with every hostile archive there is, one a file. Where the attack is one bad entry that only unpacking finds, the
 * entry lies among `beside`, so that a package can have everything a package needs and be hostile all the same.
 */
export async function writeHostileArchives(folder: string, beside: readonly RawEntry[] = []): Promise<HostileFile[]> {
  await mkdir(folder, { recursive: true });
  return Promise.all(
    HOSTILE_ARCHIVES.map(async ({ attack, code, stage, limits, entry, build }, index) => {
      const file = join(folder, `${String(index).padStart(3, '0')}-${code.toLowerCase()}.zip`);
      await writeFile(file, entry ? writeRawZip([...beside, entry]) : build());
      return { file, attack, code, stage, ...(limits ? { limits } : {}) };
    }),
  );
}
