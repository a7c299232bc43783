import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  PUBLISHABLE_KEY_REQUIRED: { kind: 'unauthenticated', message: 'Send a publishable key in x-publishable-api-key.' },
  PUBLISHABLE_KEY_REFUSED: { kind: 'unauthenticated', message: 'This publishable key is unknown or revoked.' },
  XSRF_TOKEN_REQUIRED: { kind: 'forbidden', message: 'Send the XSRF-TOKEN cookie back in x-xsrf-token.' },
} as const satisfies Record<string, Refusal>;

export class AuthError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS) {
    super(code, REFUSALS[code]);
  }
}
