import { inTransaction, isUniqueViolation } from '@hansa/platform';
import { createTestDatabase, type TestDatabase } from './test-database.js';

describe(inTransaction.name, () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase({ name: 'jobs', entities: [], migrations: [] });
    await database.dataSource.query(
      'CREATE TABLE t (id int CONSTRAINT t_id PRIMARY KEY, n int); INSERT INTO t VALUES (1, 0), (2, 0)',
    );
  });
  afterEach(() => database.drop());

  it('runs the loser of a deadlock again', async () => {
    let waiting = 0;
    let release: () => void = () => undefined;
    const both = new Promise<void>((done) => {
      release = done;
    });
    let runs = 0;
    const cross = (first: number, second: number) =>
      inTransaction(database.dataSource, async (tx) => {
        runs += 1;
        await tx.query('UPDATE t SET n = n + 1 WHERE id = $1', [first]);
        waiting += 1;
        if (waiting === 2) release();
        await both;
        await tx.query('UPDATE t SET n = n + 1 WHERE id = $1', [second]);
      });
    await Promise.all([cross(1, 2), cross(2, 1)]);
    expect(runs).toBe(3);
    expect(await database.dataSource.query('SELECT n FROM t ORDER BY id')).toEqual([{ n: 2 }, { n: 2 }]);
  });

  it('leaves other failures to the caller, who can tell which constraint spoke', async () => {
    const again = inTransaction(database.dataSource, (tx) => tx.query('INSERT INTO t VALUES (1, 0)'));
    const error: unknown = await again.catch((failure: unknown) => failure);
    expect(isUniqueViolation(error, 't_id')).toBe(true);
    expect(isUniqueViolation(error, 'other')).toBe(false);
  });
});
