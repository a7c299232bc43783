import { PROBLEM_STATUS, type Problem, type ProblemType } from '@hansa/contracts';
import { HttpException } from '@nestjs/common';
import { DomainError, type RefusalKind } from './domain-error.js';
import { REQUEST_REFUSALS, RequestError, type RequestErrorCode } from './request-error.js';

const TYPE_OF_KIND: Record<RefusalKind, ProblemType> = {
  invalid: 'invalid_data',
  unauthenticated: 'unauthorized',
  payment_required: 'payment_required',
  forbidden: 'forbidden',
  not_found: 'not_found',
  conflict: 'conflict',
  gone: 'gone',
  too_large: 'too_large',
  rate_limited: 'rate_limited',
  unavailable: 'unavailable',
};

export interface ProblemAnswer {
  readonly status: number;
  readonly body: Problem & Record<string, unknown>;
}

/** The documented envelope (federation.md §1) for a refusal; undefined for an error that is a bug. */
export function problemFor(error: unknown, requestId: string): ProblemAnswer | undefined {
  const refusal: DomainError | undefined = error instanceof DomainError ? error : refusalOfFramework(error);
  if (!refusal) return undefined;
  const type = TYPE_OF_KIND[refusal.refusal.kind];
  const details =
    refusal instanceof RequestError && refusal.details.length > 0 ? { details: [...refusal.details] } : {};
  const body = {
    type,
    message: refusal.message,
    code: refusal.code,
    request_id: requestId,
    ...details,
    ...refusal.facts,
  };
  return { status: PROBLEM_STATUS[type], body };
}

/** The answer to a bug: no detail leaves the process. */
export function unexpectedProblem(requestId: string): ProblemAnswer {
  const message = 'Something went wrong on our side.';
  return { status: 500, body: { type: 'unexpected_state', message, code: 'UNEXPECTED', request_id: requestId } };
}

const CODE_OF_STATUS: Record<number, RequestErrorCode> = {
  400: 'MALFORMED_REQUEST',
  401: 'CREDENTIALS_REQUIRED',
  403: 'ACCESS_DENIED',
  404: 'ROUTE_NOT_FOUND',
  405: 'ROUTE_NOT_FOUND',
  413: 'BODY_TOO_LARGE',
  414: 'MALFORMED_REQUEST',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'RATE_LIMITED',
  431: 'MALFORMED_REQUEST',
};

/** What Nest and Fastify throw before a handler runs: unknown routes, bodies too large, unreadable URLs. */
function refusalOfFramework(error: unknown): DomainError | undefined {
  const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
  if (status === undefined || status >= 500) return undefined;
  const code = CODE_OF_STATUS[status] ?? 'MALFORMED_REQUEST';
  return code in REQUEST_REFUSALS ? new RequestError(code) : undefined;
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || !('code' in error)) return undefined;
  const { statusCode, code } = error;
  // Only Fastify's own errors: a library error that happens to carry a statusCode is not a refusal of ours.
  return typeof statusCode === 'number' && typeof code === 'string' && code.startsWith('FST_') ? statusCode : undefined;
}
