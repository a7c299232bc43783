import { DomainError, type Refusal, type RefusalFacts } from '@hansa/platform';

const REFUSALS = {
  LICENSE_KEY_REQUIRED: { kind: 'invalid', message: 'This shop holds no license for the package. Give its key.' },
  LICENSE_KEY_MALFORMED: { kind: 'invalid', message: 'This is no license key. Compare it with your receipt.' },
  RESPONSE_MISTYPED: {
    kind: 'invalid',
    message: 'The answer is not as the hub wrote it. Compare the line that is named.',
  },
  RESPONSE_MALFORMED: { kind: 'invalid', message: 'This is no answer of a hub to a license request.' },
  RESPONSE_ALTERED: {
    kind: 'invalid',
    message: 'The answer was changed after the hub signed it, or is for another shop.',
  },
  RESPONSE_KEY_UNKNOWN: {
    kind: 'invalid',
    message: 'The answer was signed with a key this shop does not know. Get the key set of the hub.',
  },
  RESPONSE_OF_OTHER_HUB: { kind: 'invalid', message: 'The answer is of another hub.' },
  RESPONSE_FOR_OTHER_SHOP: { kind: 'invalid', message: 'The answer is for another shop.' },
  RESPONSE_FOR_OTHER_LICENSE: { kind: 'conflict', message: 'The answer is for another license than was asked about.' },
  RESPONSE_EXPIRED: { kind: 'invalid', message: 'The answer has expired. Make another request.' },
  RESPONSE_NOT_YET_VALID: {
    kind: 'invalid',
    message: 'The answer is from the future. Set the clock of this shop right.',
  },
  RESPONSE_NOT_ASKED: { kind: 'conflict', message: 'This shop has made no request with this answer.' },
  RESPONSE_OUTDATED: { kind: 'conflict', message: 'This shop has asked again since, or has a newer answer.' },
  REVOCATIONS_REFUSED: { kind: 'invalid', message: 'This is no list of revocations that the hub of this shop signed.' },
  REVOCATIONS_OUTDATED: { kind: 'conflict', message: 'This shop has seen a newer list of revocations.' },
} as const satisfies Record<string, Refusal>;

/** Something about licenses that came in from outside is not believed; `facts` say which check failed. */
export class LicenseError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS, facts: RefusalFacts = {}, options?: ErrorOptions) {
    super(code, REFUSALS[code], facts, options);
  }
}
