import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  LICENSE_NOT_FOUND: { kind: 'not_found', message: 'This instance has no license with this id.' },
  LICENSE_UNKNOWN: { kind: 'not_found', message: 'No license has this id.' },
  LICENSE_REVOKED: { kind: 'conflict', message: 'This license is revoked. Reinstate it first.' },
  LICENSE_NOT_HELD: {
    kind: 'conflict',
    message: 'No operator suspended or revoked this license. What follows from its payments is not lifted by hand.',
  },
} as const satisfies Record<string, Refusal>;

export class LicenseError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS) {
    super(code, REFUSALS[code]);
  }
}
