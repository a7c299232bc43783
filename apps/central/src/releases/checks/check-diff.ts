import { ArchiveError } from '@hansa/archive';
import type { Manifest, ReleaseFinding } from '@hansa/contracts';
import {
  comparePackages,
  digestFiles,
  listComponents,
  type FileDigests,
  type OpenPackage,
  type PackageFacts,
} from '@hansa/package-checks';
import { LessThan, type EntityManager } from 'typeorm';
import { Release } from '#catalog';
import { ReleaseComponent, ReleaseFiles } from './release-check.entity.js';

/** Compares a release with the published one before it, and keeps what the reviewer and the next comparison need. */
export async function checkDiff(db: EntityManager, release: Release, opened: OpenPackage): Promise<ReleaseFinding[]> {
  const files = await digestsOf(opened);
  if (!files) return [];
  const { components } = await listComponents(opened);
  const { sizeBytes, version } = release;
  const before = await factsBefore(db, release);
  const compared =
    before && comparePackages(before, { version, sizeBytes, manifest: opened.manifest, files, components });
  await db.query(
    `INSERT INTO release_files (release_id, files, diff) VALUES ($1, $2, $3)
     ON CONFLICT (release_id) DO UPDATE SET files = $2, diff = $3`,
    [release.id, files, compared?.diff ?? null],
  );
  return compared?.findings ?? [];
}

/** A damaged entry is the archive check's to name. */
async function digestsOf({ archive }: OpenPackage): Promise<FileDigests | undefined> {
  try {
    return await digestFiles(archive);
  } catch (cause) {
    if (cause instanceof ArchiveError) return undefined;
    throw cause;
  }
}

async function factsBefore(db: EntityManager, { packageId, versionKey }: Release): Promise<PackageFacts | undefined> {
  const previous = await db.findOne(Release, {
    where: { packageId, versionKey: LessThan(versionKey), status: 'published' },
    order: { versionKey: 'DESC' },
  });
  const known = previous && (await db.findOneBy(ReleaseFiles, { releaseId: previous.id }));
  if (!known) return undefined;
  const components = await db.findBy(ReleaseComponent, { releaseId: previous.id });
  const { version, sizeBytes, manifest } = previous;
  return { version, sizeBytes, manifest: manifest as unknown as Manifest, files: known.files, components };
}
