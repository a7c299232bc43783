import type { Channel, FeedQuery, FeedSort, PackageType } from '@hansa/contracts';

const DEFAULT_LIMIT = 20;

/** A feed question with its defaults filled in and its spellings made one. */
export interface CanonicalFeedQuery {
  readonly type: PackageType | null;
  readonly words: readonly string[] | null;
  readonly category: string | null;
  readonly price: 'free' | 'paid' | null;
  readonly sort: FeedSort;
  readonly platformVersion: string | null;
  readonly channel: Channel;
  readonly limit: number;
  readonly offset: number;
}

/** Search words looked at; more narrow nothing that people type. */
const MAX_WORDS = 10;

/** Two questions with the same answer have the same canonical form. `page` and `per_page` win over `limit` and `offset`. */
export function canonicalFeedQuery(query: FeedQuery): CanonicalFeedQuery {
  const limit = query.per_page ?? query.limit ?? DEFAULT_LIMIT;
  const offset = query.page === undefined ? (query.offset ?? 0) : (query.page - 1) * limit;
  const search = query.search?.trim();
  const words = search ? wordsOf(search) : null;
  return {
    type: query.type ?? null,
    words,
    category: query.category ?? null,
    price: query.price ?? null,
    sort: query.sort ?? (words ? 'relevance' : 'newest'),
    platformVersion: query.platform_version ?? null,
    channel: query.channel ?? 'stable',
    limit,
    offset,
  };
}

/** Letters and digits only, so that no word can be read as an operator of the search language. */
function wordsOf(search: string): string[] {
  return (search.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, MAX_WORDS);
}
