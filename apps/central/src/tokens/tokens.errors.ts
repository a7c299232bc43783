import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  PUBLISHABLE_KEY_NOT_FOUND: { kind: 'not_found', message: 'No publishable key has this id.' },
  MANAGEMENT_TOKEN_NOT_FOUND: { kind: 'not_found', message: 'No management token has this id.' },
  PUBLISHER_TOKEN_NOT_FOUND: { kind: 'not_found', message: 'The publisher has no such token.' },
  PUBLISHER_UNKNOWN: { kind: 'invalid', message: 'No publisher has this id.' },
} as const satisfies Record<string, Refusal>;

export class TokenError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS) {
    super(code, REFUSALS[code]);
  }
}
