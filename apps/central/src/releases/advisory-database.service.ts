import type {
  DependencyAdvisories,
  DependencyAdvisoryView,
  PageQuery,
  ReleaseAlerts,
  ReleaseAlertView,
  ReleaseFinding,
  SearchQuery,
} from '@hansa/contracts';
import { affects, findAdvisories, readOsv, type DependencyAdvisory } from '@hansa/package-checks';
import { anywhere, Clock, enqueue, inTransaction, OnJob, partOf, readPage, type Listing } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, MoreThanOrEqual, type EntityManager } from 'typeorm';
import { addressesOf } from '#accounts';
import { recordAudit } from '#audit';
import { Mails } from '#mail';
import { DependencyAdvisoryRow } from './checks/release-check.entity.js';
import { readOsvFile } from './read-osv-file.js';
import { rescanCatalog } from './rescan-catalog.job.js';
import { lockRelease } from './releases.repository.js';

const BATCH = 500;
const UPSERT_SQL = `
  INSERT INTO dependency_advisories (id, package_name, summary, severity, aliases, ranges, versions, withdrawn, changed_at)
  SELECT r.id, r."packageName", r.summary, r.severity, r.aliases, r.ranges, r.versions, r.withdrawn, $2
    FROM jsonb_to_recordset($1) AS r (id text, "packageName" text, summary text, severity text, aliases text[], ranges jsonb,
                                      versions text[], withdrawn boolean)
  ON CONFLICT (id, package_name) DO UPDATE SET summary = excluded.summary, severity = excluded.severity,
    aliases = excluded.aliases, ranges = excluded.ranges, versions = excluded.versions, withdrawn = excluded.withdrawn,
    changed_at = excluded.changed_at
  WHERE (dependency_advisories.severity, dependency_advisories.ranges, dependency_advisories.versions,
         dependency_advisories.withdrawn)
    IS DISTINCT FROM (excluded.severity, excluded.ranges, excluded.versions, excluded.withdrawn)
  RETURNING 1`;

/** A row exactly when it is told for the first time. */
const ALERT_SQL = `
  INSERT INTO release_alerts (release_id, advisory_id, component, found_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT DO NOTHING RETURNING 1`;

const ALERTS: Listing<ReleaseAlertView> = {
  columns: 'a.release_id, p.marketplace_id, r.version, a.advisory_id, a.component, a.found_at',
  from: 'FROM release_alerts a JOIN releases r ON r.id = a.release_id JOIN packages p ON p.id = r.package_id',
  order: 'a.found_at DESC, a.release_id, a.advisory_id, a.component',
};

const ADVISORIES: Listing<DependencyAdvisoryView> = {
  columns: `d.id, d.package_name, d.summary, d.severity, d.aliases, d.withdrawn, d.changed_at,
    (SELECT count(DISTINCT a.release_id)::int FROM release_alerts a WHERE a.advisory_id = d.id
        AND starts_with(a.component, d.package_name || '@')) AS releases`,
  from: `FROM dependency_advisories d WHERE $1::text IS NULL OR d.package_name ILIKE $1 OR d.id ILIKE $1
    OR EXISTS (SELECT 1 FROM unnest(d.aliases) alias WHERE alias ILIKE $1)`,
  order: 'd.package_name, d.id',
};

