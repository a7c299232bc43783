import { poolOf } from '@hansa/platform';
import type { UpdatesRequest, UpdatesResponse } from '@hansa/contracts';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CentralConfig } from '#config';
import { DatabaseListener } from '#database';
import { CATALOG_CHANNEL } from './catalog-revision.js';
import { updateFor, type IndexedPackage, type IndexedRelease } from './find-updates.js';
import { semverSortKey } from './semver-sort-key.js';

/** One row a release; a package without one is a row of nulls, the catalog without changes a row of more nulls. */
const CHANGED_SQL = `
  SELECT c.revision, p.id AS package_id, p.marketplace_id, r.id, r.version, r.version_key, r.min_platform_key,
         r.max_platform_key, r.channel, r.security, r.sha256, r.rollout_percent
    FROM catalog_revision c
    LEFT JOIN packages p ON p.revision > $1
    LEFT JOIN releases r ON r.package_id = p.id AND r.status = 'published' AND r.rollout_halted_at IS NULL
   ORDER BY p.id, r.version_key DESC`;

interface ChangedRow {
  readonly revision: string;
  readonly package_id: string | null;
  readonly marketplace_id: string;
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

/** Every published version of every package, in memory; refreshed by the changed rows only, in every process. */
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
    return this.packages.has(marketplaceId);
  }

  /** What is newer than the given versions, without a query (federation.md §2). Versions must be SemVer. */
  updates({ versions, channel = 'stable', platform_version }: UpdatesRequest): UpdatesResponse {
    const platformKey = platform_version === undefined ? undefined : semverSortKey(platform_version);
    const wanted = { channel, platformKey };
    const updates = [];
    for (const marketplaceId of Object.keys(versions)) {
      const known = this.packages.get(marketplaceId);
      const update = known && updateFor(known, versions[marketplaceId]!, wanted, this.config.hubUrl);
      if (update) updates.push(update);
    }
    return { updates };
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
        this.packages.set(row.marketplace_id, { id: current, marketplaceId: row.marketplace_id, releases });
      }
      if (row.id === null) this.packages.delete(row.marketplace_id);
      else releases.push(indexed(row, row.id, shared));
    }
    this.known = Number(rows[0]?.revision ?? this.known);
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
