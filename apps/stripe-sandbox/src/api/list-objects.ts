import { invalidParameter } from './api-error.js';
import { type Params } from './params.js';

interface Listed {
  readonly id: string;
}

export interface ObjectList<T> {
  readonly object: 'list';
  readonly data: readonly T[];
  readonly has_more: boolean;
  readonly url: string;
}

const RANGE = {
  gt: (a: number, b: number) => a > b,
  gte: (a: number, b: number) => a >= b,
  lt: (a: number, b: number) => a < b,
  lte: (a: number, b: number) => a <= b,
} as const;

/** Lists newest first, with `limit` (1 to 100, by default 10), `starting_after`, `ending_before` and `created`. */
export function listObjects<T extends Listed>(params: Params, url: string, oldestFirst: readonly T[]): ObjectList<T> {
  const wanted = createdFilter(params);
  const createdOf = (item: T): number => ('created' in item && typeof item.created === 'number' ? item.created : 0);
  return page(params, url, oldestFirst.filter((item) => wanted(createdOf(item))).reverse());
}

/** One page of items that are already in order. */
export function page<T extends Listed>(params: Params, url: string, items: readonly T[]): ObjectList<T> {
  const limit = params.integer('limit', 1, 100) ?? 10;
  const after = params.text('starting_after');
  const before = params.text('ending_before');
  if (before !== undefined) {
    const end = positionOf(items, before, 'ending_before');
    const start = Math.max(0, end - limit);
    return { object: 'list', data: items.slice(start, end), has_more: start > 0, url };
  }
  const start = after === undefined ? 0 : positionOf(items, after, 'starting_after') + 1;
  return { object: 'list', data: items.slice(start, start + limit), has_more: items.length > start + limit, url };
}

/** Keeps the items whose field has the value of the parameter of the same name, when that is given. */
export function matching<T extends object>(params: Params, items: readonly T[], ...fields: (keyof T & string)[]): T[] {
  const wanted = fields.map((field) => [field, params.text(field)] as const).filter(([, value]) => value !== undefined);
  return items.filter((item) => wanted.every(([field, value]) => item[field] === value));
}

function positionOf(items: readonly Listed[], id: string, param: string): number {
  const position = items.findIndex((item) => item.id === id);
  if (position < 0) throw invalidParameter(param, `No such object: '${id.slice(0, 100)}'`, 'resource_missing');
  return position;
}

function createdFilter(params: Params): (created: number) => boolean {
  if (!params.isTable('created')) {
    const exact = params.integer('created', 0, 9_999_999_999);
    return (created) => exact === undefined || created === exact;
  }
  const range = params.object('created');
  const bounds = (Object.keys(RANGE) as (keyof typeof RANGE)[]).map(
    (name) => [name, range?.integer(name, 0, 9_999_999_999)] as const,
  );
  return (created) => bounds.every(([name, bound]) => bound === undefined || RANGE[name](created, bound));
}
