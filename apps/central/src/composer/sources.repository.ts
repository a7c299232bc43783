import { type EntityManager } from 'typeorm';
import { ComposerSource } from './composer-source.entity.js';

/** Sources whose time has come and that nobody syncs. */
export async function findDueSources(db: EntityManager, now: Date): Promise<string[]> {
  const rows = await db.query<{ id: string }[]>(
    `SELECT id FROM composer_sources WHERE removed_at IS NULL AND next_sync_at <= $1
       AND (syncing_until IS NULL OR syncing_until <= $1) ORDER BY next_sync_at LIMIT 1000`,
    [now],
  );
  return rows.map(({ id }) => id);
}

/** Takes a source for the caller until `until`: `busy` when another process has it, undefined when it is gone. */
export async function claimSource(
  db: EntityManager,
  id: string,
  now: Date,
  until: Date,
): Promise<ComposerSource | 'busy' | undefined> {
  const [claimed] = await db.query<[object[], number]>(
    `UPDATE composer_sources SET syncing_until = $3
      WHERE id = $1 AND removed_at IS NULL AND (syncing_until IS NULL OR syncing_until <= $2) RETURNING id`,
    [id, now, until],
  );
  const source = await db.findOneBy(ComposerSource, { id });
  if (!source || source.removedAt) return undefined;
  return claimed.length > 0 ? source : 'busy';
}

/** How many tags and branches something is wrong with, by source. */
export async function countProblems(db: EntityManager): Promise<Map<string, number>> {
  const rows = await db.query<{ source_id: string; problems: number }[]>(
    'SELECT source_id, count(*)::int AS problems FROM composer_source_refs WHERE problem IS NOT NULL GROUP BY source_id',
  );
  return new Map(rows.map(({ source_id: id, problems }) => [id, problems]));
}
