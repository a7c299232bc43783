import { eventually } from '@hansa/testing';
import type { TestDatabase } from '@hansa/testing';

/**
 * Lets works meet: `lock` (a statement) stops one after the other in the database, and when all wait, all go on, the first one
 * first. What the others read before they write is old then, unless they have locked it. At most eight, or connections run out.
 */
export async function inStep<T>(
  { dataSource }: Pick<TestDatabase, 'dataSource'>,
  lock: string,
  works: readonly (() => Promise<T>)[],
): Promise<PromiseSettledResult<T>[]> {
  const begun: Promise<T>[] = [];
  let outcomes: Promise<PromiseSettledResult<T>[]> | undefined;
  await dataSource.transaction(async (tx) => {
    await tx.query(lock);
    for (const work of works) {
      begun.push(work());
      outcomes = Promise.allSettled(begun);
      await eventually('it waits', async () => {
        const rows: unknown[] = await dataSource.query(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rows.length === begun.length;
      });
    }
  });
  return (await outcomes)!;
}
