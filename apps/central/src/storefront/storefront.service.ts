import { MARKETPLACE_ID, type FeedQuery, type StorefrontCategory } from '@hansa/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import {
  canonicalFeedQuery,
  CatalogError,
  CatalogIndex,
  FinishedResponses,
  findProduct,
  listPackages,
  type FinishedResponse,
} from '#catalog';
import { cardOf, productOf } from './storefront-view.js';

const MAX_CATEGORIES = 50;

/** What everybody may see, as finished answers. `url` is the request's own spelling, remembered for the next time. */
@Injectable()
export class Storefront {
  constructor(
    private readonly dataSource: DataSource,
    private readonly index: CatalogIndex,
    private readonly responses: FinishedResponses,
  ) {}

  /** One page of the catalog: a `StorefrontPackages`. */
  async packages(url: string, request: FeedQuery): Promise<FinishedResponse> {
    const query = canonicalFeedQuery(request);
    const { limit, offset } = query;
    return this.responses.answer(url, `storefront ${JSON.stringify(query)}`, async () => {
      const { rows, total: count } = await listPackages(this.dataSource, query);
      return { items: rows.map(cardOf), count, limit, offset };
    });
  }

  /** A `StorefrontProduct`. @throws {CatalogError} PACKAGE_NOT_FOUND */
  async product(url: string, marketplaceId: string): Promise<FinishedResponse> {
    // Names nobody has are refused from memory: guessing them costs no query.
    if (!MARKETPLACE_ID.test(marketplaceId) || !this.index.has(marketplaceId))
      throw new CatalogError('PACKAGE_NOT_FOUND');
    return this.responses.answer(url, `storefront product ${marketplaceId}`, async () => {
      const row = await findProduct(this.dataSource, marketplaceId);
      if (!row) throw new CatalogError('PACKAGE_NOT_FOUND');
      return productOf(row);
    });
  }

  /** The categories of published packages, a `StorefrontCategories`. */
  async categories(url: string): Promise<FinishedResponse> {
    return this.responses.answer(url, 'storefront categories', async () => {
      const items: StorefrontCategory[] = await this.dataSource.query(
        `SELECT c.category, count(*)::int AS packages FROM packages p CROSS JOIN unnest(p.categories) AS c (category)
          WHERE p.latest_release_id IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $1`,
        [MAX_CATEGORIES],
      );
      return { items };
    });
  }
}
