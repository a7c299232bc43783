import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';

/** Query of every list of ours. */
export class PageQuery {
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(100) limit?: number;
  @IsOptional() @Type(() => Number) @IsInt() @Min(0) @Max(10_000_000) offset?: number;
}

/** The envelope of every list of ours; `count` is of all items, not of this page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly count: number;
  readonly limit: number;
  readonly offset: number;
}

/** Where a page starts and how long it is: 20 from the start unless asked otherwise. */
export function pageOf({ limit = 20, offset = 0 }: PageQuery): { readonly take: number; readonly skip: number } {
  return { take: limit, skip: offset };
}
