import { createHash, randomUUID } from 'node:crypto';
import { migrate, openDatabase, type DatabaseOptions } from '@hansa/platform';
import pg from 'pg';
import type { DataSource } from 'typeorm';

export type Schema = Pick<DatabaseOptions, 'entities' | 'migrations'> & {
  /** Names the template; one an application. */
  readonly name: string;
};

export interface JobRow {
  readonly name: string;
  readonly payload: Record<string, unknown>;
  readonly runAt: Date;
  readonly key: string | null;
}

export interface TestDatabase {
  readonly dataSource: DataSource;
  readonly url: string;
  /** Removes the waiting jobs and hands them over, oldest first. */
  takeJobs(): Promise<JobRow[]>;
  drop(): Promise<void>;
}

/** URL of the PostgreSQL that the test run started. */
export function testServerUrl(): string {
  const url = process.env['HANSA_TEST_POSTGRES'];
  if (!url)
    throw new Error('This test needs the database projects of Jest: name the file *.int-spec.ts or *.e2e-spec.ts.');
  return url;
}

/** A database of its own, cloned from a template that is migrated once a run. */
export async function createTestDatabase(schema: Schema): Promise<TestDatabase> {
  const template = await ensureTemplate(schema);
  const name = `t_${randomUUID().replaceAll('-', '')}`;
  await asAdmin((client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`));
  const url = urlOf(name);
  const dataSource = await openDatabase({ ...schema, url, applicationName: 'test', poolSize: 10 });
  return {
    dataSource,
    url,
    takeJobs: () => takeJobs(dataSource),
    async drop() {
      if (dataSource.isInitialized) await dataSource.destroy();
      await asAdmin((client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
    },
  };
}

/**
 * A fresh database for each test of the surrounding `describe`. A test that ends with jobs nobody looked at fails: what a
 * change sets in motion is part of what it does.
 */
export function useTestDatabase(schema: Schema): TestDatabase {
  let current: TestDatabase | undefined;
  const here = () => {
    if (!current) throw new Error('the test database exists only inside a test');
    return current;
  };
  beforeEach(async () => {
    current = await createTestDatabase(schema);
  });
  afterEach(async () => {
    const left = await here().takeJobs();
    await here().drop();
    current = undefined;
    expect(left).toEqual([]);
  });
  return {
    get dataSource() {
      return here().dataSource;
    },
    get url() {
      return here().url;
    },
    takeJobs: () => here().takeJobs(),
    drop: () => here().drop(),
  };
}

async function takeJobs(dataSource: DataSource): Promise<JobRow[]> {
  const rows: { name: string; payload: Record<string, unknown>; run_at: Date; key: string | null }[] =
    await dataSource.query(
      `WITH taken AS (DELETE FROM graphile_worker._private_jobs RETURNING id, task_id, payload, run_at, key)
     SELECT tasks.identifier AS name, taken.payload, taken.run_at, taken.key
       FROM taken JOIN graphile_worker._private_tasks AS tasks ON tasks.id = taken.task_id ORDER BY taken.id`,
    );
  return rows.map(({ name, payload, run_at, key }) => ({ name, payload, runAt: run_at, key }));
}

const templates = new Map<string, Promise<string>>();

function ensureTemplate(schema: Schema): Promise<string> {
  const known = templates.get(schema.name);
  if (known) return known;
  const made = makeTemplate(schema);
  templates.set(schema.name, made);
  return made;
}

/** Test files run in several processes: the first to take the lock migrates, the others find the template done. */
async function makeTemplate(schema: Schema): Promise<string> {
  const key = createHash('sha256')
    .update(schema.migrations.map(({ name }) => name).join())
    .digest('hex')
    .slice(0, 8);
  const name = `template_${schema.name}_${key}`;
  await asAdmin(async (client) => {
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [name]);
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate', [name]);
    if (rowCount === 1) return;
    await client.query(`DROP DATABASE IF EXISTS ${name}`);
    await client.query(`CREATE DATABASE ${name}`);
    const dataSource = await openDatabase({ ...schema, url: urlOf(name), applicationName: 'template' });
    await migrate(dataSource);
    await dataSource.destroy();
    await client.query(`ALTER DATABASE ${name} WITH IS_TEMPLATE true`);
  });
  return name;
}

async function asAdmin<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(testServerUrl());
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(testServerUrl());
  url.pathname = `/${database}`;
  return url.href;
}
