import {
  MARKETPLACE_ID,
  type OwnPackages,
  type OwnPackageView,
  type OwnReleases,
  type OwnReleasesQuery,
  type OwnReleaseView,
  type SearchQuery,
} from '@hansa/contracts';
import { anywhere, partOf, readPage, type Listing } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Package } from '#catalog';
import { ReleaseError } from '#releases';

const PACKAGES: Listing<OwnPackageView> = {
  columns: `p.marketplace_id, p.name, p.type, p.license_kind, p.price_minor, p.currency, r.version, p.downloads,
    (SELECT count(*)::int FROM releases x WHERE x.package_id = p.id) AS releases,
    (SELECT count(*)::int FROM licenses l WHERE l.package_id = p.id AND l.revoked_at IS NULL) AS licenses`,
  from: `FROM packages p LEFT JOIN releases r ON r.id = p.latest_release_id
    WHERE p.publisher_id = $1 AND ($2::text IS NULL OR p.marketplace_id ILIKE $2 OR p.name ILIKE $2)`,
  order: 'p.marketplace_id',
};

const RELEASES: Listing<OwnReleaseView> = {
  columns: `r.id, p.marketplace_id, r.version, r.status, r.size_bytes, r.submitted_at, r.published_at, r.rollout_percent,
    (SELECT count(*)::int FROM jsonb_array_elements(r.findings) f WHERE f->>'severity' = 'error') AS errors,
    (SELECT count(*)::int FROM jsonb_array_elements(r.findings) f WHERE f->>'severity' = 'warning') AS warnings`,
  from: `FROM releases r JOIN packages p ON p.id = r.package_id WHERE p.publisher_id = $1
    AND ($2::text IS NULL OR r.status = $2) AND ($3::text IS NULL OR p.marketplace_id = $3)`,
  order: 'r.submitted_at DESC, r.id',
};

/** A publisher's own packages and releases, also those nobody else sees. */
@Injectable()
export class OwnCatalog {
  constructor(private readonly dataSource: DataSource) {}

  /** By id. Found by id and name. */
  async packages(publisherId: string, query: SearchQuery): Promise<OwnPackages> {
    const values = [publisherId, anywhere(query.search)];
    return readPage(this.dataSource, PACKAGES, values, partOf(query));
  }

  /** Latest submission first. */
  async releases(publisherId: string, query: OwnReleasesQuery): Promise<OwnReleases> {
    const values = [publisherId, query.status ?? null, query.marketplace_id ?? null];
    return readPage(this.dataSource, RELEASES, values, partOf(query));
  }

  /** What a listing says. @throws {ReleaseError} LISTING_NOT_FOUND, also for a package of somebody else */
  async listing(publisherId: string, marketplaceId: string): Promise<Package> {
    const found = MARKETPLACE_ID.test(marketplaceId)
      ? await this.dataSource.manager.findOneBy(Package, { publisherId, marketplaceId })
      : null;
    if (!found) throw new ReleaseError('LISTING_NOT_FOUND');
    return found;
  }
}
