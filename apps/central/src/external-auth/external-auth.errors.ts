import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  ISSUER_NOT_FOUND: { kind: 'not_found', message: 'No issuer has this id.' },
  ISSUER_TAKEN: { kind: 'conflict', message: 'An issuer with this name exists already.' },
  ISSUER_ADDRESS_REFUSED: {
    kind: 'invalid',
    message: 'redirect_url, logout_url and reader_exit_origins are https addresses, default_path a page of the hub.',
  },
  ISSUER_KEY_NOT_FOUND: { kind: 'not_found', message: 'This issuer has no such key, or it is its only one.' },
} as const satisfies Record<string, Refusal>;

export class IssuerError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS) {
    super(code, REFUSALS[code]);
  }
}
