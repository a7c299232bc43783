import { eventually } from '@hansa/testing';
import type { TestDatabase } from '@hansa/testing';

/**
 * Lets works begin at the same moment: `lock` (a statement) stops each of them in the database, and when all wait, all go on. What
 * one of them reads before it writes is old then, unless it has locked it.
 */
export async function inStep<T>(
  { dataSource }: Pick<TestDatabase, 'dataSource'>,
  lock: string,
  works: readonly (() => Promise<T>)[],
): Promise<PromiseSettledResult<T>[]> {
  let outcomes: Promise<PromiseSettledResult<T>[]> | undefined;
  await dataSource.transaction(async (tx) => {
    await tx.query(lock);
    outcomes = Promise.allSettled(works.map((work) => work()));
    await eventually('all of them wait', async () => {
      const rows: unknown[] = await dataSource.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows.length === works.length;
    });
  });
  return outcomes!;
}
