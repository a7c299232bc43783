import { unixSeconds } from './clock.js';
import { namedKey, readCompact, signCompact, verifySigned } from './compact-jws.js';
import { type Ed25519PrivateJwk, type Ed25519PublicJwk } from './ed25519.js';
import { nullableTextClaim, refuseOther, refuseOutdated, textClaim, timeClaims } from './token-claims.js';

export const LICENSE_TOKEN_TYP = 'license+jwt';

/** How long a shop may run on a license token while the hub cannot be reached (§4): 30 days. */
export const LICENSE_TOKEN_TTL_SECONDS = 30 * 24 * 60 * 60;

/** The hub's word that one instance may run one package, readable without the hub. */
export interface LicenseClaims {
  /** The hub. */
  readonly iss: string;
  /** The license id. */
  readonly sub: string;
  /** The instance id. */
  readonly aud: string;
  readonly marketplace_id: string;
  readonly kind: string;
  /** RFC 3339; null means perpetual. Not judged here: the token's own `exp` is. */
  readonly license_expires_at: string | null;
  readonly updates_until: string | null;
  /** `jti` of the request this answers, for a shop without a line to the hub (licenses.md §4). */
  readonly request?: string;
  readonly iat: number;
  readonly exp: number;
}

/** Signs a license token that lives `ttlSeconds` from `now`. `key.kid` is the id the hub's key set publishes. */
export async function signLicenseToken(
  {
    ttlSeconds = LICENSE_TOKEN_TTL_SECONDS,
    ...claims
  }: Omit<LicenseClaims, 'iat' | 'exp'> & { readonly ttlSeconds?: number },
  key: { readonly privateJwk: Ed25519PrivateJwk; readonly kid: string },
  now: Date,
): Promise<string> {
  const iat = unixSeconds(now);
  return signCompact(
    LICENSE_TOKEN_TYP,
    JSON.stringify({ ...claims, iat, exp: iat + ttlSeconds }),
    key.privateJwk,
    key.kid,
  );
}

/**
 * Returns the claims of a license token that one of `keys` signed for this hub, instance and package. Claims it does not
 * know are dropped.
 *
 * @throws {TrustError} TOKEN_MALFORMED, KEY_UNKNOWN, SIGNATURE_MISMATCH, TOKEN_MISMATCH (`field` names the claim),
 *   TOKEN_EXPIRED or TOKEN_NOT_YET_VALID, in this order; or a code of `readEd25519PublicKey` for the key that was chosen
 */
export async function verifyLicenseToken(
  token: string,
  keys: readonly Ed25519PublicJwk[],
  expected: { readonly issuer: string; readonly instanceId: string; readonly marketplaceId: string },
  now: Date,
): Promise<LicenseClaims> {
  const jws = readCompact(token, LICENSE_TOKEN_TYP, 'TOKEN_MALFORMED');
  await verifySigned(jws, namedKey(jws, keys));
  const claims: LicenseClaims = {
    iss: textClaim(jws.payload, 'iss'),
    sub: textClaim(jws.payload, 'sub'),
    aud: textClaim(jws.payload, 'aud'),
    marketplace_id: textClaim(jws.payload, 'marketplace_id'),
    kind: textClaim(jws.payload, 'kind'),
    license_expires_at: nullableTextClaim(jws.payload, 'license_expires_at'),
    updates_until: nullableTextClaim(jws.payload, 'updates_until'),
    ...(jws.payload.request === undefined ? {} : { request: textClaim(jws.payload, 'request') }),
    ...timeClaims(jws.payload),
  };
  refuseOther(claims, { iss: expected.issuer, aud: expected.instanceId, marketplace_id: expected.marketplaceId });
  refuseOutdated(claims, now);
  return claims;
}
