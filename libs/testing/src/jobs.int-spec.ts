import { createLogger, defineJob, enqueue, handlersOf, inTransaction, OnJob, startJobWorker } from '@hansa/platform';
import { Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import pg from 'pg';
import { eventually } from './eventually.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

const greet = defineJob<{ name: string }>('greet');
const greeted: string[] = [];

@Injectable()
class Greeter {
  @OnJob(greet)
  async run({ name }: { name: string }): Promise<void> {
    greeted.push(name);
  }
}

@Injectable()
class SecondGreeter {
  @OnJob(greet)
  async run(): Promise<void> {
    greeted.push('twice');
  }
}

@Module({ imports: [DiscoveryModule], providers: [Greeter] })
class OneHandler {}
@Module({ imports: [DiscoveryModule] })
class NoHandler {}
@Module({ imports: [DiscoveryModule], providers: [Greeter, SecondGreeter] })
class TwoHandlers {}

const contextOf = (module: new () => object): Promise<INestApplicationContext> =>
  NestFactory.createApplicationContext(module, { logger: false });

describe(handlersOf.name, () => {
  it('refuses a program with a job that nobody does', async () => {
    const app = await contextOf(NoHandler);
    expect(() => handlersOf(app)).toThrow('no handler for job greet');
  });

  it('refuses a program with a job that two do', async () => {
    const app = await contextOf(TwoHandlers);
    expect(() => handlersOf(app)).toThrow('job greet has two handlers');
  });
});

/** A worker that took its job a minute ago. */
const LOCK = `UPDATE graphile_worker._private_jobs SET locked_by = $1, locked_at = now() - interval '1 minute'`;

describe('jobs', () => {
  let database: TestDatabase;
  const logger = createLogger({ name: 'test', level: 'silent' });

  beforeEach(async () => {
    greeted.length = 0;
    database = await createTestDatabase({ name: 'jobs', entities: [], migrations: [] });
  });
  afterEach(() => database.drop());

  it('exist only when the change they belong to commits', async () => {
    const attempt = inTransaction(database.dataSource, async (tx) => {
      await enqueue(tx, greet, { name: 'nobody' });
      throw new Error('rolled back');
    });
    await expect(attempt).rejects.toThrow('rolled back');
    expect(await database.takeJobs()).toEqual([]);
  });

  it('cannot be enqueued outside a transaction', async () => {
    await expect(enqueue(database.dataSource.manager, greet, { name: 'nobody' })).rejects.toThrow(
      'outside a transaction',
    );
  });

  it('wait once under one key', async () => {
    for (const name of ['first', 'second']) {
      await inTransaction(database.dataSource, (tx) => enqueue(tx, greet, { name }, { key: 'greeting' }));
    }
    expect((await database.takeJobs()).map(({ payload }) => payload)).toEqual([{ name: 'second' }]);
  });

  it('of a process that was killed are taken over at once', async () => {
    await inTransaction(database.dataSource, (tx) => enqueue(tx, greet, { name: 'left behind' }));
    await database.dataSource.query(LOCK, ['worker-of-a-dead-process']);
    const app = await contextOf(OneHandler);
    const worker = await startJobWorker(app, { databaseUrl: database.url, logger });
    await eventually('the job is done', async () => greeted.length > 0);
    await worker.stop();
    expect(greeted).toEqual(['left behind']);
  });

  it('of a process that lives are left to it', async () => {
    const alive = new pg.Client(database.url);
    await alive.connect();
    await alive.query(`SELECT pg_advisory_lock(4711002, hashtext('worker-alive'))`);
    await inTransaction(database.dataSource, (tx) => enqueue(tx, greet, { name: 'busy' }));
    await database.dataSource.query(LOCK, ['worker-alive']);
    await inTransaction(database.dataSource, (tx) => enqueue(tx, greet, { name: 'waiting' }));
    const worker = await startJobWorker(await contextOf(OneHandler), { databaseUrl: database.url, logger });
    await eventually('the other job is done', async () => greeted.length > 0);
    await worker.stop();
    await alive.end();
    expect(greeted).toEqual(['waiting']);
  });
});
