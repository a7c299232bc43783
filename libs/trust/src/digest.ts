import { createHash } from 'node:crypto';
import { TrustError } from './trust-error.js';

/** SHA-256 in lower-case hex, the form of every digest on the wire. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Members that identify a key of each type, in the order RFC 7638 §3.3 asks for. */
const IDENTIFYING: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
};

/**
 * The RFC 7638 thumbprint of a key, base64url SHA-256. The same for a private key and its public half.
 *
 * @throws {TrustError} KEY_MALFORMED when the type is unknown or an identifying member is missing
 */
export function thumbprint(jwk: object): string {
  const key = jwk as Readonly<Record<string, unknown>>;
  const members = typeof key.kty === 'string' && Object.hasOwn(IDENTIFYING, key.kty) ? IDENTIFYING[key.kty] : undefined;
  if (!members?.every((name) => typeof key[name] === 'string')) {
    throw new TrustError('KEY_MALFORMED', 'The key lacks a member that identifies it.');
  }
  const identity = JSON.stringify(Object.fromEntries(members.map((name) => [name, key[name]])));
  return createHash('sha256').update(identity).digest('base64url');
}
