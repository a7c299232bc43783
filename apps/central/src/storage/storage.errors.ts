import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  ARTIFACT_TOO_LARGE: { kind: 'too_large', message: 'The upload is larger than the hub accepts.' },
  ARTIFACT_GOING: {
    kind: 'unavailable',
    message: 'These bytes are just being cleared away from an earlier upload. Send them again in a minute.',
  },
} as const satisfies Record<string, Refusal>;

export class StorageError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS) {
    super(code, REFUSALS[code]);
  }
}
