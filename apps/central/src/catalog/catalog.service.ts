import type { FeedQuery } from '@hansa/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CentralConfig } from '#config';
import { CatalogIndex } from './catalog-index.js';
import { CatalogError } from './catalog.errors.js';
import { canonicalFeedQuery } from './feed-query.js';
import { findProduct, listPackages } from './feed.repository.js';
import { feedPage, productPage } from './feed-view.js';
import type { FinishedResponse } from './finished-response.js';
import { FinishedResponses } from './finished-responses.js';

/** The reads shops make, as finished answers. `url` is the request's own spelling, remembered for the next time. */
@Injectable()
export class CatalogService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly index: CatalogIndex,
    private readonly responses: FinishedResponses,
    private readonly config: CentralConfig,
  ) {}

  async feed(url: string, request: FeedQuery): Promise<FinishedResponse> {
    const query = canonicalFeedQuery(request);
    return this.responses.answer(url, `feed ${JSON.stringify(query)}`, async () =>
      feedPage(await listPackages(this.dataSource, query), query, this.config.hubUrl),
    );
  }

  /** @throws {CatalogError} PACKAGE_NOT_FOUND */
  async product(url: string, marketplaceId: string): Promise<FinishedResponse> {
    if (!this.index.has(marketplaceId)) throw new CatalogError('PACKAGE_NOT_FOUND');
    return this.responses.answer(url, `product ${marketplaceId}`, async () => {
      const row = await findProduct(this.dataSource, marketplaceId);
      if (!row) throw new CatalogError('PACKAGE_NOT_FOUND');
      return { product: productPage(row, this.config.hubUrl) };
    });
  }
}
