import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  LOGIN_REFUSED: { kind: 'unauthenticated', message: 'E-mail or password is wrong.' },
  ADMIN_EXISTS: { kind: 'conflict', message: 'An admin with this e-mail exists.' },
} as const satisfies Record<string, Refusal>;

export class AdminError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS) {
    super(code, REFUSALS[code]);
  }
}
