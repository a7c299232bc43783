import { DomainError, type Refusal, type RefusalFacts } from '@hansa/platform';

const REFUSALS = {
  CLIENT_NOT_FOUND: { kind: 'not_found', message: 'No market client has this id.' },
  CLIENT_ORIGIN_REFUSED: {
    kind: 'invalid',
    message: 'An origin is https://host:2083 or https://host:2087, spelled as browsers print it.',
  },
  CLIENT_REFUSED: { kind: 'forbidden', message: 'This server is not known here, or it is disabled.' },
} as const satisfies Record<string, Refusal>;

export class MarketError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS, facts: RefusalFacts = {}, options?: ErrorOptions) {
    super(code, REFUSALS[code], facts, options);
  }
}

const GRANT_REFUSALS = {
  invalid_request: { kind: 'invalid', message: 'A parameter is missing or malformed.' },
  unsupported_grant_type: { kind: 'invalid', message: 'Only authorization_code is supported.' },
  invalid_client: { kind: 'invalid', message: 'This server is not known here, or it is disabled.' },
  invalid_grant: {
    kind: 'invalid',
    message: 'The code is not valid, was used already, or belongs to another request.',
  },
} as const satisfies Record<string, Refusal>;

/** Why a code is not exchanged, as RFC 6749 §5.2 spells it. */
export class GrantError extends DomainError<keyof typeof GRANT_REFUSALS> {
  constructor(code: keyof typeof GRANT_REFUSALS) {
    super(code, GRANT_REFUSALS[code]);
  }
}
