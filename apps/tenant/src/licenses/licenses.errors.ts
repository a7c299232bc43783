import { DomainError, type Refusal, type RefusalFacts } from '@hansa/platform';

const REFUSALS = {
  REVOCATIONS_REFUSED: { kind: 'invalid', message: 'This is no list of revocations that the hub of this shop signed.' },
  REVOCATIONS_OUTDATED: { kind: 'conflict', message: 'This shop has seen a newer list of revocations.' },
} as const satisfies Record<string, Refusal>;

/** Something about licenses that came in from outside is not believed; `facts` say which check failed. */
export class LicenseError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS, facts: RefusalFacts = {}, options?: ErrorOptions) {
    super(code, REFUSALS[code], facts, options);
  }
}
