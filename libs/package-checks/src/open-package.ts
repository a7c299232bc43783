import { ArchiveError, readArchive, type Archive, type ArchiveLimits } from '@hansa/archive';
import { readManifest, type Manifest, type ReleaseFinding } from '@hansa/contracts';

const MAX_JSON_BYTES = 256 * 1024;

/** A package whose archive, manifest and package.json could be read. */
export interface OpenPackage {
  readonly archive: Archive;
  readonly manifest: Manifest;
  readonly packageJson: Readonly<Record<string, unknown>>;
}

export type OpenVerdict =
  | { readonly ok: true; readonly opened: OpenPackage }
  | { readonly ok: false; readonly findings: readonly ReleaseFinding[] };

/** Opens a zip by the rules of federation.md §5 and §6, or says as findings why it cannot be opened. */
export async function openPackage(path: string, limits: Partial<ArchiveLimits> = {}): Promise<OpenVerdict> {
  let archive: Archive;
  try {
    archive = await readArchive(path, limits);
  } catch (cause) {
    if (!(cause instanceof ArchiveError)) throw cause;
    const { code, message, path: file } = cause as ArchiveError;
    return refused('archive', `${code}: ${message}`, file);
  }
  const manifestJson = await readObject(archive, 'manifest.json');
  const packageJson = await readObject(archive, 'package.json');
  if (!manifestJson) return refused('manifest', 'is no JSON object at the root of the package', 'manifest.json');
  if (!packageJson) return refused('manifest', 'is no JSON object at the root of the package', 'package.json');
  const verdict = readManifest(manifestJson);
  if (!verdict.ok) {
    const findings = verdict.findings.map(({ path: field, message }): ReleaseFinding => {
      return { check: 'manifest', severity: 'error', message: `${field}: ${message}`, file: 'manifest.json' };
    });
    return { ok: false, findings };
  }
  return { ok: true, opened: { archive, manifest: verdict.manifest, packageJson } };
}

async function readObject(archive: Archive, name: string): Promise<Record<string, unknown> | undefined> {
  try {
    const value: unknown = JSON.parse((await archive.read(name, MAX_JSON_BYTES)).toString('utf8'));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch (cause) {
    if (cause instanceof ArchiveError || cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

function refused(check: string, message: string, file?: string): OpenVerdict {
  return { ok: false, findings: [{ check, severity: 'error', message, ...(file === undefined ? {} : { file }) }] };
}
