import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  XSRF_TOKEN_REQUIRED: {
    kind: 'forbidden',
    message: 'This change needs the x-xsrf-token of the page that asks for it.',
  },
} as const satisfies Record<string, Refusal>;

export class AccessError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS) {
    super(code, REFUSALS[code]);
  }
}
