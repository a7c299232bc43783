import type Stripe from 'stripe';

/** The error object of Stripe's API, without the envelope. */
export interface ErrorBody {
  readonly type: 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error';
  readonly message: string;
  readonly code?: string;
  readonly decline_code?: string;
  readonly param?: string;
  readonly charge?: string;
  readonly payment_intent?: Stripe.PaymentIntent;
}

/**
 * A refusal in Stripe's words. Thrown, it takes back all that the request wrote. Returned by an endpoint, it is the
 * answer and what was written stays: a declined card leaves a failed charge behind.
 */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly body: ErrorBody,
    /** Whether a repeated request with the same idempotency key gets this answer again. Refused parameters do not. */
    readonly replayed = false,
  ) {
    super(body.message);
    this.name = 'ApiError';
  }
}

/** 400 for a parameter that is missing, unknown or not of its kind. */
export function invalidParameter(param: string, message: string, code?: string): ApiError {
  return new ApiError(400, { type: 'invalid_request_error', message, param, ...(code && { code }) });
}

/** 404 (or 400 when the id came as a parameter) for an id that names nothing. */
export function noSuch(noun: string, id: string, param = 'id'): ApiError {
  const message = `No such ${noun}: '${id.slice(0, 100)}'`;
  return new ApiError(param === 'id' ? 404 : 400, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message,
    param,
  });
}

/** 400 for a request that is well formed and comes at the wrong time. */
export function refused(message: string, code?: string): ApiError {
  return new ApiError(400, { type: 'invalid_request_error', message, ...(code && { code }) }, true);
}
