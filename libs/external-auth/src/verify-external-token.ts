import { createHmac, timingSafeEqual } from 'node:crypto';
import { CLOCK_LEEWAY_SECONDS, decodeBase64url, isUnixSeconds, parseJsonObject, type JsonObject } from '@hansa/trust';
import { ExternalAuthError, type ExternalAuthCode } from './external-auth-error.js';

/** One of the secrets a store shares with an issuer. */
export interface ExternalKey {
  readonly kid: string;
  /** The text both sides were shown; its UTF-8 bytes are the HMAC key. */
  readonly secret: string;
}

/** What a store knows about a platform that sends it people. */
export interface ExternalIssuer {
  /** The `iss` it signs with. */
  readonly issuer: string;
  /** One key, or two while they rotate. */
  readonly keys: readonly ExternalKey[];
  /** The longest life of a token it may send; never more than an hour. */
  readonly maxLifeSeconds: number;
}

/** A token taken apart. Nothing in it is believed before {@link verifyExternalToken}. */
export interface UnverifiedExternalToken {
  /** Good for choosing the configuration and for nothing else. */
  readonly issuer: string;
  readonly kid: string | undefined;
  readonly signed: string;
  readonly signature: Buffer;
  readonly payload: JsonObject;
}

/** Who signs in, as the issuer says. */
export interface ExternalClaims {
  readonly issuer: string;
  /** `jti`, to be accepted once. */
  readonly tokenId: string;
  readonly expiresAt: Date;
  readonly user: {
    /** The issuer's id of the person, compared byte by byte. */
    readonly uuid: string;
    /** Lower case. */
    readonly email: string | null;
    readonly pictureUrl: string | null;
    readonly acceptsTerms: boolean;
  };
  /** Untrusted: see `destinationOf`. */
  readonly intendedUrl: string | null;
  /** Untrusted: see `readerExitOf`. */
  readonly readerExitUrl: string | null;
}

/** The documented ceiling of `exp`. */
export const LONGEST_LIFE_SECONDS = 3_600;
const AUDIENCE = 'farfalla';
const SUBJECT = 'user';
const SIGNATURE_BYTES = 32;
/** RFC 7518 §3.2: an HMAC key is at least as long as its digest. */
const KEY_BYTES = 32;
/** Members that change how a token is read. Those that offer a key (`jku`, `jwk`, `x5u`, `x5c`) are simply not read. */
const FORBIDDEN = ['crit', 'b64', 'zip'];

/** Whether a secret may sign at all (RFC 8725 §3.5): short ones can be found offline from one token. */
export function isStrongEnoughKey(secret: string): boolean {
  return Buffer.byteLength(secret) >= KEY_BYTES;
}

/**
 * Takes a token apart and checks its header before any key is touched (step 2).
 *
 * @throws {ExternalAuthError} token_malformed, algorithm_not_allowed, header_not_allowed or issuer_unknown (no usable `iss`)
 */
export function readExternalToken(token: string): UnverifiedExternalToken {
  const parts = token.split('.');
  const [header, payload, signature] = parts.map(decodeBase64url);
  if (parts.length !== 3 || parts.includes('') || !header || !payload || !signature) refuse('token_malformed');
  const head = parseJsonObject(header);
  const claims = parseJsonObject(payload);
  if (!head || !claims) return refuse('token_malformed');
  const { iss } = claims;
  if (!isText(iss, 1, 255)) refuse('issuer_unknown');
  const issuer = iss as string;
  // RFC 8725 §3.1: the verifier fixes the algorithm. Stops `none`, the other HMACs, and a public key used as a secret.
  if (head.alg !== 'HS256') refuse('algorithm_not_allowed', issuer);
  // RFC 8725 §3.11: every other token of ours says what it is, and none says plain JWT.
  if (head.typ !== undefined && head.typ !== 'JWT') refuse('header_not_allowed', issuer);
  if (FORBIDDEN.some((name) => Object.hasOwn(head, name))) refuse('header_not_allowed', issuer);
  const { kid } = head;
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > 128)) refuse('key_unknown', issuer);
  if (signature.length !== SIGNATURE_BYTES) refuse('signature_mismatch', issuer);
  const signed = token.slice(0, token.lastIndexOf('.'));
  return { issuer, kid, signed, signature, payload: claims };
}

