import { Type } from 'class-transformer';
import { IsArray, IsIn, IsOptional, IsString, Matches, ValidateNested } from 'class-validator';

/** The documented `type` of an error and the HTTP status it travels with (federation.md §1). */
export const PROBLEM_STATUS = {
  invalid_data: 400,
  unauthorized: 401,
  payment_required: 402,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  too_large: 413,
  rate_limited: 429,
  unexpected_state: 500,
  unavailable: 503,
} as const satisfies Record<string, number>;

export type ProblemType = keyof typeof PROBLEM_STATUS;

/** One field that was refused: where it stands in the body or query, and why. */
export class ProblemDetail {
  @IsString() path!: string;
  @IsString() message!: string;
}

/** The body of every 4xx and 5xx answer. `code` is stable and safe to branch on; `message` is prose. */
export class Problem {
  @IsIn(Object.keys(PROBLEM_STATUS)) type!: ProblemType;
  @IsString() message!: string;
  @Matches(/^[A-Z][A-Z0-9_]*$/) code!: string;
  @IsString() request_id!: string;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => ProblemDetail) details?: ProblemDetail[];
}
