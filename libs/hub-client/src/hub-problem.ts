import { Problem } from '@hansa/contracts';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';

/** The code of a refusal without a readable problem: what answered may be a proxy. */
export const HUB_ANSWER_INVALID = 'HUB_ANSWER_INVALID';

/** The hub refused. `code` is the hub's own (federation.md §1) or HUB_ANSWER_INVALID. */
export class HubProblem extends Error {
  constructor(
    readonly code: string,
    /** The HTTP status. */
    readonly status: number,
    message: string,
    readonly options: {
      readonly requestId?: string;
      readonly details?: Problem['details'];
      /** The whole body, for the facts some codes carry. Unverified. */
      readonly body?: Readonly<Record<string, unknown>>;
      /** From `Retry-After`. */
      readonly retryAfterSeconds?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'HubProblem';
  }

  get requestId(): string | undefined {
    return this.options.requestId;
  }

  get details(): NonNullable<Problem['details']> {
    return this.options.details ?? [];
  }
}

/** Reads the problem of a 4xx or 5xx answer. A body of another shape (a proxy's page) becomes HUB_ANSWER_INVALID. */
export function readProblem(status: number, body: unknown, headers?: Headers): HubProblem {
  const wait = Number(headers?.get('retry-after') ?? Number.NaN);
  const retryAfterSeconds = Number.isFinite(wait) && wait >= 0 ? { retryAfterSeconds: wait } : {};
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
    const problem = plainToInstance(Problem, body);
    if (validateSync(problem).length === 0) {
      const { code, message, request_id: requestId, details } = problem;
      const facts = body as Readonly<Record<string, unknown>>;
      return new HubProblem(code, status, message, { requestId, details, body: facts, ...retryAfterSeconds });
    }
  }
  return new HubProblem(HUB_ANSWER_INVALID, status, `The hub answered ${status} without a problem.`, retryAfterSeconds);
}