/**
 * Returns what the issuer says about a person (steps 3 to 6). The caller sees to it that a token id is accepted once (step 7).
 *
 * @throws {ExternalAuthError} key_unknown, signature_mismatch, issuer_unknown, audience_mismatch, subject_mismatch,
 *   claim_malformed, token_expired, token_lifetime_too_long or token_not_yet_valid, in this order
 */
export function verifyExternalToken(token: UnverifiedExternalToken, issuer: ExternalIssuer, now: Date): ExternalClaims {
  const { payload } = token;
  refuseForgery(token, issuer.keys);
  if (payload.iss !== issuer.issuer) refuse('issuer_unknown');
  if (payload.aud !== AUDIENCE) refuse('audience_mismatch');
  if (payload.sub !== SUBJECT) refuse('subject_mismatch');
  const expiresAt = refuseOutdated(payload, issuer.maxLifeSeconds, now);
  const { jti } = payload;
  if (!isText(jti, 8, 128)) refuse('claim_malformed');
  return {
    issuer: issuer.issuer,
    tokenId: jti as string,
    expiresAt,
    user: readUser(payload.user),
    intendedUrl: textOrNull(payload.intended_url),
    readerExitUrl: textOrNull(payload.reader_exit_url),
  };
}

/** Step 3. `kid` is a name among this issuer's own keys: never a path, never part of a query. */
function refuseForgery({ kid, signed, signature }: UnverifiedExternalToken, keys: readonly ExternalKey[]): void {
  const candidates = keys.filter((key) => (kid === undefined || key.kid === kid) && isStrongEnoughKey(key.secret));
  if (candidates.length === 0) refuse('key_unknown');
  const matches = candidates.map(({ secret }) =>
    timingSafeEqual(createHmac('sha256', secret).update(signed).digest(), signature),
  );
  if (!matches.includes(true)) refuse('signature_mismatch');
}

/** Step 5. Times are whole numbers: text, fractions and numbers beyond any calendar are mistakes or attacks. */
function refuseOutdated({ exp, nbf, iat }: JsonObject, maxLifeSeconds: number, now: Date): Date {
  const seconds = Math.floor(now.getTime() / 1_000);
  if (!isUnixSeconds(exp)) return refuse('claim_malformed');
  if (seconds > exp + CLOCK_LEEWAY_SECONDS) refuse('token_expired');
  const longest = Math.min(maxLifeSeconds, LONGEST_LIFE_SECONDS);
  if (exp - seconds > longest + CLOCK_LEEWAY_SECONDS) refuse('token_lifetime_too_long');
  for (const from of [nbf, iat]) {
    if (from === undefined) continue;
    if (!isUnixSeconds(from)) return refuse('claim_malformed');
    if (from > seconds + CLOCK_LEEWAY_SECONDS) refuse('token_not_yet_valid');
  }
  return new Date(exp * 1_000);
}

/** Step 6. The number 1 and the text "1" would be two people under one account, so only text is an id. */
function readUser(user: unknown): ExternalClaims['user'] {
  if (typeof user !== 'object' || user === null || Array.isArray(user)) return refuse('claim_malformed');
  const { uuid, email, picture_url, accept_terms_and_policies } = user as JsonObject;
  if (!isText(uuid, 1, 191)) refuse('claim_malformed');
  return {
    uuid: uuid as string,
    email: readEmail(email),
    pictureUrl: readPicture(picture_url),
    acceptsTerms: accept_terms_and_policies === true,
  };
}

function readEmail(email: unknown): string | null {
  if (email === undefined || email === null || email === '') return null;
  if (!isText(email, 3, 254) || !/^[^\s@]+@[^\s@]+$/.test(email as string)) return refuse('claim_malformed');
  return (email as string).toLowerCase();
}

/** Kept as text and never fetched here (server-side request forgery). One that is not acceptable is left out. */
function readPicture(url: unknown): string | null {
  if (!isText(url, 1, 2_048) || !URL.canParse(url as string)) return null;
  const { protocol, username, password, href } = new URL(url as string);
  return protocol === 'https:' && username === '' && password === '' ? href : null;
}

/** Text of this many UTF-16 units without control characters. */
function isText(value: unknown, min: number, max: number): boolean {
  return typeof value === 'string' && value.length >= min && value.length <= max && !/\p{Cc}|\p{Cs}/u.test(value);
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function refuse(code: ExternalAuthCode, claimedIssuer?: string): never {
  throw new ExternalAuthError(code, claimedIssuer);
}
