import { hashFile } from '@hansa/archive';
import type { ReleaseFinding } from '@hansa/contracts';
import { checkContents, openPackage } from '@hansa/package-checks';
import type { Release } from '#catalog';

/** The bytes at rest are the bytes that were submitted, and every entry of them unpacks. */
export async function checkBytes(
  path: string,
  release: Pick<Release, 'sha256' | 'sizeBytes'>,
  maxPackedBytes: number,
): Promise<ReleaseFinding[]> {
  const { sha256, sizeBytes } = await hashFile(path);
  if (sha256 !== release.sha256 || sizeBytes !== release.sizeBytes) {
    return [{ check: 'archive', severity: 'error', message: 'The stored bytes are not the submitted ones.' }];
  }
  const verdict = await openPackage(path, { maxPackedBytes });
  return verdict.ok ? checkContents(verdict.opened.archive) : [...verdict.findings];
}
