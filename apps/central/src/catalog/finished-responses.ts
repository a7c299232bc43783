import { LRUCache } from 'lru-cache';
import { Injectable } from '@nestjs/common';
import { CentralConfig } from '#config';
import { CatalogIndex } from './catalog-index.js';
import { finish, type FinishedResponse } from './finished-response.js';

/** Spellings of URLs remembered; each stands for a canonical query. */
const MAX_SPELLINGS = 5_000;
/** Longer URLs are read afresh each time, so that nobody fills the memory with them. */
const MAX_SPELLING_LENGTH = 512;
/** Each response also takes room for its headers and its place in the map. */
const OVERHEAD_BYTES = 2_048;

/**
 * Finished answers by canonical query and catalog revision, within a number of bytes. Whatever a revision changes is asked
 * under another key, so nothing has to be invalidated.
 */
@Injectable()
export class FinishedResponses {
  private readonly responses: LRUCache<string, FinishedResponse>;
  private readonly spellings = new LRUCache<string, string>({ max: MAX_SPELLINGS });
  private readonly underWay = new Map<string, Promise<FinishedResponse>>();
  private readonly cacheControl: string;
  private revision = 0;

  constructor(
    private readonly index: CatalogIndex,
    config: CentralConfig,
  ) {
    this.responses = new LRUCache({
      maxSize: config.catalog.cacheBytes,
      sizeCalculation: ({ bytes }) => bytes + OVERHEAD_BYTES,
    });
    // Kept by whoever likes, asked about each time: a 304 is cheap, a yanked release in a cache is not.
    this.cacheControl = config.feedAccess === 'key' ? 'private, no-cache' : 'public, no-cache';
  }

  /** The answer for a URL as it was spelled, if it was asked before at this revision. Never waits. */
  recall(url: string): FinishedResponse | undefined {
    const query = this.spellings.get(url);
    return query === undefined ? undefined : this.responses.get(this.keyOf(query));
  }

  /**
   * The answer to a canonical query, made by `read` unless it is there. Callers that ask at the same time wait for one
   * `read`. Remembers that `url` spells this query.
   */
  async answer(url: string, query: string, read: () => Promise<object>): Promise<FinishedResponse> {
    if (url.length <= MAX_SPELLING_LENGTH) this.spellings.set(url, query);
    const key = this.keyOf(query);
    const ready = this.responses.get(key) ?? this.underWay.get(key);
    if (ready) return ready;
    const making = this.make(query, key, read).finally(() => this.underWay.delete(key));
    this.underWay.set(key, making);
    return making;
  }

  private async make(query: string, key: string, read: () => Promise<object>): Promise<FinishedResponse> {
    const response = await finish(await read(), this.cacheControl);
    if (key === this.keyOf(query)) this.responses.set(key, response);
    return response;
  }

  /** The revision is read before the query runs, so an answer is never older than its key says. */
  private keyOf(query: string): string {
    const { revision } = this.index;
    if (revision !== this.revision) {
      this.revision = revision;
      this.responses.clear(); // nobody asks for an older revision again; its room is wanted now
    }
    return `${revision} ${query}`;
  }
}
