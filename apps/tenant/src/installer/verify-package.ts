import { ArchiveError, hashFile, readArchive, type Archive } from '@hansa/archive';
import { readManifest, runsOn, type Manifest } from '@hansa/contracts';
import { readEd25519PublicKey, sha256Hex, thumbprint, TrustError, verifyRelease } from '@hansa/trust';
import semver from 'semver';
import type { VouchedFile } from '#tuf';
import { misfitOf, type Neighbor } from './fit-among.js';
import type { PackageFacts } from './install-job.entity.js';
import { PackageRefused } from './installer.errors.js';

export interface PackageExpectation {
  readonly marketplaceId: string;
  readonly version: string;
  readonly maxBytes: number;
  /** Thumbprint of the publisher key this shop knows for the namespace; null before the first release of it. */
  readonly pinnedKey: string | null;
  /** What the hub's release metadata says of the release; null where there is nothing to go by. */
  readonly vouchedFor: () => Promise<VouchedFile | null>;
  /** Paid packages need one. */
  readonly isLicensed: boolean;
  readonly platformVersion: string;
  /** What is installed from this package now. */
  readonly installed: { readonly id: string; readonly version: string } | null;
  /** Every installed plugin, this one or not. */
  readonly neighbors: readonly Neighbor[];
}

export interface VerifiedPackage {
  readonly archive: Archive;
  readonly manifest: Manifest;
  readonly keyThumbprint: string;
}

const MAX_JSON_BYTES = 1024 * 1024;

/**
 * Believes a downloaded package, or refuses it with the code of the first step that fails. The steps are those of
 * docs/protocol/installing.md; nothing is unpacked to disk before all of them have passed.
 *
 * @throws {PackageRefused}
 */
export async function verifyPackage(
  file: string,
  told: PackageFacts,
  expected: PackageExpectation,
): Promise<VerifiedPackage> {
  // Step 1, the address, is checked before anything is fetched (fetch-package.ts).
  const { sha256, sizeBytes } = await hashFile(file);
  // Step 2: size. Again here: the file may have changed since it was fetched.
  if (sizeBytes !== told.sizeBytes)
    throw new PackageRefused('SIZE_MISMATCH', 'The package is not of the size the hub named.');
  // Step 3: digest. Stops bytes that were swapped on the way or at the store.
  if (sha256 !== told.sha256) throw new PackageRefused('DIGEST_MISMATCH', 'The package is not the one the hub named.');
  // Step 4: archive limits. Before anything in it is read, so that a hostile zip costs nothing (bombs, traversal).
  const archive = await translated(() => readArchive(file, { maxPackedBytes: expected.maxBytes }));
  const manifestBytes = await translated(() => archive.read('manifest.json', MAX_JSON_BYTES));
  // Step 5: publisher signature, over name, version, bytes and manifest. Stops a hub that serves what nobody released.
  const keyThumbprint = await verifyPublisher(told, expected, manifestBytes);
  // Step 6: the key is the one known for this namespace. Stops a hub that brings a publisher key of its own.
  if (expected.pinnedKey !== null && expected.pinnedKey !== keyThumbprint) {
    throw new PackageRefused('PUBLISHER_KEY_CHANGED', 'The publisher signs with another key than before.');
  }
  // Step 7: the hub's release metadata names these bytes. Stops a store, a mirror or a stolen hub key from handing out what the hub
  // never released, or what it took back; and whoever stands between from showing this shop an old catalog.
  const vouched = await expected.vouchedFor();
  if (vouched && (vouched.sha256 !== sha256 || vouched.sizeBytes !== sizeBytes)) {
    throw new PackageRefused('METADATA_MISMATCH', 'The package is not the one the hub’s signed metadata names.');
  }
  // Step 8: license.
  if (!expected.isLicensed) throw new PackageRefused('LICENSE_REQUIRED', 'There is no license for this package.');
  // Step 9: manifest. What the package says it is must be what was asked for.
  const manifest = readOwnManifest(
    manifestBytes,
    await translated(() => archive.read('package.json', MAX_JSON_BYTES)),
    expected,
  );
  // Step 10: platform.
  if (
    !runsOn(expected.platformVersion, {
      min: manifest.carphacom_min_version,
      max: manifest.carphacom_max_version ?? null,
    })
  ) {
    throw new PackageRefused(
      'PLATFORM_UNSUPPORTED',
      `The package does not run on platform ${expected.platformVersion}.`,
    );
  }
  // Step 11: not older than installed. Stops a rollback to a release with known holes.
  if (expected.installed && semver.lt(manifest.version, expected.installed.version)) {
    throw new PackageRefused('DOWNGRADE_REFUSED', 'A newer version is installed.');
  }
  // Step 12: dependencies and conflicts.
  const misfit = misfitOf({ ...expected, manifest }, expected.neighbors);
  if (misfit) throw new PackageRefused(misfit.code, misfit.message);
  return { archive, manifest, keyThumbprint };
}

async function verifyPublisher(
  told: PackageFacts,
  expected: PackageExpectation,
  manifestBytes: Buffer,
): Promise<string> {
  const { signature, sha256, sizeBytes } = told;
  if (!signature) throw new PackageRefused('SIGNATURE_MISSING', 'The hub sent no publisher signature.');
  return translated(async () => {
    const key = readEd25519PublicKey(signature.key);
    await verifyRelease(signature.publisher, key, {
      marketplace_id: expected.marketplaceId,
      version: expected.version,
      sha256,
      size_bytes: sizeBytes,
      manifest_sha256: sha256Hex(manifestBytes),
    });
    return thumbprint(key);
  });
}

function readOwnManifest(manifestBytes: Buffer, packageBytes: Buffer, expected: PackageExpectation): Manifest {
  const verdict = readManifest(parseJson(manifestBytes));
  if (!verdict.ok) {
    const [finding] = verdict.findings;
    throw new PackageRefused('MANIFEST_INVALID', `manifest.json: ${finding?.path ?? ''} ${finding?.message ?? ''}`);
  }
  const { manifest } = verdict;
  const packageVersion = (parseJson(packageBytes) as { version?: unknown } | null)?.version;
  const agrees =
    manifest.marketplace_id === expected.marketplaceId &&
    manifest.version === expected.version &&
    packageVersion === expected.version &&
    (expected.installed === null || expected.installed.id === manifest.id);
  if (!agrees) throw new PackageRefused('MANIFEST_MISMATCH', 'The package is not what was asked for.');
  return manifest;
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

/** Refusals of the pure libraries keep their code: it already says which rule was broken. */
async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ArchiveError || cause instanceof TrustError)
      throw new PackageRefused(String(cause.code), cause.message, { cause });
    throw cause;
  }
}
