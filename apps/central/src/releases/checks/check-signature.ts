import { releaseKeyId, TrustError, verifyRelease, type Ed25519PublicJwk } from '@hansa/trust';
import type { ReleaseFinding } from '@hansa/contracts';
import type { Release } from '#catalog';

/** The signature still holds, and its key has not been revoked since. */
export async function checkSignature(
  release: Pick<Release, 'signature' | 'version' | 'sha256' | 'sizeBytes' | 'manifestSha256'>,
  marketplaceId: string,
  keyOf: (kid: string) => Promise<{ publicJwk: Record<string, unknown> } | undefined>,
): Promise<ReleaseFinding[]> {
  try {
    const key = await keyOf(releaseKeyId(release.signature));
    if (!key) return [error('The signing key is not live any more.')];
    await verifyRelease(release.signature, key.publicJwk as unknown as Ed25519PublicJwk, {
      marketplace_id: marketplaceId,
      version: release.version,
      sha256: release.sha256,
      size_bytes: release.sizeBytes,
      manifest_sha256: release.manifestSha256,
    });
    return [];
  } catch (cause) {
    if (cause instanceof TrustError) return [error((cause as TrustError).code)];
    throw cause;
  }
}

function error(message: string): ReleaseFinding {
  return { check: 'signature', severity: 'error', message, advice: 'Sign the package again with a live key.' };
}
