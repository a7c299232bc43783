import type { ProblemDetail } from '@hansa/contracts';
import { DomainError, type Refusal } from './domain-error.js';

/** Refusals every HTTP surface shares: what is wrong with the request before any feature looks at it. */
export const REQUEST_REFUSALS = {
  VALIDATION_FAILED: { kind: 'invalid', message: 'Some fields are missing or not acceptable; see details.' },
  MALFORMED_JSON: { kind: 'invalid', message: 'The body is not valid UTF-8 JSON.' },
  MALFORMED_REQUEST: { kind: 'invalid', message: 'The request cannot be read.' },
  UNSUPPORTED_MEDIA_TYPE: {
    kind: 'invalid',
    message: 'This content type is not accepted here; send application/json.',
  },
  BODY_TOO_LARGE: { kind: 'too_large', message: 'The body is larger than this endpoint accepts.' },
  ROUTE_NOT_FOUND: { kind: 'not_found', message: 'There is nothing at this address.' },
  ACCESS_DENIED: { kind: 'forbidden', message: 'This caller may not do that.' },
  CREDENTIALS_REQUIRED: { kind: 'unauthenticated', message: 'Credentials are missing, wrong or expired.' },
  RATE_LIMITED: { kind: 'rate_limited', message: 'Too many requests. Wait for the seconds in Retry-After.' },
} as const satisfies Record<string, Refusal>;

export type RequestErrorCode = keyof typeof REQUEST_REFUSALS;

export class RequestError extends DomainError<RequestErrorCode> {
  constructor(
    code: RequestErrorCode,
    readonly details: readonly ProblemDetail[] = [],
  ) {
    super(code, REQUEST_REFUSALS[code]);
  }
}
