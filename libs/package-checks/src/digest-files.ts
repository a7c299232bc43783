import type { Archive } from '@hansa/archive';
import { sha256Hex } from '@hansa/trust';

/** Size and SHA-256 of every file of a package, by path. */
export type FileDigests = Readonly<Record<string, readonly [sizeBytes: number, sha256: string]>>;

/** Reads every file once. @throws {ArchiveError} when an entry is damaged */
export async function digestFiles(archive: Archive): Promise<FileDigests> {
  const digests: [string, [number, string]][] = [];
  for (const { path, size, isDirectory } of archive.entries) {
    if (!isDirectory) digests.push([path, [size, sha256Hex(await archive.read(path, size))]]);
  }
  return Object.fromEntries(digests);
}
