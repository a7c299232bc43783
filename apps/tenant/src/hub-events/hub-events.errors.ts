import type { ProblemDetail } from '@hansa/contracts';
import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  SIGNATURE_MISSING: { kind: 'unauthenticated', message: 'The delivery carries no signature.' },
  SIGNATURE_MALFORMED: { kind: 'unauthenticated', message: 'The signature headers cannot be read.' },
  SIGNATURE_MISMATCH: { kind: 'unauthenticated', message: 'The delivery was not signed with a secret of this shop.' },
  TIMESTAMP_TOO_OLD: { kind: 'unauthenticated', message: 'The delivery was signed more than five minutes ago.' },
  TIMESTAMP_IN_FUTURE: { kind: 'unauthenticated', message: 'The delivery was signed more than five minutes ahead.' },
  EVENT_MALFORMED: { kind: 'invalid', message: 'The event is not as documented; see details.' },
} as const satisfies Record<string, Refusal>;

export class HubEventError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS, details?: readonly ProblemDetail[], options?: ErrorOptions) {
    super(code, REFUSALS[code], details ? { details } : {}, options);
  }
}

/** Whether a verifier's code is one this surface documents. */
export function isEventRefusal(code: string): code is keyof typeof REFUSALS {
  return Object.hasOwn(REFUSALS, code);
}
