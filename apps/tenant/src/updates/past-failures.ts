import type { EntityManager } from 'typeorm';

/** That a version did not stay: it failed before it ran, or it ran and was taken back, by itself or by an admin. */
export interface PastFailure {
  readonly kind: 'failed' | 'taken_back';
  readonly code: string | null;
  readonly message: string | null;
  readonly at: Date;
}

/** Failures by package and version. Being taken back outranks any failure before or after it. */
export type PastFailures = (marketplaceId: string, version: string) => PastFailure | null;

/** What the journal knows about versions that did not stay. */
export async function findPastFailures(db: EntityManager): Promise<PastFailures> {
  const rows: (PastFailure & { marketplace_id: string; version: string })[] = await db.query(`
    SELECT marketplace_id, version, CASE step WHEN 'failed' THEN 'failed' ELSE 'taken_back' END AS kind, code, message,
           finished_at AS at
      FROM install_jobs WHERE kind <> 'rollback' AND step IN ('failed', 'rolled_back')
    UNION ALL
    SELECT marketplace_id, previous->>'version', 'taken_back', 'BY_ADMIN', 'An admin went back to the release before.', finished_at
      FROM install_jobs WHERE kind = 'rollback' AND step = 'healthy' AND previous IS NOT NULL
    ORDER BY at`);
  const known = new Map<string, PastFailure>();
  for (const { marketplace_id: marketplaceId, version, kind, code, message, at } of rows) {
    const key = `${marketplaceId} ${version}`;
    if (kind === 'taken_back' || known.get(key)?.kind !== 'taken_back') known.set(key, { kind, code, message, at });
  }
  return (marketplaceId, version) => known.get(`${marketplaceId} ${version}`) ?? null;
}
