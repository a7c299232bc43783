import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  PACKAGE_NOT_FOUND: { kind: 'not_found', message: 'No published package has this marketplace id.' },
} as const satisfies Record<string, Refusal>;

export class CatalogError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS) {
    super(code, REFUSALS[code]);
  }
}
