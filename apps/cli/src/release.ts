import { hashFile, readArchive, type Archive } from '@hansa/archive';
import { readManifest, type Manifest } from '@hansa/contracts';
import { sha256Hex, type ReleaseStatement } from '@hansa/trust';
import { CliError } from './cli-error.js';
import { assertReadable, parseJson } from './files.js';

const MAX_MANIFEST_BYTES = 1024 * 1024;
const MAX_KEY_BYTES = 8_192;

/** A packed release whose manifest is valid, whose versions agree and whose entry is there. */
export interface Release {
  readonly archive: Archive;
  readonly manifest: Manifest;
  /** What a publisher signs, but for the time. */
  readonly statement: Omit<ReleaseStatement, 'signed_at'>;
}

/**
 * Reads a zip as the hub will (federation.md §5, §6).
 *
 * @throws {ArchiveError} for its structure; {CliError} FILE_UNREADABLE, MANIFEST_MISSING, MANIFEST_INVALID, PACKAGE_JSON_MISSING,
 *   VERSION_MISMATCH, ENTRY_MISSING, PRIVATE_KEY_INSIDE or JSON_INVALID for its content
 */
export async function readRelease(zip: string): Promise<Release> {
  await assertReadable(zip);
  const archive = await readArchive(zip);
  const manifestBytes = await readRootFile(archive, 'manifest.json', 'MANIFEST_MISSING');
  const packageBytes = await readRootFile(archive, 'package.json', 'PACKAGE_JSON_MISSING');
  const manifest = readValidManifest(parseJson(manifestBytes, 'manifest.json'));
  refuseOtherVersion(manifest, parseJson(packageBytes, 'package.json'));
  const entry = (manifest.entry ?? './index.js').slice(2);
  if (!archive.entries.some(({ path, isDirectory }) => path === entry && !isDirectory)) {
    throw new CliError('ENTRY_MISSING', `The entry module ${entry} is not in the package.`);
  }
  await refusePrivateKeys(archive);
  const { sha256, sizeBytes } = await hashFile(zip);
  const statement = {
    marketplace_id: manifest.marketplace_id,
    version: manifest.version,
    sha256,
    size_bytes: sizeBytes,
    manifest_sha256: sha256Hex(manifestBytes),
  };
  return { archive, manifest, statement };
}

/** @throws {CliError} MANIFEST_INVALID, with every field that is wrong */
export function readValidManifest(value: unknown): Manifest {
  const verdict = readManifest(value);
  if (verdict.ok) return verdict.manifest;
  throw new CliError('MANIFEST_INVALID', 'manifest.json is not valid.', { details: verdict.findings });
}

/**
 * Both files name the version [D]; a shop must not have to choose.
 *
 * @throws {CliError} VERSION_MISMATCH
 */
export function refuseOtherVersion(manifest: Manifest, packageJson: unknown): void {
  const { version } = (packageJson ?? {}) as { version?: unknown };
  if (version === manifest.version) return;
  const other = typeof version === 'string' ? version : 'no version';
  throw new CliError('VERSION_MISMATCH', `manifest.json says ${manifest.version}, package.json says ${other}.`);
}

async function readRootFile(archive: Archive, name: string, code: string): Promise<Buffer> {
  if (!archive.entries.some(({ path }) => path === name)) {
    throw new CliError(code, `${name} is not at the root of the package.`);
  }
  return archive.read(name, MAX_MANIFEST_BYTES);
}

/** A signing key that lies in the folder would be handed to everybody who downloads the package. */
async function refusePrivateKeys(archive: Archive): Promise<void> {
  for (const { path, size } of archive.entries) {
    if (!/\.(json|jwk)$/.test(path) || size > MAX_KEY_BYTES) continue;
    const text = (await archive.read(path, MAX_KEY_BYTES)).toString('utf8');
    if (/"kty"\s*:/.test(text) && /"d"\s*:/.test(text)) {
      throw new CliError('PRIVATE_KEY_INSIDE', `${path} holds a private key and must not be packed.`);
    }
  }
}
