/** Why a command is refused; one HTTP status each, mapped in `problem.ts` and nowhere else. */
export type RefusalKind =
  | 'invalid'
  | 'unauthenticated'
  | 'payment_required'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'gone'
  | 'too_large'
  | 'rate_limited'
  | 'unavailable';

export interface Refusal {
  readonly kind: RefusalKind;
  readonly message: string;
}

/** Facts a caller can act on, added to the problem beside its code (`license_id` of `ALREADY_LICENSED`). */
export type RefusalFacts = Readonly<Record<string, unknown>>;

/**
 * A refusal the caller can act on. `code` is public API: stable, documented, safe to branch on; the message is prose.
 * Any other error is a bug: the filter logs it once and answers with a bare 500.
 */
export abstract class DomainError<Code extends string = string> extends Error {
  constructor(
    readonly code: Code,
    readonly refusal: Refusal,
    readonly facts: RefusalFacts = {},
    options?: ErrorOptions,
  ) {
    super(refusal.message, options);
    this.name = new.target.name;
  }
}
