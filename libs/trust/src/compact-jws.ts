import { CompactSign, compactVerify, errors, importJWK } from 'jose';
import { thumbprint } from './digest.js';
import { readEd25519PublicKey, type Ed25519PrivateJwk, type Ed25519PublicJwk } from './ed25519.js';
import { decodeBase64url, parseJsonObject, type JsonObject } from './strict-json.js';
import { TrustError, type TrustErrorCode } from './trust-error.js';

/** The only algorithm: the verifier fixes it, the token does not choose (RFC 8725 §3.1). */
const ALGORITHM = 'EdDSA';
/** No token of ours comes near this; longer ones are refused before they are decoded. */
const MAX_LENGTH = 16_384;
/** Header members that change how a token is read or offer a key of the sender's choosing. None is ever needed. */
const FORBIDDEN = ['crit', 'b64', 'zip', 'jku', 'jwk', 'x5u', 'x5c', 'x5t', 'x5t#S256'];

/** A compact JWS taken apart and found well formed. Nothing in it is believed before {@link verifySigned}. */
export interface UnverifiedJws {
  readonly compact: string;
  readonly kid: string;
  readonly payloadText: string;
  readonly payload: JsonObject;
  readonly signature: Buffer;
}

/** Signs `payloadText` as `typ`; the key is named by `kid`. */
export async function signCompact(typ: string, payloadText: string, privateJwk: Ed25519PrivateJwk, kid: string) {
  const { kty, crv, x, d } = privateJwk;
  return new CompactSign(new TextEncoder().encode(payloadText))
    .setProtectedHeader({ alg: ALGORITHM, kid, typ })
    .sign(await importJWK({ kty, crv, x, d }, ALGORITHM));
}

/** The compact JWS that {@link signCompact} made, from its parts: what is signed can be told in another notation. */
export function compactOf(typ: string, payloadText: string, kid: string, signature: Buffer): string {
  const header = Buffer.from(JSON.stringify({ alg: ALGORITHM, kid, typ }));
  return [header, Buffer.from(payloadText), signature].map((part) => part.toString('base64url')).join('.');
}

/**
 * Takes a compact JWS apart. `typ` is compared as it stands: it is what keeps one kind of token from being taken for
 * another (RFC 8725 §3.11). Only a kind that carries lists needs another `maxLength`.
 *
 * @throws {TrustError} the code given as `malformed`
 */
export function readCompact(
  compact: unknown,
  typ: string,
  malformed: TrustErrorCode,
  maxLength = MAX_LENGTH,
): UnverifiedJws {
  const refuse = (why: string) => new TrustError(malformed, why);
  if (typeof compact !== 'string' || compact.length > maxLength) throw refuse('This is no signed token.');
  const parts = compact.split('.').map(decodeBase64url);
  const [headerBytes, payloadBytes, signature] = parts;
  if (parts.length !== 3 || !headerBytes || !payloadBytes || signature?.length !== 64) {
    throw refuse('This is no compact JWS with an Ed25519 signature.');
  }
  const header = parseJsonObject(headerBytes);
  const payload = parseJsonObject(payloadBytes);
  if (!header || !payload) throw refuse('Header or payload is no unambiguous JSON object.');
  if (header.alg !== ALGORITHM) throw refuse('The algorithm is not EdDSA.');
  if (header.typ !== typ) throw refuse(`The type is not ${typ}.`);
  if (FORBIDDEN.some((name) => Object.hasOwn(header, name)))
    throw refuse('The header has a member that is not allowed.');
  const { kid } = header;
  if (typeof kid !== 'string' || kid.length === 0 || kid.length > 256) throw refuse('The header names no key.');
  return { compact, kid, payload, payloadText: payloadBytes.toString('utf8'), signature };
}

/** The id a key goes by: its own `kid`, or its thumbprint when it has none. */
export function keyIdOf(key: Ed25519PublicJwk): string {
  return key.kid ?? thumbprint(key);
}

/** The key of a set that a token names. @throws {TrustError} KEY_UNKNOWN */
export function namedKey({ kid }: UnverifiedJws, keys: readonly Ed25519PublicJwk[]): Ed25519PublicJwk {
  const key = keys.find((candidate) => keyIdOf(candidate) === kid);
  if (!key) throw new TrustError('KEY_UNKNOWN', 'The token was signed with a key that is not in the set.');
  return key;
}

/**
 * Checks the signature under `publicKey`. The key itself is checked first: see {@link readEd25519PublicKey}.
 *
 * @throws {TrustError} SIGNATURE_MISMATCH, or a code of `readEd25519PublicKey`
 */
export async function verifySigned({ compact }: UnverifiedJws, publicKey: Ed25519PublicJwk): Promise<void> {
  const { kty, crv, x } = readEd25519PublicKey(publicKey);
  const key = await importJWK({ kty, crv, x }, ALGORITHM);
  try {
    await compactVerify(compact, key, { algorithms: [ALGORITHM] });
  } catch (cause) {
    if (!(cause instanceof errors.JOSEError)) throw cause;
    throw new TrustError('SIGNATURE_MISMATCH', 'The signature was not made by this key over these bytes.', { cause });
  }
}
