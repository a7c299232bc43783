import { randomBytes } from 'node:crypto';
import { unixSeconds } from './clock.js';
import { compactOf, readCompact, signCompact, verifySigned } from './compact-jws.js';
import { thumbprint } from './digest.js';
import { readEd25519PublicKey, type Ed25519PrivateJwk, type Ed25519PublicJwk } from './ed25519.js';
import { fromHandText, toHandText } from './hand-text.js';
import { parseLicenseKey } from './license-key.js';
import { FieldReader, FieldWriter } from './packed-fields.js';
import { fileMember } from './offline-file.js';
import { decodeBase64url, type JsonObject } from './strict-json.js';
import { refuseOther, refuseOutdated, textClaim, timeClaims } from './token-claims.js';
import { TrustError } from './trust-error.js';

const TYP = 'license-request+jws';
/** First byte of the short form. */
const SHORT_FORM = 1;
/** By their numbers in the short form. */
const ENVIRONMENTS = ['production', 'staging', 'development'] as const;
const ID_BYTES = 8;
const INSTANCE_ID = /^inst_[0-9A-HJKMNP-TV-Z]{26}$/;

/** How long a request may be on its way: 30 days. */
export const LICENSE_REQUEST_TTL_SECONDS = 30 * 24 * 60 * 60;

/** What a shop without a line to its hub asks for: a license token for itself (licenses.md §4). */
export interface LicenseRequestClaims {
  /** The instance id. */
  readonly sub: string;
  /** The hub's URL. */
  readonly aud: string;
  readonly license_key: string;
  readonly environment: (typeof ENVIRONMENTS)[number];
  /** The instance's public key (the `x` of its JWK), under which the request is signed. */
  readonly key: string;
  /** Which request it is; the answer repeats it. 16 hex digits. */
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
}

/** Signs a request with the instance's key. */
export async function signLicenseRequest(
  asked: Pick<LicenseRequestClaims, 'sub' | 'aud' | 'license_key' | 'environment'> & { readonly jti?: string },
  privateJwk: Ed25519PrivateJwk,
  now: Date,
): Promise<string> {
  const { jti = randomBytes(ID_BYTES).toString('hex'), ...rest } = asked;
  const iat = unixSeconds(now);
  const claims = { ...rest, key: privateJwk.x, jti, iat, exp: iat + LICENSE_REQUEST_TTL_SECONDS };
  return signCompact(TYP, payloadOf(claims), privateJwk, thumbprint(privateJwk));
}

/** The short form of a request this library signed: eight lines that can be typed (licenses.md §5). */
export function licenseRequestText(request: string): string {
  const { payload, signature } = readCompact(request, TYP, 'TOKEN_MALFORMED');
  const { sub, license_key, environment, key, jti, iat } = claimsOf(payload);
  const packed = new FieldWriter()
    .number(SHORT_FORM, 1)
    .number(ENVIRONMENTS.indexOf(environment), 1)
    .ulid(sub)
    .bytes(decodeBase64url(key)!)
    .licenseKey(license_key)
    .bytes(Buffer.from(jti, 'hex'))
    .number(iat, 5)
    .bytes(signature);
  return toHandText(packed.end());
}

/**
 * Returns what a request asks for: a compact JWS, the file it comes in, or its short form. It proves that whoever made it
 * holds the key it names; whether that is the key of the instance is for the hub to know.
 *
 * @throws {TrustError} TEXT_MISTYPED (`field` names the line), TEXT_MALFORMED, TOKEN_MALFORMED, KEY_UNKNOWN, SIGNATURE_MISMATCH,
 *   TOKEN_MISMATCH, TOKEN_EXPIRED or TOKEN_NOT_YET_VALID; or a code of `readEd25519PublicKey`
 */
export async function verifyLicenseRequest(
  text: string,
  { audience }: { readonly audience: string },
  now: Date,
): Promise<LicenseRequestClaims & { readonly publicJwk: Ed25519PublicJwk }> {
  const jws = readCompact(compactFrom(text.trim(), audience), TYP, 'TOKEN_MALFORMED');
  const claims = claimsOf(jws.payload);
  const publicJwk = readEd25519PublicKey({ kty: 'OKP', crv: 'Ed25519', x: claims.key });
  if (jws.kid !== thumbprint(publicJwk)) throw new TrustError('KEY_UNKNOWN', 'The request names another key.');
  await verifySigned(jws, publicJwk);
  refuseOther(claims, { aud: audience });
  refuseOutdated(claims, now);
  return { ...claims, publicJwk };
}

function compactFrom(text: string, audience: string): string {
  if (text.startsWith('{')) return fileMember(text, 'license_request');
  return text.includes('.') ? text : fromShortForm(text, audience);
}

/** The very JWS whose parts the short form carries: one signature, two notations. */
function fromShortForm(text: string, aud: string): string {
  const fields = new FieldReader(fromHandText(text));
  const form = fields.number(1);
  const environment = ENVIRONMENTS[fields.number(1)];
  if (form !== SHORT_FORM || environment === undefined) {
    throw new TrustError('TEXT_MALFORMED', 'The text is no license request.');
  }
  const sub = fields.ulid('inst');
  const key = fields.bytes(32).toString('base64url');
  const license_key = fields.licenseKey();
  const jti = fields.bytes(ID_BYTES).toString('hex');
  const iat = fields.number(5);
  const signature = fields.bytes(64);
  fields.end();
  const claims = { sub, aud, license_key, environment, key, jti, iat, exp: iat + LICENSE_REQUEST_TTL_SECONDS };
  return compactOf(TYP, payloadOf(claims), thumbprint({ kty: 'OKP', crv: 'Ed25519', x: key }), signature);
}

/** The members in the one order in which they are signed. */
function payloadOf({ sub, aud, license_key, environment, key, jti, iat, exp }: LicenseRequestClaims): string {
  return JSON.stringify({ sub, aud, license_key, environment, key, jti, iat, exp });
}

function claimsOf(payload: JsonObject): LicenseRequestClaims {
  const environment = ENVIRONMENTS.find((name) => name === payload.environment);
  const claims = {
    sub: textClaim(payload, 'sub'),
    aud: textClaim(payload, 'aud'),
    license_key: textClaim(payload, 'license_key'),
    environment: environment!,
    key: textClaim(payload, 'key'),
    jti: textClaim(payload, 'jti'),
    ...timeClaims(payload),
  };
  const isSound =
    environment !== undefined &&
    INSTANCE_ID.test(claims.sub) &&
    parseLicenseKey(claims.license_key) === claims.license_key &&
    /^[0-9a-f]{16}$/.test(claims.jti) &&
    claims.exp - claims.iat === LICENSE_REQUEST_TTL_SECONDS;
  if (!isSound) throw new TrustError('TOKEN_MALFORMED', 'The request says something that no shop would.');
  return claims;
}
