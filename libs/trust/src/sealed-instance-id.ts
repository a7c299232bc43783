import { CompactEncrypt, compactDecrypt, errors, importJWK } from 'jose';
import { CLOCK_LEEWAY_SECONDS, isUnixSeconds, unixSeconds } from './clock.js';
import { thumbprint } from './digest.js';
import { decodeBase64url, parseJsonObject, type JsonObject } from './strict-json.js';
import { TrustError } from './trust-error.js';
import { readX25519PublicKey, type X25519PrivateJwk, type X25519PublicJwk } from './x25519.js';

const TYP = 'instance-id+jwe';
const ALGORITHM = 'ECDH-ES';
const ENCRYPTION = 'A256GCM';
/** Exactly these. Compression (`zip`) above all stays out: it turns a short text into a long one after decryption. */
const HEADER = ['alg', 'enc', 'epk', 'kid', 'typ'];
const MAX_LENGTH = 4096;
const MAX_ID_LENGTH = 256;

/** Seconds a sealed instance id may be under way before it is refused. */
export const SEAL_MAX_AGE_SECONDS = 300;

/**
 * Seals an instance id to the hub's key, so that neither proxies nor logs can follow a shop around (§7). Seal afresh for
 * every request: two seals of one id have nothing in common.
 *
 * @throws {TrustError} a code of `readX25519PublicKey`, or SEAL_MALFORMED when the id is empty or too long
 */
export async function sealInstanceId(
  instanceId: string,
  hubPublicJwk: X25519PublicJwk,
  { audience, now }: { readonly audience: string; readonly now: Date },
): Promise<string> {
  if (!isInstanceId(instanceId)) throw new TrustError('SEAL_MALFORMED', 'The instance id is not a short text.');
  const { kty, crv, x, kid } = readX25519PublicKey(hubPublicJwk);
  const payload = JSON.stringify({ instance_id: instanceId, iat: unixSeconds(now), aud: audience });
  return new CompactEncrypt(new TextEncoder().encode(payload))
    .setProtectedHeader({ alg: ALGORITHM, enc: ENCRYPTION, kid: kid ?? thumbprint({ kty, crv, x }), typ: TYP })
    .encrypt(await importJWK({ kty, crv, x }, ALGORITHM));
}

/**
 * Opens a sealed instance id that was sealed to one of `privateJwks` for `audience`, not longer ago than `maxAgeSeconds`.
 *
 * @throws {TrustError} SEAL_MALFORMED, KEY_WEAK (a low-order ephemeral key), KEY_UNKNOWN, SEAL_MISMATCH (changed under
 *   way, or sealed for another hub: `field` is `aud`), SEAL_EXPIRED or SEAL_NOT_YET_VALID
 */
export async function openInstanceId(
  jwe: string,
  privateJwks: readonly X25519PrivateJwk[],
  expected: { readonly audience: string; readonly now: Date; readonly maxAgeSeconds?: number },
): Promise<string> {
  const { kid } = readHeader(jwe);
  const key = privateJwks.find((candidate) => (candidate.kid ?? thumbprint(candidate)) === kid);
  if (!key) throw new TrustError('KEY_UNKNOWN', 'The instance id was sealed to a key that is not in use.');
  const payload = parseJsonObject(await decrypt(jwe, key));
  const { instance_id: instanceId, iat, aud } = payload ?? {};
  if (!isInstanceId(instanceId) || !isUnixSeconds(iat)) throw malformed('The sealed payload is not as defined.');
  if (aud !== expected.audience) throw new TrustError('SEAL_MISMATCH', 'Sealed for another hub.', { field: 'aud' });
  const age = unixSeconds(expected.now) - iat;
  if (age > (expected.maxAgeSeconds ?? SEAL_MAX_AGE_SECONDS) + CLOCK_LEEWAY_SECONDS) {
    throw new TrustError('SEAL_EXPIRED', 'The instance id was sealed too long ago.');
  }
  if (age < -CLOCK_LEEWAY_SECONDS) throw new TrustError('SEAL_NOT_YET_VALID', 'The seal is from the future.');
  return instanceId;
}

function readHeader(jwe: unknown): JsonObject {
  if (typeof jwe !== 'string' || jwe.length > MAX_LENGTH) throw malformed('This is no sealed instance id.');
  const parts = jwe.split('.').map(decodeBase64url);
  const [headerBytes, encryptedKey, iv, , tag] = parts;
  const sound = parts.length === 5 && !parts.includes(null);
  if (!sound || !headerBytes || encryptedKey?.length !== 0 || iv?.length !== 12 || tag?.length !== 16) {
    throw malformed('This is no compact JWE of the expected form.');
  }
  const header = parseJsonObject(headerBytes);
  if (!header || Object.keys(header).sort().join() !== HEADER.join()) throw malformed('The header is not as defined.');
  if (header.alg !== ALGORITHM || header.enc !== ENCRYPTION || header.typ !== TYP) {
    throw malformed('Algorithm, encryption or type is another.');
  }
  readX25519PublicKey(header.epk);
  return header;
}

async function decrypt(jwe: string, { kty, crv, x, d }: X25519PrivateJwk): Promise<Uint8Array> {
  const key = await importJWK({ kty, crv, x, d }, ALGORITHM);
  const options = { keyManagementAlgorithms: [ALGORITHM], contentEncryptionAlgorithms: [ENCRYPTION] };
  try {
    return (await compactDecrypt(jwe, key, options)).plaintext;
  } catch (cause) {
    if (!(cause instanceof errors.JOSEError)) throw cause;
    throw new TrustError('SEAL_MISMATCH', 'The bytes are not what was sealed to this key.', { cause });
  }
}

function isInstanceId(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_ID_LENGTH;
}

function malformed(message: string): TrustError {
  return new TrustError('SEAL_MALFORMED', message);
}
