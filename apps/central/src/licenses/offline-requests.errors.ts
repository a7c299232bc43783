import { DomainError, type Refusal, type RefusalFacts } from '@hansa/platform';

const REFUSALS = {
  REQUEST_MISTYPED: {
    kind: 'invalid',
    message: 'The request is not as the shop wrote it. Compare the line that is named.',
  },
  REQUEST_MALFORMED: { kind: 'invalid', message: 'This is no license request of a shop.' },
  REQUEST_ALTERED: {
    kind: 'invalid',
    message: 'The request was changed after the shop signed it, or is for another hub.',
  },
  REQUEST_EXPIRED: { kind: 'invalid', message: 'The request is older than 30 days. Make another one in the shop.' },
  REQUEST_NOT_YET_VALID: {
    kind: 'invalid',
    message: 'The request is from the future. Set the clock of the shop right.',
  },
  REQUEST_KEY_MISMATCH: { kind: 'forbidden', message: 'The request was not signed with the key of this instance.' },
  LICENSE_REFUSED: { kind: 'forbidden', message: 'The license may not be used by this shop.' },
} as const satisfies Record<string, Refusal>;

/** A license request is not answered; `line` of REQUEST_MISTYPED and `reason` of LICENSE_REFUSED say more. */
export class OfflineRequestError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS, facts: RefusalFacts = {}, options?: ErrorOptions) {
    super(code, REFUSALS[code], facts, options);
  }
}
