import { ArchiveError, readArchive, type Archive, type ArchiveLimits } from '@hansa/archive';
import { readManifest, type Manifest } from '@hansa/contracts';
import { sha256Hex } from '@hansa/trust';
import { ArchiveRefused, ReleaseError } from './releases.errors.js';

/** Far more than any manifest needs, far less than hurts. */
const MAX_JSON_BYTES = 256 * 1024;

/** What the hub believes of an archive after looking. */
export interface ReadPackage {
  readonly archive: Archive;
  readonly manifest: Manifest;
  /** As it stands in the archive, unknown fields and all. */
  readonly manifestJson: Record<string, unknown>;
  readonly manifestSha256: string;
}

/**
 * Reads a package from bytes at rest: archive rules first, then `manifest.json`, then `package.json` against it (federation.md
 * §5, §6).
 *
 * @throws {ArchiveRefused | ReleaseError} MANIFEST_MISSING, MANIFEST_INVALID, PACKAGE_JSON_MISSING, PACKAGE_JSON_INVALID, VERSION_MISMATCH
 */
export async function readPackage(path: string, limits: Partial<ArchiveLimits>): Promise<ReadPackage> {
  try {
    const archive = await readArchive(path, limits);
    const manifestBytes = await readRootFile(archive, 'manifest.json', 'MANIFEST_MISSING');
    const manifestJson = parseObject(manifestBytes);
    if (!manifestJson) throw new ReleaseError('MANIFEST_INVALID', detail('', 'must be a JSON object in UTF-8'));
    const verdict = readManifest(manifestJson);
    if (!verdict.ok) throw new ReleaseError('MANIFEST_INVALID', { details: verdict.findings });
    const packageJson = parseObject(await readRootFile(archive, 'package.json', 'PACKAGE_JSON_MISSING'));
    if (!packageJson) throw new ReleaseError('PACKAGE_JSON_INVALID');
    if (packageJson['version'] !== verdict.manifest.version) throw new ReleaseError('VERSION_MISMATCH');
    return { archive, manifest: verdict.manifest, manifestJson, manifestSha256: sha256Hex(manifestBytes) };
  } catch (cause) {
    if (cause instanceof ArchiveError) throw new ArchiveRefused(cause as ArchiveError);
    throw cause;
  }
}

async function readRootFile(
  archive: Archive,
  name: string,
  missing: 'MANIFEST_MISSING' | 'PACKAGE_JSON_MISSING',
): Promise<Buffer> {
  if (!archive.entries.some(({ path, isDirectory }) => path === name && !isDirectory)) throw new ReleaseError(missing);
  return archive.read(name, MAX_JSON_BYTES);
}

/** A JSON object, or undefined; also for text PostgreSQL cannot keep: U+0000 and halves of surrogate pairs. */
function parseObject(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(JSON.stringify(value))
      ? undefined
      : (value as Record<string, unknown>);
  } catch {
    return undefined;
  }
}

function detail(path: string, message: string) {
  return { details: [{ path, message }] };
}
