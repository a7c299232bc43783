import type { Pool } from 'pg';
import { runMigrations as migrateJobs } from 'graphile-worker';
import { DataSource, type MixedList, type MigrationInterface } from 'typeorm';
import { SnakeNaming } from './naming.js';

export interface DatabaseOptions {
  readonly url: string;
  readonly entities: MixedList<new () => object>;
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** Connections this process may hold. */
  readonly poolSize?: number;
  readonly applicationName: string;
}

/** `DATABASE_URL` leads nowhere. The message names the setting and the host, never the credentials. */
export class DatabaseUnreachable extends Error {}

/** An unconnected data source with the house's settings: snake_case columns, hand-written migrations, never `synchronize`. */
export function dataSourceFor(options: DatabaseOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url: options.url,
    entities: options.entities as never,
    migrations: [...options.migrations],
    migrationsTableName: 'migrations',
    namingStrategy: new SnakeNaming(),
    synchronize: false,
    poolSize: options.poolSize ?? 20,
    applicationName: options.applicationName,
    extra: { connectionTimeoutMillis: 10_000 },
  });
}

/** Connects, or says which setting to change. @throws {DatabaseUnreachable} */
export async function openDatabase(options: DatabaseOptions): Promise<DataSource> {
  const dataSource = dataSourceFor(options);
  try {
    return await connect(dataSource);
  } catch (cause) {
    throw new DatabaseUnreachable(`No PostgreSQL answers at ${hostOf(options.url)}. Check DATABASE_URL.`, { cause });
  }
}

/** A pooled connection may break while idle or in use; the query that meets it fails, the process lives on. */
async function connect(dataSource: DataSource): Promise<DataSource> {
  await dataSource.initialize();
  const pool = poolOf(dataSource);
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return dataSource;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the given address';
}

/** Any fixed number: every process that migrates waits on the same lock. */
const MIGRATION_LOCK = 4_711_001;

/** Brings tables and job queue up to date. Processes that start together queue up here; the later ones find nothing to do. */
export async function migrate(dataSource: DataSource): Promise<readonly string[]> {
  const client = await poolOf(dataSource).connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrateJobs({ pgPool: poolOf(dataSource) });
    const done = await dataSource.runMigrations({ transaction: 'each' });
    return done.map(({ name }) => name);
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    client.release();
  }
}

/** The connection pool below TypeORM, for hot reads with prepared statements and for the job queue. */
export function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { master: Pool }).master;
}
