import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  JOB_NOT_FOUND: { kind: 'not_found', message: 'There is no such job. It may be done.' },
  JOB_RUNNING: { kind: 'conflict', message: 'The job is being tried at this moment.' },
} as const satisfies Record<string, Refusal>;

export class OversightError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS) {
    super(code, REFUSALS[code]);
  }
}
