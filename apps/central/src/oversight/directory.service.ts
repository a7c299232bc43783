import type {
  ConsoleInstances,
  ConsoleInstanceView,
  ConsolePackages,
  ConsolePackageView,
  ConsolePublishers,
  ConsolePublisherView,
  SearchQuery,
} from '@hansa/contracts';
import { anywhere, partOf, readPage, type Listing } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

const PACKAGES: Listing<ConsolePackageView> = {
  columns: `p.id, p.marketplace_id, p.name, p.type, p.license_kind, p.price_minor, p.currency, p.publisher_id,
    o.name AS publisher_name, r.version, p.downloads, p.created_at,
    (SELECT count(*)::int FROM releases x WHERE x.package_id = p.id) AS releases,
    (SELECT count(*)::int FROM licenses l WHERE l.package_id = p.id AND l.revoked_at IS NULL) AS licenses`,
  from: `FROM packages p JOIN publishers o ON o.id = p.publisher_id LEFT JOIN releases r ON r.id = p.latest_release_id
    WHERE $1::text IS NULL OR p.marketplace_id ILIKE $1 OR p.name ILIKE $1 OR o.name ILIKE $1`,
  order: 'p.marketplace_id',
};

const PUBLISHERS: Listing<ConsolePublisherView> = {
  columns: `p.id, p.name, p.verified_at IS NOT NULL AS verified, p.two_person_review AS two_person, p.created_at,
    ARRAY(SELECT n.namespace FROM publisher_namespaces n WHERE n.publisher_id = p.id ORDER BY n.namespace) AS namespaces,
    (SELECT count(*)::int FROM publisher_members m WHERE m.publisher_id = p.id) AS members,
    (SELECT count(*)::int FROM packages x WHERE x.publisher_id = p.id) AS packages`,
  from: `FROM publishers p WHERE $1::text IS NULL OR p.name ILIKE $1 OR p.id ILIKE $1
    OR EXISTS (SELECT 1 FROM publisher_namespaces n WHERE n.publisher_id = p.id AND n.namespace ILIKE $1)`,
  order: 'p.name, p.id',
};

const INSTANCES: Listing<ConsoleInstanceView> = {
  columns: `i.id, i.base_url, i.environment, i.mode, i.platform_version, i.registered_at,
    i.push_disabled_at IS NOT NULL AS push_disabled,
    (SELECT count(*)::int FROM license_activations a WHERE a.instance_id = i.id AND a.released_at IS NULL) AS activations,
    (SELECT count(*)::int FROM deliveries d WHERE d.instance_id = i.id AND d.status <> 'delivered') AS undelivered,
    (SELECT max(y.day)::text FROM instance_days y WHERE y.instance_id = i.id) AS last_active_on`,
  from: 'FROM instances i WHERE $1::text IS NULL OR i.base_url ILIKE $1 OR i.id ILIKE $1',
  order: 'i.registered_at DESC, i.id',
};

/** Who and what the hub knows, for operators to look up. */
@Injectable()
export class Directory {
  constructor(private readonly dataSource: DataSource) {}

  /** Packages by id, published or not. Found by id, name and publisher. */
  async packages(query: SearchQuery): Promise<ConsolePackages> {
    return readPage(this.dataSource, PACKAGES, [anywhere(query.search)], partOf(query));
  }

  /** Publishers by name. Found by name, id and namespace. */
  async publishers(query: SearchQuery): Promise<ConsolePublishers> {
    return readPage(this.dataSource, PUBLISHERS, [anywhere(query.search)], partOf(query));
  }

  /** Shops, the youngest first. Found by address and id. */
  async instances(query: SearchQuery): Promise<ConsoleInstances> {
    return readPage(this.dataSource, INSTANCES, [anywhere(query.search)], partOf(query));
  }
}
