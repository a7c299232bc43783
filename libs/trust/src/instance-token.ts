import { randomUUID } from 'node:crypto';
import { unixSeconds } from './clock.js';
import { readCompact, signCompact, verifySigned } from './compact-jws.js';
import { thumbprint } from './digest.js';
import { type Ed25519PrivateJwk, type Ed25519PublicJwk } from './ed25519.js';
import { refuseOther, refuseOutdated, textClaim, timeClaims } from './token-claims.js';
import { TrustError } from './trust-error.js';

const TYP = 'instance+jwt';

/** The longest life of an instance token (§2). */
export const INSTANCE_TOKEN_TTL_SECONDS = 60;

/** An instance's word to the hub, good for one request. */
export interface InstanceClaims {
  /** The instance id. */
  readonly sub: string;
  /** The hub's URL. */
  readonly aud: string;
  /** Unique per token. Keep it until `exp` plus the leeway and refuse it the second time. */
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
}

/** Signs a token for one request of an instance to the hub at `audience`. */
export async function signInstanceToken(
  { instanceId, audience }: { readonly instanceId: string; readonly audience: string },
  privateJwk: Ed25519PrivateJwk,
  now: Date,
): Promise<string> {
  const iat = unixSeconds(now);
  const claims: InstanceClaims = {
    sub: instanceId,
    aud: audience,
    jti: randomUUID(),
    iat,
    exp: iat + INSTANCE_TOKEN_TTL_SECONDS,
  };
  return signCompact(TYP, JSON.stringify(claims), privateJwk, thumbprint(privateJwk));
}

/**
 * The instance a token says it is from. Unverified: good for looking up that instance's key and for nothing else.
 *
 * @throws {TrustError} TOKEN_MALFORMED
 */
export function instanceTokenSubject(token: string): string {
  return textClaim(readCompact(token, TYP, 'TOKEN_MALFORMED').payload, 'sub');
}

/**
 * Returns the claims of a token that the holder of `publicKey` signed for `audience`. The caller sees to it that each
 * `jti` of an instance is accepted once.
 *
 * @throws {TrustError} TOKEN_MALFORMED (also: it lives longer than a minute), KEY_UNKNOWN, SIGNATURE_MISMATCH,
 *   TOKEN_MISMATCH, TOKEN_EXPIRED or TOKEN_NOT_YET_VALID, in this order; or a code of `readEd25519PublicKey`
 */
export async function verifyInstanceToken(
  token: string,
  publicKey: Ed25519PublicJwk,
  { audience }: { readonly audience: string },
  now: Date,
): Promise<InstanceClaims> {
  const jws = readCompact(token, TYP, 'TOKEN_MALFORMED');
  if (jws.kid !== thumbprint(publicKey)) throw new TrustError('KEY_UNKNOWN', 'The token was signed with another key.');
  await verifySigned(jws, publicKey);
  const claims: InstanceClaims = {
    sub: textClaim(jws.payload, 'sub'),
    aud: textClaim(jws.payload, 'aud'),
    jti: textClaim(jws.payload, 'jti'),
    ...timeClaims(jws.payload),
  };
  if (claims.exp - claims.iat > INSTANCE_TOKEN_TTL_SECONDS) {
    throw new TrustError('TOKEN_MALFORMED', 'An instance token may live for a minute at most.');
  }
  refuseOther(claims, { aud: audience });
  refuseOutdated(claims, now);
  return claims;
}