/** What is known about other people's packages, and which published releases bring them along. */
@Injectable()
export class AdvisoryDatabaseService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly mails: Mails,
  ) {}

  /**
   * Takes over an OSV database: a zip of JSON files, a JSON array or entry, or one entry a line. What is known already changes
   * nothing; what changed is looked for in the whole catalog by a job.
   */
  async import(file: string, actor: string): Promise<{ read: number; changed: number }> {
    const at = this.clock.now();
    let read = 0;
    let changed = 0;
    let batch = new Map<string, DependencyAdvisory>();
    const flush = async () => {
      const rows = await this.dataSource.query<object[]>(UPSERT_SQL, [JSON.stringify([...batch.values()]), at]);
      changed += rows.length;
      batch = new Map();
    };
    for await (const entry of readOsvFile(file)) {
      for (const advisory of readOsv(entry)) {
        read += 1;
        batch.set(`${advisory.id} ${advisory.packageName}`, advisory);
        if (batch.size >= BATCH) await flush();
      }
    }
    await flush();
    await inTransaction(this.dataSource, async (tx) => {
      await recordAudit(tx, { at, actor, action: 'advisories.imported', subject: 'osv', data: { read, changed } });
      if (changed > 0) await enqueue(tx, rescanCatalog, { since: at.toISOString() });
    });
    return { read, changed };
  }

  /** Finds published releases that bring what an import is about. An advisory is told once a release and component. */
  @OnJob(rescanCatalog)
  async rescan({ since }: { since: string }): Promise<void> {
    const db = this.dataSource.manager;
    const changed = await db.findBy(DependencyAdvisoryRow, { changedAt: MoreThanOrEqual(new Date(since)) });
    const byName = new Map<string, DependencyAdvisory[]>();
    for (const advisory of changed) {
      byName.set(advisory.packageName, [...(byName.get(advisory.packageName) ?? []), advisory]);
    }
    const names = [...byName.keys()];
    let carriers = await carriersOf(db, names, '');
    while (carriers.length > 0) {
      for (const carrier of carriers) await this.alert(carrier, byName);
      carriers = await carriersOf(db, names, carriers.at(-1)!.releaseId);
    }
  }

  private async alert(
    { releaseId, components }: Carrier,
    byName: ReadonlyMap<string, DependencyAdvisory[]>,
  ): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const { release, package: owner } = await lockRelease(tx, releaseId);
      const fresh: ReleaseFinding[] = [];
      for (const component of components) {
        const about = (byName.get(component.name) ?? []).filter((advisory) => affects(advisory, component.version));
        for (const advisory of about) {
          const subject = `${component.name}@${component.version}`;
          const told = await tx.query<object[]>(ALERT_SQL, [releaseId, advisory.id, subject, this.clock.now()]);
          if (told.length > 0) fresh.push(...findAdvisories([component], [advisory]));
        }
      }
      const known = new Set(release.findings.map(({ message }) => message));
      const added = fresh.filter(({ message }) => !known.has(message));
      if (added.length === 0) return;
      await tx.query('UPDATE releases SET findings = $2 WHERE id = $1', [
        releaseId,
        JSON.stringify([...release.findings, ...added]),
      ]);
      const { marketplaceId, publisherId } = owner;
      const values = { marketplaceId, version: release.version, messages: added.map(({ message }) => message) };
      for (const to of await addressesOf(tx, publisherId)) {
        await this.mails.queue(tx, { template: 'release-alert', to, values });
      }
      const data = { findings: added.length };
      await recordAudit(tx, {
        at: this.clock.now(),
        actor: 'system',
        action: 'release.alerted',
        subject: releaseId,
        data,
      });
    });
  }

  /** Published releases in which advisories were found since their publication, latest first. */
  async alerts(query: PageQuery): Promise<ReleaseAlerts> {
    return readPage(this.dataSource, ALERTS, [], partOf(query));
  }

  /** What the imported databases say, by package. Found by package, id and alias. */
  async list(query: SearchQuery): Promise<DependencyAdvisories> {
    return readPage(this.dataSource, ADVISORIES, [anywhere(query.search)], partOf(query));
  }
}

interface Carrier {
  readonly releaseId: string;
  readonly components: readonly { readonly name: string; readonly version: string }[];
}

/** The next hundred published releases that bring one of the packages, by id. */
function carriersOf(db: EntityManager, names: readonly string[], after: string): Promise<Carrier[]> {
  return db.query<Carrier[]>(
    `SELECT c.release_id AS "releaseId", jsonb_agg(jsonb_build_object('name', c.name, 'version', c.version)) AS components
       FROM release_components c JOIN releases r ON r.id = c.release_id AND r.status = 'published'
      WHERE c.name = ANY($1) AND c.release_id > $2 GROUP BY c.release_id ORDER BY c.release_id LIMIT 100`,
    [names, after],
  );
}
