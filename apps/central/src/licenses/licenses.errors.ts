import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  LICENSE_NOT_FOUND: { kind: 'not_found', message: 'This instance has no license with this id.' },
} as const satisfies Record<string, Refusal>;

export class LicenseError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS) {
    super(code, REFUSALS[code]);
  }
}
