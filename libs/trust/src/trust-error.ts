/** Every reason this library refuses something. Stable: safe to branch on, to log and to show. */
export type TrustErrorCode =
  | 'KEY_MALFORMED'
  | 'KEY_WEAK'
  | 'KEY_PRIVATE'
  | 'KEY_UNKNOWN'
  | 'SECRET_MALFORMED'
  | 'SIGNATURE_MISSING'
  | 'SIGNATURE_MALFORMED'
  | 'SIGNATURE_MISMATCH'
  | 'STATEMENT_MALFORMED'
  | 'STATEMENT_NOT_CANONICAL'
  | 'STATEMENT_MISMATCH'
  | 'TIMESTAMP_TOO_OLD'
  | 'TIMESTAMP_IN_FUTURE'
  | 'TOKEN_MALFORMED'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_NOT_YET_VALID'
  | 'TOKEN_MISMATCH'
  | 'TEXT_MALFORMED'
  | 'TEXT_MISTYPED'
  | 'SEAL_MALFORMED'
  | 'SEAL_EXPIRED'
  | 'SEAL_NOT_YET_VALID'
  | 'SEAL_MISMATCH';

/**
 * A refusal by a verifier. `code` says which check failed; `field` names the member that differs, for the `…_MISMATCH`
 * codes. Messages never contain secrets or whole tokens.
 */
export class TrustError<Code extends TrustErrorCode = TrustErrorCode> extends Error {
  readonly field: string | undefined;

  constructor(
    readonly code: Code,
    message: string,
    options: { readonly cause?: unknown; readonly field?: string } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'TrustError';
    this.field = options.field;
  }
}
