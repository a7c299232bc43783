import { CLOCK_LEEWAY_SECONDS, isUnixSeconds, unixSeconds } from './clock.js';
import { type JsonObject } from './strict-json.js';
import { TrustError } from './trust-error.js';

/** A claim that must be a text. Lists are refused too: an `aud` of several would be a token for several verifiers. */
export function textClaim(payload: JsonObject, name: string): string {
  const value = payload[name];
  if (typeof value !== 'string' || value.length === 0 || value.length > 512) {
    throw new TrustError('TOKEN_MALFORMED', `The claim ${name} is not a short text.`);
  }
  return value;
}

/** A claim that must be a text or null. */
export function nullableTextClaim(payload: JsonObject, name: string): string | null {
  return payload[name] === null ? null : textClaim(payload, name);
}

/** The times of a token, each a whole number and in order. Not yet compared with the clock: see {@link refuseOutdated}. */
export function timeClaims({ iat, exp, nbf }: JsonObject): { iat: number; exp: number } {
  if (!isUnixSeconds(iat) || !isUnixSeconds(exp) || exp <= iat) {
    throw new TrustError('TOKEN_MALFORMED', 'The times of the token are not whole seconds in order.');
  }
  // No token of ours has it, so a token that does is not one of ours; ignoring it would accept a token too early.
  if (nbf !== undefined) throw new TrustError('TOKEN_MALFORMED', 'The claim nbf is not used here.');
  return { iat, exp };
}

/** Refuses a token outside its life, give or take the leeway. */
export function refuseOutdated({ iat, exp }: { iat: number; exp: number }, now: Date): void {
  const seconds = unixSeconds(now);
  if (seconds > exp + CLOCK_LEEWAY_SECONDS) throw new TrustError('TOKEN_EXPIRED', 'The token has expired.');
  if (seconds < iat - CLOCK_LEEWAY_SECONDS)
    throw new TrustError('TOKEN_NOT_YET_VALID', 'The token is from the future.');
}

/** Refuses a token made for somebody or something else; `field` names the first claim that differs. */
export function refuseOther(claims: object, expected: Readonly<Record<string, string>>): void {
  const actual = claims as Readonly<Record<string, unknown>>;
  const field = Object.keys(expected).find((name) => actual[name] !== expected[name]);
  if (field) throw new TrustError('TOKEN_MISMATCH', `The token is for another ${field}.`, { field });
}
