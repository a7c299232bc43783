import { DomainError, type Refusal, type RefusalFacts } from '@hansa/platform';

const REFUSALS = {
  PACKAGE_TOKEN_NOT_FOUND: { kind: 'not_found', message: 'No package token has this id.' },
  ORDER_NOT_FOUND: { kind: 'not_found', message: 'No package token came with this order.' },
  PACKAGE_TOKEN_REVOKED: { kind: 'conflict', message: 'This package token is revoked and cannot be changed.' },
  PREFIX_NOT_OWNED: { kind: 'forbidden', message: 'A prefix belongs to a vendor that is not yours.' },
  PREFIXES_REQUIRED: { kind: 'invalid', message: 'An extension needs allowed_package_prefixes.' },
  CUSTOMER_REQUIRED: { kind: 'invalid', message: 'An extension needs metadata.customer_id.' },
  EXPIRY_IN_PAST: { kind: 'invalid', message: 'expires_at must lie in the future.' },
  IDEMPOTENCY_KEY_MALFORMED: { kind: 'invalid', message: 'Idempotency-Key is 1 to 255 printable ASCII characters.' },
  IDEMPOTENCY_KEY_REUSED: { kind: 'conflict', message: 'This Idempotency-Key came with another request before.' },
  ARCHIVE_REFUSED: { kind: 'invalid', message: 'The zip cannot be accepted; see reason.' },
  COMPOSER_JSON_MISSING: {
    kind: 'invalid',
    message: 'The zip has no composer.json at its root or in its one directory.',
  },
  COMPOSER_JSON_INVALID: { kind: 'invalid', message: 'composer.json cannot be accepted; see reason.' },
  VERSION_MISSING: { kind: 'invalid', message: 'Name the version: in composer.json or as ?version=.' },
  VERSION_INVALID: { kind: 'invalid', message: 'This is no version Composer understands, or a branch.' },
  VERSION_MISMATCH: { kind: 'conflict', message: 'The version in composer.json is another one.' },
  VERSION_EXISTS: { kind: 'conflict', message: 'This version exists already with other content.' },
  VENDOR_NOT_OWNED: { kind: 'forbidden', message: 'This vendor name is not yours.' },
  COMPOSER_PACKAGE_NOT_FOUND: { kind: 'not_found', message: 'You have no Composer package of this name.' },
  LISTING_NOT_FOUND: { kind: 'not_found', message: 'You have no listing with this marketplace id.' },
  ADVISORY_NOT_FOUND: { kind: 'not_found', message: 'You have no advisory with this id.' },
  CONSTRAINT_INVALID: { kind: 'invalid', message: 'affected_versions is no constraint Composer understands.' },
  SOURCE_NOT_FOUND: { kind: 'not_found', message: 'No source has this id.' },
  SOURCE_URL_REFUSED: { kind: 'invalid', message: 'url is https without credentials in it, or an absolute path.' },
  PUBLISHER_UNKNOWN: { kind: 'invalid', message: 'No publisher has this id.' },
  PUSH_REFUSED: { kind: 'unauthenticated', message: 'This push does not prove that it comes from a source.' },
} as const satisfies Record<string, Refusal>;

export class ComposerError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS, facts: RefusalFacts = {}, options?: ErrorOptions) {
    super(code, REFUSALS[code], facts, options);
  }
}
