import { DomainError, RequestError, type ProblemAnswer } from '@hansa/platform';
import { RouteConfig } from '@nestjs/platform-fastify';
import { GrantError } from './market.errors.js';

/** What stands beside the code in the house's envelope and is said elsewhere here. */
const ENVELOPE: readonly string[] = ['type', 'message', 'code', 'request_id'];

export interface MarketRefusal {
  readonly status: number;
  readonly body: { readonly error: { readonly code: string; readonly message: string; readonly data: object } };
}

/** A refusal as the module on a cPanel server reads it (docs/protocol/market.md §2). */
export function marketRefusal({ status, body }: ProblemAnswer, error: unknown): MarketRefusal {
  const { code, message, details } = body;
  const facts = Object.fromEntries(Object.entries(body).filter(([name]) => !ENVELOPE.includes(name)));
  const [first] = details ?? [];
  const data = first ? { field: first.path, ...facts } : facts;
  return { status: statusOf(error, status), body: { error: { code, message, data } } };
}

/** What can be read and is not acceptable is 422 here; what cannot be read, and OAuth's own refusals, are 400. */
function statusOf(error: unknown, status: number): number {
  if (status !== 400 || error instanceof GrantError) return status;
  if (error instanceof RequestError) return error.code === 'VALIDATION_FAILED' ? 422 : 400;
  return error instanceof DomainError ? 422 : 400;
}

/** Marks a call of the module: its refusals have the market's envelope, also those made before any controller runs. */
export function MarketCall(more: { readonly form?: 'read' } = {}): MethodDecorator {
  return RouteConfig({ refusal: marketRefusal, ...more });
}
