import type { EntityManager } from 'typeorm';
import type { Entitlement } from './package-prefix.js';

const MAX_RESULTS = 50;
const MAX_QUERY = 200;

export interface FoundPackage {
  readonly name: string;
  readonly description: string;
}

/** Packages a token may see whose name or description holds every word of `query`; of one `type` when it is given. */
export async function searchPackages(
  db: EntityManager,
  rights: readonly Entitlement[],
  { query, type }: { query: string; type: string },
): Promise<FoundPackage[]> {
  const words = query.slice(0, MAX_QUERY).toLowerCase().split(/\s+/).filter(Boolean).map(likeText);
  return db.query(
    `SELECT name, description FROM composer_packages
      WHERE (EXISTS (SELECT 1 FROM unnest($1::text[]) AS prefix WHERE starts_with(name, prefix)) OR name = ANY($2::text[]))
        AND (name || ' ' || lower(description)) LIKE ALL ($3::text[])
        AND ($4 = '' OR type = $4)
      ORDER BY name LIMIT ${MAX_RESULTS}`,
    [
      rights.filter(({ exact }) => !exact).map(({ prefix }) => prefix),
      rights.filter(({ exact }) => exact).map(({ prefix }) => prefix),
      words,
      type,
    ],
  );
}

/** `%` and `_` stand for themselves. */
function likeText(word: string): string {
  return `%${word.replace(/[\\%_]/g, '\\$&')}%`;
}

export interface AdvisoryRow {
  readonly id: string;
  readonly package_name: string;
  readonly title: string;
  readonly affected_versions: string;
  readonly cve: string | null;
  readonly link: string | null;
  readonly reported_at: Date;
}

/** Advisories of these packages, newest first. */
export function listAdvisories(db: EntityManager, names: readonly string[]): Promise<AdvisoryRow[]> {
  return db.query(
    `SELECT id, package_name, title, affected_versions, cve, link, reported_at FROM composer_advisories
      WHERE package_name = ANY($1) AND withdrawn_at IS NULL ORDER BY reported_at DESC, id`,
    [names],
  );
}

/** Advisories by package, as Composer's client reads them. */
export function advisoriesByPackage(rows: readonly AdvisoryRow[], hubUrl: string): Record<string, object[]> {
  const byPackage: Record<string, object[]> = {};
  for (const row of rows) {
    (byPackage[row.package_name] ??= []).push({
      advisoryId: row.id,
      packageName: row.package_name,
      remoteId: row.id,
      title: row.title,
      link: row.link,
      cve: row.cve,
      affectedVersions: row.affected_versions,
      source: hubUrl,
      reportedAt: row.reported_at.toISOString(),
      composerRepository: hubUrl,
      sources: [{ name: hubUrl, remoteId: row.id }],
    });
  }
  return byPackage;
}
