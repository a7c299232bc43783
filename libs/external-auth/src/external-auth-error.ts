/**
 * Every reason a sign-in from elsewhere is refused, and what the outside hears of it. Signature, algorithm, issuer, audience
 * and subject share one public code: telling them apart would help whoever is trying keys.
 */
export const EXTERNAL_AUTH_CODES = {
  token_missing: 'token_missing',
  ambiguous_token: 'token_malformed',
  token_malformed: 'token_malformed',
  claim_malformed: 'token_malformed',
  algorithm_not_allowed: 'token_invalid',
  header_not_allowed: 'token_invalid',
  issuer_unknown: 'token_invalid',
  key_unknown: 'token_invalid',
  signature_mismatch: 'token_invalid',
  audience_mismatch: 'token_invalid',
  subject_mismatch: 'token_invalid',
  token_not_yet_valid: 'token_invalid',
  token_expired: 'token_expired',
  token_lifetime_too_long: 'token_lifetime_too_long',
  token_replayed: 'token_replayed',
  email_conflict: 'email_conflict',
  account_not_allowed: 'account_not_allowed',
} as const;

/** What the log says. */
export type ExternalAuthCode = keyof typeof EXTERNAL_AUTH_CODES;
/** What the browser and the issuing platform are told. */
export type PublicExternalAuthCode = (typeof EXTERNAL_AUTH_CODES)[ExternalAuthCode];

/** A refused sign-in. Neither message nor code carries any part of the token. */
export class ExternalAuthError extends Error {
  readonly publicCode: PublicExternalAuthCode;

  /** @param claimedIssuer unverified: good for choosing which configured address the browser goes to, and for nothing else */
  constructor(
    readonly code: ExternalAuthCode,
    readonly claimedIssuer?: string,
  ) {
    super(code);
    this.name = 'ExternalAuthError';
    this.publicCode = EXTERNAL_AUTH_CODES[code];
  }
}
