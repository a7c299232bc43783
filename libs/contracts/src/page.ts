import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';

/** Part of a list, in the order the list says. */
export class PageQuery {
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(100) limit?: number;
  @IsOptional() @Type(() => Number) @IsInt() @Min(0) @Max(10_000_000) offset?: number;
}

/** The same, narrowed by what people type. */
export class SearchQuery extends PageQuery {
  @IsOptional() @IsString() @Length(1, 100) search?: string;
}

/** Which part of a list this is, and how long the list is. */
export class PageOf {
  @IsInt() count!: number;
  @IsInt() limit!: number;
  @IsInt() offset!: number;
}
