import { releaseKeyId, TrustError, verifyRelease, type Ed25519PublicJwk } from '@hansa/trust';
import { ArchiveError, hashFile, type Archive } from '@hansa/archive';
import type { ReleaseFinding } from '@hansa/contracts';
import type { Release } from '#catalog';

/** The bytes at rest are the bytes that were submitted. */
export async function checkBytes(
  path: string,
  release: Pick<Release, 'sha256' | 'sizeBytes'>,
): Promise<ReleaseFinding[]> {
  const { sha256, sizeBytes } = await hashFile(path);
  if (sha256 === release.sha256 && sizeBytes === release.sizeBytes) return [];
  return [error('archive', 'The stored bytes are not the submitted ones.')];
}

/** Every entry unpacks to what its headers say: sizes and checksums, which opening an archive does not look at. */
export async function checkContents(archive: Archive): Promise<ReleaseFinding[]> {
  const findings: ReleaseFinding[] = [];
  for (const { path, size, isDirectory } of archive.entries) {
    if (isDirectory) continue;
    try {
      await archive.read(path, size);
    } catch (cause) {
      if (!(cause instanceof ArchiveError)) throw cause;
      findings.push({ check: 'archive', severity: 'error', message: codeOf(cause), file: path });
    }
  }
  return findings;
}

/** The signature still holds, and its key has not been revoked since. */
export async function checkSignature(
  release: Pick<Release, 'signature' | 'version' | 'sha256' | 'sizeBytes' | 'manifestSha256'>,
  marketplaceId: string,
  keyOf: (kid: string) => Promise<{ publicJwk: Record<string, unknown> } | undefined>,
): Promise<ReleaseFinding[]> {
  try {
    const key = await keyOf(releaseKeyId(release.signature));
    if (!key) return [error('signature', 'The signing key is not live any more.')];
    await verifyRelease(release.signature, key.publicJwk as unknown as Ed25519PublicJwk, {
      marketplace_id: marketplaceId,
      version: release.version,
      sha256: release.sha256,
      size_bytes: release.sizeBytes,
      manifest_sha256: release.manifestSha256,
    });
    return [];
  } catch (cause) {
    if (cause instanceof TrustError) return [error('signature', codeOf(cause))];
    throw cause;
  }
}

function codeOf({ code }: ArchiveError | TrustError): string {
  return code;
}

function error(check: string, message: string): ReleaseFinding {
  return { check, severity: 'error', message };
}
