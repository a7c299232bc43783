import { compactOf, keyIdOf, readCompact } from './compact-jws.js';
import { type Ed25519PublicJwk } from './ed25519.js';
import { fromHandText, toHandText } from './hand-text.js';
import { LICENSE_TOKEN_TYP } from './license-token.js';
import { fileMember } from './offline-file.js';
import { FieldReader, FieldWriter } from './packed-fields.js';
import { decodeBase64url, type JsonObject } from './strict-json.js';
import { nullableTextClaim, textClaim, timeClaims } from './token-claims.js';
import { TrustError } from './trust-error.js';

/** First byte of the short form. */
const SHORT_FORM = 2;
/** By their numbers in the short form. */
const KINDS = ['free', 'one_time', 'subscription', 'per_instance'];
/** Bytes of the key id that the short form carries: enough to tell the keys of one hub apart. */
const KEY_ID_BYTES = 4;

/** What the shop knows itself, and the short form therefore leaves out. */
export interface AskedFor {
  /** The hub. */
  readonly issuer: string;
  readonly instanceId: string;
  readonly marketplaceId: string;
  readonly keys: readonly Ed25519PublicJwk[];
}

/** The hub's answer to a license request, taken apart. Nothing in it is believed yet. */
export interface LicenseResponse {
  /** `jti` of the request it answers: good for finding what was asked, and for nothing else. */
  readonly request: string;
  /** The list of revocations that came with it; only files have one. */
  readonly revocations: string | null;
  /** The license token itself, for `verifyLicenseToken`. */
  token(asked: AskedFor): string;
}

/** The short form of a license token that answers a request: seven lines that can be typed (licenses.md §5). */
export function licenseResponseText(token: string): string {
  const { kid, payload, signature } = readCompact(token, LICENSE_TOKEN_TYP, 'TOKEN_MALFORMED');
  const { iat, exp } = timeClaims(payload);
  const packed = new FieldWriter()
    .number(SHORT_FORM, 1)
    .bytes(keyMark(kid))
    .ulid(textClaim(payload, 'sub'))
    .number(KINDS.indexOf(textClaim(payload, 'kind')), 1)
    .number(millisecondsOf(nullableTextClaim(payload, 'license_expires_at')), 6)
    .number(millisecondsOf(nullableTextClaim(payload, 'updates_until')), 6)
    .bytes(Buffer.from(textClaim(payload, 'request'), 'hex'))
    .number(iat, 5)
    .number(exp, 5)
    .bytes(signature);
  return toHandText(packed.end());
}

/**
 * Takes an answer apart: a license token, the file it comes in, or its short form.
 *
 * @throws {TrustError} TEXT_MISTYPED (`field` names the line), TEXT_MALFORMED or TOKEN_MALFORMED
 */
export function readLicenseResponse(text: string): LicenseResponse {
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) {
    const revocations = trimmed.includes('"revocations"') ? fileMember(trimmed, 'revocations') : null;
    return { ...fromToken(fileMember(trimmed, 'license_response')), revocations };
  }
  return trimmed.includes('.') ? fromToken(trimmed) : fromShortForm(trimmed);
}

function fromToken(token: string): LicenseResponse {
  const { payload } = readCompact(token, LICENSE_TOKEN_TYP, 'TOKEN_MALFORMED');
  return { request: textClaim(payload, 'request'), revocations: null, token: () => token };
}

/** The very token whose parts the short form carries: one signature, two notations. */
function fromShortForm(text: string): LicenseResponse {
  const fields = new FieldReader(fromHandText(text));
  if (fields.number(1) !== SHORT_FORM) throw new TrustError('TEXT_MALFORMED', 'The text is no answer of a hub.');
  const mark = fields.bytes(KEY_ID_BYTES);
  const sub = fields.ulid('lic');
  const kind = KINDS[fields.number(1)];
  if (kind === undefined) throw new TrustError('TEXT_MALFORMED', 'The text names a kind of license there is not.');
  const license_expires_at = timeOf(fields.number(6));
  const updates_until = timeOf(fields.number(6));
  const request = fields.bytes(8).toString('hex');
  const [iat, exp] = [fields.number(5), fields.number(5)];
  const signature = fields.bytes(64);
  fields.end();
  return {
    request,
    revocations: null,
    token: ({ issuer, instanceId, marketplaceId, keys }) => {
      const kid = keys.map(keyIdOf).find((id) => keyMark(id).equals(mark));
      if (kid === undefined)
        throw new TrustError('KEY_UNKNOWN', 'The answer was signed with a key that is not in the set.');
      const claims: JsonObject = {
        iss: issuer,
        sub,
        aud: instanceId,
        marketplace_id: marketplaceId,
        kind,
        license_expires_at,
        updates_until,
        request,
        iat,
        exp,
      };
      return compactOf(LICENSE_TOKEN_TYP, JSON.stringify(claims), kid, signature);
    },
  };
}

function keyMark(kid: string): Buffer {
  const bytes = decodeBase64url(kid) ?? Buffer.from(kid);
  return Buffer.concat([bytes, Buffer.alloc(KEY_ID_BYTES)]).subarray(0, KEY_ID_BYTES);
}

/** Milliseconds since 1970, as the hub writes its times; 0 for none. */
function millisecondsOf(time: string | null): number {
  return time === null ? 0 : Date.parse(time);
}

function timeOf(milliseconds: number): string | null {
  return milliseconds === 0 ? null : new Date(milliseconds).toISOString();
}
