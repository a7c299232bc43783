import { Clock, defineJob, inTransaction, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { recordAudit } from '#audit';
import {
  addPrice,
  applyDuePrices,
  bumpRevision,
  CatalogIndex,
  ListingPrice,
  listPrices,
  Package,
  type PriceTerms,
} from '#catalog';
import { ReleaseError } from './releases.errors.js';

export const applyListingPrices = defineJob('apply-listing-prices', { cron: '* * * * *' });

/** Prices of listings, with their history (money.md §1). */
@Injectable()
export class ListingPrices {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly index: CatalogIndex,
  ) {}

  /** Every price of a package of this publisher, the last to begin first. @throws {ReleaseError} LISTING_NOT_FOUND */
  async list(publisherId: string, marketplaceId: string): Promise<ListingPrice[]> {
    const { id } = await this.own(publisherId, marketplaceId);
    return listPrices(this.dataSource.manager, id);
  }

  /**
   * Adds a price from a time on, null for now. Never from the past: what was sold then was sold at the price of its day.
   *
   * @throws {ReleaseError} LISTING_NOT_FOUND or PRICE_IN_THE_PAST
   */
  async add(
    publisherId: string,
    marketplaceId: string,
    terms: Omit<PriceTerms, 'currency'>,
    from: Date | null,
  ): Promise<ListingPrice> {
    const { id: packageId, currency } = await this.own(publisherId, marketplaceId);
    const at = this.clock.now();
    const validFrom = from ?? at;
    if (validFrom < at) throw new ReleaseError('PRICE_IN_THE_PAST');
    const price = await inTransaction(this.dataSource, async (tx) => {
      const added = await addPrice(tx, packageId, { ...terms, currency }, { validFrom, at });
      const { id, amountMinor, licenseKind } = added;
      const data = { id, amountMinor, licenseKind, validFrom: validFrom.toISOString() };
      await recordAudit(tx, {
        at,
        actor: `publisher:${publisherId}`,
        action: 'listing.priced',
        subject: packageId,
        data,
      });
      return added;
    });
    await this.apply();
    return price;
  }

  /** Makes product pages show prices whose time has come. What is sold is priced by the history itself. */
  @OnJob(applyListingPrices)
  async apply(): Promise<void> {
    const changed = await inTransaction(this.dataSource, async (tx) => {
      const ids = await applyDuePrices(tx, this.clock.now());
      if (ids.length > 0) await bumpRevision(tx, ids);
      return ids;
    });
    if (changed.length > 0) await this.index.refresh();
  }

  private async own(publisherId: string, marketplaceId: string): Promise<Package> {
    const listing = await this.dataSource.manager.findOneBy(Package, { marketplaceId, publisherId });
    if (!listing) throw new ReleaseError('LISTING_NOT_FOUND');
    return listing;
  }
}
