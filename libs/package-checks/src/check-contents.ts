import { ArchiveError, type Archive } from '@hansa/archive';
import type { ReleaseFinding } from '@hansa/contracts';

/** Every entry unpacks to what its headers say: sizes and checksums, which opening an archive does not look at. */
export async function checkContents(archive: Archive): Promise<ReleaseFinding[]> {
  const findings: ReleaseFinding[] = [];
  for (const { path, size, isDirectory } of archive.entries) {
    if (isDirectory) continue;
    try {
      await archive.read(path, size);
    } catch (cause) {
      if (!(cause instanceof ArchiveError)) throw cause;
      const { code } = cause as ArchiveError;
      findings.push({ check: 'archive', severity: 'error', message: code, file: path, advice: 'Pack it anew.' });
    }
  }
  return findings;
}
