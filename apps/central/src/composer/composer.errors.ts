import { DomainError, type Refusal, type RefusalFacts } from '@hansa/platform';

const REFUSALS = {
  PACKAGE_TOKEN_NOT_FOUND: { kind: 'not_found', message: 'No package token has this id.' },
  PACKAGE_TOKEN_REVOKED: { kind: 'conflict', message: 'This package token is revoked and cannot be changed.' },
  PREFIX_NOT_OWNED: { kind: 'forbidden', message: 'A prefix belongs to a vendor that is not yours.' },
  PREFIXES_REQUIRED: { kind: 'invalid', message: 'An extension needs allowed_package_prefixes.' },
  CUSTOMER_REQUIRED: { kind: 'invalid', message: 'An extension needs metadata.customer_id.' },
  EXPIRY_IN_PAST: { kind: 'invalid', message: 'expires_at must lie in the future.' },
  IDEMPOTENCY_KEY_MALFORMED: { kind: 'invalid', message: 'Idempotency-Key is 1 to 255 printable ASCII characters.' },
  IDEMPOTENCY_KEY_REUSED: { kind: 'conflict', message: 'This Idempotency-Key came with another request before.' },
} as const satisfies Record<string, Refusal>;

export class ComposerError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS, facts: RefusalFacts = {}, options?: ErrorOptions) {
    super(code, REFUSALS[code], facts, options);
  }
}
