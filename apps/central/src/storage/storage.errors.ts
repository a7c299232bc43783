import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  ARTIFACT_TOO_LARGE: { kind: 'too_large', message: 'The upload is larger than the hub accepts.' },
} as const satisfies Record<string, Refusal>;

export class StorageError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS) {
    super(code, REFUSALS[code]);
  }
}
