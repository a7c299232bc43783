import { unixSeconds } from './clock.js';
import { namedKey, readCompact, signCompact, verifySigned } from './compact-jws.js';
import { type Ed25519PrivateJwk, type Ed25519PublicJwk } from './ed25519.js';
import { refuseOther, refuseOutdated, textClaim, timeClaims } from './token-claims.js';
import { TrustError } from './trust-error.js';

const TYP = 'license-revocations+jws';
/** About 90,000 licenses. A longer list is refused before it is decoded. */
const MAX_LENGTH = 4 * 1024 * 1024;
const LICENSE_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Licenses that are not to be used any more, whatever their tokens say (licenses.md §3). */
export interface RevocationList {
  /** The hub. */
  readonly iss: string;
  /** Goes up with every list; a list with a lower one is an old list. */
  readonly sequence: number;
  /** Ids of licenses, each in one of the two. */
  readonly revoked: readonly string[];
  readonly suspended: readonly string[];
  readonly iat: number;
  readonly exp: number;
}

/** Signs a list that is good for `ttlSeconds` from `now`. */
export async function signRevocationList(
  { ttlSeconds, ...list }: Omit<RevocationList, 'iat' | 'exp'> & { readonly ttlSeconds: number },
  key: { readonly privateJwk: Ed25519PrivateJwk; readonly kid: string },
  now: Date,
): Promise<string> {
  const iat = unixSeconds(now);
  return signCompact(TYP, JSON.stringify({ ...list, iat, exp: iat + ttlSeconds }), key.privateJwk, key.kid);
}

/**
 * Returns a list that one of `keys` signed for this hub. That its `sequence` is not lower than one seen before is for the
 * caller to check, who remembers.
 *
 * @throws {TrustError} TOKEN_MALFORMED, KEY_UNKNOWN, SIGNATURE_MISMATCH, TOKEN_MISMATCH, TOKEN_EXPIRED or
 *   TOKEN_NOT_YET_VALID, in this order; or a code of `readEd25519PublicKey` for the key that was chosen
 */
export async function verifyRevocationList(
  compact: string,
  keys: readonly Ed25519PublicJwk[],
  expected: { readonly issuer: string },
  now: Date,
): Promise<RevocationList> {
  const jws = readCompact(compact, TYP, 'TOKEN_MALFORMED', MAX_LENGTH);
  await verifySigned(jws, namedKey(jws, keys));
  const { sequence, revoked, suspended } = jws.payload;
  if (!Number.isSafeInteger(sequence) || (sequence as number) < 1) {
    throw new TrustError('TOKEN_MALFORMED', 'The sequence of the list is no whole number from 1.');
  }
  const list: RevocationList = {
    iss: textClaim(jws.payload, 'iss'),
    sequence: sequence as number,
    revoked: readIds(revoked),
    suspended: readIds(suspended),
    ...timeClaims(jws.payload),
  };
  refuseOther(list, { iss: expected.issuer });
  refuseOutdated(list, now);
  return list;
}

function readIds(value: unknown): string[] {
  const isList = Array.isArray(value) && value.every((id) => typeof id === 'string' && LICENSE_ID.test(id));
  if (!isList) throw new TrustError('TOKEN_MALFORMED', 'A list holds something that is no license id.');
  return value as string[];
}
