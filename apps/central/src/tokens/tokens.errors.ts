import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  PUBLISHABLE_KEY_NOT_FOUND: { kind: 'not_found', message: 'No publishable key has this id.' },
} as const satisfies Record<string, Refusal>;

export class TokenError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS) {
    super(code, REFUSALS[code]);
  }
}
