import { QueryFailedError, type DataSource, type EntityManager } from 'typeorm';

/** Serialization failure and deadlock: PostgreSQL undid the work and asks for it again. */
const RETRIABLE = new Set(['40001', '40P01']);
const UNIQUE_VIOLATION = '23505';
const MAX_ATTEMPTS = 5;

/** Runs `work` in one transaction; a deadlock or serialization failure runs it again, so it must have no other effect. */
export async function inTransaction<T>(dataSource: DataSource, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await dataSource.transaction(work);
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !RETRIABLE.has(sqlState(error) ?? '')) throw error;
    }
  }
}

/** Whether `error` says that the unique constraint or index `constraint` refused a row. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  return sqlState(error) === UNIQUE_VIOLATION && driverField(error, 'constraint') === constraint;
}

function sqlState(error: unknown): string | undefined {
  return driverField(error, 'code');
}

function driverField(error: unknown, field: string): string | undefined {
  if (!(error instanceof QueryFailedError)) return undefined;
  const value = (error.driverError as unknown as Record<string, unknown>)[field];
  return typeof value === 'string' ? value : undefined;
}
