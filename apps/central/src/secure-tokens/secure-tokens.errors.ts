import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  EXTENSION_NOT_FOUND: { kind: 'not_found', message: 'No extension has this id.' },
  EXTENSION_TAKEN: { kind: 'conflict', message: 'An extension with this id exists already.' },
  EXTENSION_ORIGIN_REFUSED: {
    kind: 'invalid',
    message: 'Origins are https and spelled as browsers print them; frontend_url is on a front-end origin.',
  },
  EXTENSION_REFERENCE_UNKNOWN: { kind: 'not_found', message: 'There is no such package or instance.' },
} as const satisfies Record<string, Refusal>;

export class ExtensionError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS) {
    super(code, REFUSALS[code]);
  }
}

/** Codes of the GraphQL endpoint, as the protocol spells them (docs/protocol/secure-tokens.md). */
const TOKEN_REFUSALS = {
  UNAUTHENTICATED: { kind: 'unauthenticated', message: 'Nobody is signed in.' },
  FORBIDDEN: { kind: 'forbidden', message: 'This caller may not do that.' },
  EXTENSION_NOT_INSTALLED: { kind: 'not_found', message: 'This shop does not have this extension.' },
  EXTENSION_DISABLED: { kind: 'forbidden', message: 'This extension is disabled.' },
  LICENCE_INACTIVE: { kind: 'forbidden', message: 'This shop has no active license for this extension.' },
  AUDIENCE_NOT_ALLOWED: { kind: 'forbidden', message: 'This extension has no API at this origin.' },
  RATE_LIMITED: { kind: 'rate_limited', message: 'Too many requests. Try again in a minute.' },
  BAD_USER_INPUT: { kind: 'invalid', message: 'The request cannot be carried out as it stands.' },
} as const satisfies Record<string, Refusal>;

export class ExtensionTokenError extends DomainError<keyof typeof TOKEN_REFUSALS> {
  constructor(
    code: keyof typeof TOKEN_REFUSALS,
    readonly detail: string = TOKEN_REFUSALS[code].message,
  ) {
    super(code, TOKEN_REFUSALS[code]);
  }
}
