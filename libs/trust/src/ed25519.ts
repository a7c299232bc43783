import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { thumbprint } from './digest.js';
import { ed25519PointFlaw } from './ed25519-point.js';
import { decodeBase64url, type JsonObject } from './strict-json.js';
import { TrustError } from './trust-error.js';

/** A public signing key (RFC 8037). `kid` is the thumbprint wherever this library makes the key. */
export interface Ed25519PublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  /** The point, 32 bytes in base64url. */
  readonly x: string;
  readonly kid?: string;
}

/** A private signing key. It must never be served, logged or stored in the clear. */
export interface Ed25519PrivateJwk extends Ed25519PublicJwk {
  /** The seed, 32 bytes in base64url. */
  readonly d: string;
}

/** Makes a signing key pair; `kid` is its RFC 7638 thumbprint and stands in both halves. */
export function generateEd25519(): { kid: string; publicJwk: Ed25519PublicJwk; privateJwk: Ed25519PrivateJwk } {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) as { x: string; d: string };
  const kid = thumbprint({ kty: 'OKP', crv: 'Ed25519', x });
  const publicJwk = { kty: 'OKP', crv: 'Ed25519', x, kid } as const;
  return { kid, publicJwk, privateJwk: { ...publicJwk, d } };
}

/**
 * Reads a public key somebody sent. The answer holds `kty`, `crv`, `x` and, if given, `kid`; everything else is dropped.
 *
 * @throws {TrustError} KEY_MALFORMED (no Ed25519 key, not on the curve, or a second spelling of a point), KEY_WEAK (a
 *   low-order point, under which anybody can sign), KEY_PRIVATE (a private key was sent; its owner must replace it)
 */
export function readEd25519PublicKey(value: unknown): Ed25519PublicJwk {
  const jwk = readOkp(value, 'Ed25519');
  if ('d' in jwk) throw new TrustError('KEY_PRIVATE', 'This is a private key. Send only its public half.');
  return readPublicMembers(jwk);
}

/**
 * Reads a private key from a file or a store and checks that both halves belong together, so that no signature is made
 * under the name of another key.
 *
 * @throws {TrustError} KEY_MALFORMED or KEY_WEAK
 */
export function readEd25519PrivateKey(value: unknown): Ed25519PrivateJwk {
  const jwk = readOkp(value, 'Ed25519');
  const seed = typeof jwk.d === 'string' ? decodeBase64url(jwk.d) : null;
  if (seed?.length !== 32) throw new TrustError('KEY_MALFORMED', 'The private member of the key is not 32 bytes.');
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]); // RFC 8410 §7
  const derived = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })).export({
    format: 'jwk',
  });
  if (derived.x !== jwk.x)
    throw new TrustError('KEY_MALFORMED', 'The public and private halves do not belong together.');
  return { ...readPublicMembers(jwk), d: jwk.d as string };
}

function readPublicMembers(jwk: JsonObject): Ed25519PublicJwk {
  if (jwk.alg !== undefined && jwk.alg !== 'EdDSA' && jwk.alg !== 'Ed25519') {
    throw new TrustError('KEY_MALFORMED', 'The key is for another algorithm.');
  }
  if (jwk.use !== undefined && jwk.use !== 'sig')
    throw new TrustError('KEY_MALFORMED', 'The key is not for signatures.');
  const bytes = typeof jwk.x === 'string' ? decodeBase64url(jwk.x) : null;
  const flaw = bytes ? ed25519PointFlaw(bytes) : 'KEY_MALFORMED';
  if (flaw === 'KEY_WEAK') throw new TrustError(flaw, 'The key is a low-order point: anybody can sign under it.');
  if (flaw) throw new TrustError(flaw, 'The key is not a canonical Ed25519 point.');
  return { kty: 'OKP', crv: 'Ed25519', x: jwk.x as string, ...readKid(jwk) };
}

/** The members of a JWK that claims to be an OKP key on `curve`. Internal to this library. */
export function readOkp(value: unknown, curve: 'Ed25519' | 'X25519'): JsonObject {
  const jwk = (typeof value === 'object' && value !== null ? value : {}) as JsonObject;
  if (jwk.kty !== 'OKP' || jwk.crv !== curve) throw new TrustError('KEY_MALFORMED', `This is not an ${curve} key.`);
  return jwk;
}

/** The key id as a spreadable member, absent when the JWK has none. Internal to this library. */
export function readKid({ kid }: JsonObject): { kid?: string } {
  if (kid === undefined) return {};
  if (typeof kid !== 'string' || kid.length === 0 || kid.length > 256) {
    throw new TrustError('KEY_MALFORMED', 'The key id is not a short text.');
  }
  return { kid };
}
