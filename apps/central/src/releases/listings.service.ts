import { MARKETPLACE_ID, namespaceOf, type ListingRequest } from '@hansa/contracts';
import { Clock, enqueue, inTransaction, newId } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PublishersService } from '#accounts';
import { recordAudit } from '#audit';
import { addPrice, bumpRevision, CatalogIndex, Package } from '#catalog';
import { fetchPictures } from '#pictures';
import { refuseListing } from './listing-rules.js';
import { ReleaseError } from './releases.errors.js';

const UPSERT_SQL = `
  INSERT INTO packages (id, marketplace_id, publisher_id, name, type, summary, description, categories, icon_url, screenshots,
                        license_kind, price_minor, billing_interval, created_at, trial_days)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
  ON CONFLICT (marketplace_id) DO UPDATE SET name = $4, type = $5, summary = $6, description = $7, categories = $8, icon_url = $9,
    icon_picture = CASE WHEN packages.icon_url = $9 THEN packages.icon_picture END,
    screenshots = $10, screenshot_pictures = CASE WHEN packages.screenshots = $10 THEN packages.screenshot_pictures ELSE '{}' END,
    license_kind = $11, price_minor = $12, billing_interval = $13, trial_days = $15`;

/** What product pages say and cost. */
@Injectable()
export class ListingsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly publishers: PublishersService,
    private readonly index: CatalogIndex,
  ) {}

  /**
   * Makes the listing of a package, or replaces what it says; another price is added to its history. The same request again changes
   * nothing more.
   *
   * @throws {ReleaseError} MARKETPLACE_ID_INVALID, NAMESPACE_NOT_OWNED, PRICE_KIND_MISMATCH, BILLING_INTERVAL_MISMATCH, TRIAL_MISMATCH,
   * LISTING_URL_REFUSED
   */
  async put(publisherId: string, marketplaceId: string, request: ListingRequest): Promise<Package> {
    if (!MARKETPLACE_ID.test(marketplaceId)) throw new ReleaseError('MARKETPLACE_ID_INVALID');
    const refusal = refuseListing(request);
    if (refusal) throw new ReleaseError(refusal);
    const owns = await this.publishers.owns(publisherId, namespaceOf(marketplaceId));
    if (!owns) throw new ReleaseError('NAMESPACE_NOT_OWNED');

    const listing = await inTransaction(this.dataSource, async (tx) => {
      const at = this.clock.now();
      await tx.query(UPSERT_SQL, [
        newId('ccmp'),
        marketplaceId,
        publisherId,
        request.name,
        request.type,
        request.summary,
        request.description,
        request.categories,
        request.icon_url ?? null,
        request.screenshots ?? [],
        request.license_kind,
        Math.round(request.price_eur * 100),
        request.billing_interval ?? null,
        at,
        request.trial_days ?? null,
      ]);
      const saved = await tx.findOneByOrFail(Package, { marketplaceId });
      const { priceMinor: amountMinor, licenseKind, currency, billingInterval, trialDays } = saved;
      const terms = { licenseKind, amountMinor, currency, billingInterval, trialDays };
      await addPrice(tx, saved.id, terms, { validFrom: at, at });
      const data = { priceMinor: amountMinor, licenseKind };
      await recordAudit(tx, {
        at,
        actor: `publisher:${publisherId}`,
        action: 'listing.saved',
        subject: saved.id,
        data,
      });
      if (saved.iconUrl !== null || saved.screenshots.length > 0)
        await enqueue(tx, fetchPictures, { packageId: saved.id }, { key: `pictures:${saved.id}` });
      if (saved.firstPublishedAt) await bumpRevision(tx, [saved.id]);
      return saved;
    });
    await this.index.refresh();
    return listing;
  }
}
