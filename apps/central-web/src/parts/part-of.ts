import type { Page } from '@hansa/web-ui';

/** A page of a list that came whole. */
export function partOf<Item>(items: readonly Item[], offset: number, limit: number): Page<Item> {
  return { items: items.slice(offset, offset + limit), count: items.length, limit, offset };
}
