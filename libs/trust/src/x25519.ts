import { generateKeyPairSync } from 'node:crypto';
import { thumbprint } from './digest.js';
import { littleEndian } from './ed25519-point.js';
import { readKid, readOkp } from './ed25519.js';
import { decodeBase64url } from './strict-json.js';
import { TrustError } from './trust-error.js';

const P = 2n ** 255n - 19n;

/** The u coordinates of low order (RFC 7748 §6.1): with such a "key" everybody computes the same shared secret, zero. */
const LOW_ORDER_U: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  P - 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
]);

/** A public sealing key (RFC 8037). */
export interface X25519PublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'X25519';
  /** The u coordinate, 32 bytes in base64url. */
  readonly x: string;
  readonly kid?: string;
}

/** A private sealing key. */
export interface X25519PrivateJwk extends X25519PublicJwk {
  readonly d: string;
}

/** Makes a sealing key pair; `kid` is its RFC 7638 thumbprint and stands in both halves. */
export function generateX25519(): { kid: string; publicJwk: X25519PublicJwk; privateJwk: X25519PrivateJwk } {
  const { x, d } = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' }) as { x: string; d: string };
  const kid = thumbprint({ kty: 'OKP', crv: 'X25519', x });
  const publicJwk = { kty: 'OKP', crv: 'X25519', x, kid } as const;
  return { kid, publicJwk, privateJwk: { ...publicJwk, d } };
}

/**
 * Reads a public sealing key somebody sent, keeping `kty`, `crv`, `x` and, if given, `kid`.
 *
 * @throws {TrustError} KEY_MALFORMED, KEY_WEAK (low order) or KEY_PRIVATE
 */
export function readX25519PublicKey(value: unknown): X25519PublicJwk {
  const jwk = readOkp(value, 'X25519');
  if ('d' in jwk) throw new TrustError('KEY_PRIVATE', 'This is a private key. Send only its public half.');
  const bytes = typeof jwk.x === 'string' ? decodeBase64url(jwk.x) : null;
  if (bytes?.length !== 32) throw new TrustError('KEY_MALFORMED', 'The key is not 32 bytes.');
  const u = littleEndian(bytes);
  if (LOW_ORDER_U.has((u & (2n ** 255n - 1n)) % P)) throw new TrustError('KEY_WEAK', 'The key is of low order.');
  if (u >= P) throw new TrustError('KEY_MALFORMED', 'The key is a second spelling of another one.');
  return { kty: 'OKP', crv: 'X25519', x: jwk.x as string, ...readKid(jwk) };
}
