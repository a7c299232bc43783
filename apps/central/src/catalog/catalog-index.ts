import { poolOf } from '@hansa/platform';
import type { UpdatesRequest, UpdatesResponse } from '@hansa/contracts';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CentralConfig } from '#config';
import { DatabaseListener } from '#database';
import { CATALOG_CHANNEL } from './catalog-revision.js';
import { advisoriesFor, updateFor, type IndexedPackage, type IndexedRelease } from './find-updates.js';
import {
  advisoriesSql,
  advisoryView,
  deprecationOf,
  DEPRECATION_SQL,
  type DeprecationColumns,
} from './notice-views.js';
import type { PackageAdvisory } from './package-advisory.entity.js';
import { semverSortKey } from './semver-sort-key.js';

/** One row a release; a package without one is a row of nulls, the catalog without changes a row of more nulls. */
const CHANGED_SQL = `
  SELECT c.revision, p.id AS package_id, p.marketplace_id, ${DEPRECATION_SQL}, a.advisories, r.id, r.version, r.version_key,
         r.min_platform_key, r.max_platform_key, r.channel, r.security, r.sha256, r.rollout_percent
    FROM catalog_revision c
    LEFT JOIN packages p ON p.revision > $1
    LEFT JOIN (${advisoriesSql('withdrawn_at IS NULL')}) a ON a.package_id = p.id
    LEFT JOIN releases r ON r.package_id = p.id AND r.status = 'published' AND r.rollout_halted_at IS NULL
   ORDER BY p.id, r.version_key DESC`;

interface ChangedRow extends DeprecationColumns {
  readonly revision: string;
  readonly package_id: string | null;
  readonly marketplace_id: string;
  readonly advisories: readonly Omit<PackageAdvisory, 'packageId'>[] | null;
  readonly id: string | null;
  readonly version: string;
  readonly version_key: string;
  readonly min_platform_key: string;
  readonly max_platform_key: string | null;
  readonly channel: IndexedRelease['channel'];
  readonly security: boolean;
  readonly sha256: string;
  readonly rollout_percent: number;
}

/** Every published version of every package and what shops must know about it, in memory; refreshed by the changed rows only, in every process. */
@Injectable()
export class CatalogIndex implements OnModuleInit {
  private readonly packages = new Map<string, IndexedPackage>();
  private known = 0;
  private refreshing: Promise<void> | undefined;
  private asked = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly config: CentralConfig,
    listener: DatabaseListener,
  ) {
    listener.onNotify(CATALOG_CHANNEL, () => this.refresh());
  }

  async onModuleInit(): Promise<void> {
    await this.refresh();
  }

  /** The catalog revision this process has seen; what it answers is at least that fresh. */
  get revision(): number {
    return this.known;
  }

  /** Whether a package of this name can be had. */
  has(marketplaceId: string): boolean {
    return (this.packages.get(marketplaceId)?.releases.length ?? 0) > 0;
  }

  /** Whether there is anything to say about a package of this name: one that cannot be had may still be installed. */
  knows(marketplaceId: string): boolean {
    return this.packages.has(marketplaceId);
  }

  /** What is newer than the given versions, without a query (federation.md §2). Versions must be SemVer. */
  updates({ versions, channel = 'stable', platform_version }: UpdatesRequest): UpdatesResponse {
    const platformKey = platform_version === undefined ? undefined : semverSortKey(platform_version);
    const wanted = { channel, platformKey };
    const updates = [];
    const advisories = [];
    const deprecated = [];
    for (const marketplaceId of Object.keys(versions)) {
      const known = this.packages.get(marketplaceId);
      if (!known) continue;
      const current = versions[marketplaceId]!;
      const update = updateFor(known, current, wanted, this.config.hubUrl);
      if (update) updates.push(update);
      advisories.push(...advisoriesFor(known, current));
      if (known.deprecated) deprecated.push(known.deprecated);
    }
    return { updates, ...(advisories.length ? { advisories } : {}), ...(deprecated.length ? { deprecated } : {}) };
  }

  /** Takes over what changed. When it returns, everything committed before the call is known. */
  async refresh(): Promise<void> {
    this.asked += 1;
    this.refreshing ??= this.readUntilQuiet().finally(() => {
      this.refreshing = undefined;
    });
    return this.refreshing;
  }

  /** A query under way may have begun before the latest caller's change, so it is followed by another. */
  private async readUntilQuiet(): Promise<void> {
    let served: number;
    do {
      served = this.asked;
      const { rows } = await poolOf(this.dataSource).query<ChangedRow>(CHANGED_SQL, [this.known]);
      this.take(rows);
    } while (served !== this.asked);
  }

  private take(rows: readonly ChangedRow[]): void {
    const texts = new Map<string, string>();
    const shared = (text: string) => texts.get(text) ?? (texts.set(text, text), text);
    let releases: IndexedRelease[] = [];
    let current: string | null = null;
    for (const row of rows) {
      if (row.package_id === null) break;
      if (row.package_id !== current) {
        current = row.package_id;
        releases = [];
        this.takePackage(row, row.package_id, releases);
      }
      if (row.id !== null) releases.push(indexed(row, row.id, shared));
    }
    this.known = Number(rows[0]?.revision ?? this.known);
  }

  private takePackage(row: ChangedRow, id: string, releases: IndexedRelease[]): void {
    const { marketplace_id: marketplaceId } = row;
    const deprecation = deprecationOf(row);
    const deprecated = deprecation && Object.assign(deprecation, { marketplace_id: marketplaceId });
    const advisories = (row.advisories ?? []).map((advisory) => advisoryView(advisory, marketplaceId));
    const isWorthKeeping = row.id !== null || deprecated !== null || advisories.length > 0;
    if (isWorthKeeping) this.packages.set(marketplaceId, { id, marketplaceId, releases, deprecated, advisories });
    else this.packages.delete(marketplaceId);
  }
}

/** Platform bounds repeat over thousands of releases; one text each is kept. */
function indexed(row: ChangedRow, id: string, shared: (text: string) => string): IndexedRelease {
  return {
    id,
    version: row.version,
    key: row.version_key,
    minPlatformKey: shared(row.min_platform_key),
    maxPlatformKey: row.max_platform_key === null ? null : shared(row.max_platform_key),
    channel: shared(row.channel) as IndexedRelease['channel'],
    security: row.security,
    sha256: row.sha256,
    rolloutPercent: row.rollout_percent,
  };
}
