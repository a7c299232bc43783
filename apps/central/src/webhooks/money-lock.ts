import type { EntityManager } from 'typeorm';

const MONEY_LOCK = 'hansa:money';

/**
 * Keeps two events from missing each other. One that names its order runs beside others and locks that order; one that names a
 * payment only must look for its order among what others are still writing, so it runs alone. Held until the transaction ends.
 */
export async function lockMoney(tx: EntityManager, as: 'one_of_many' | 'alone'): Promise<void> {
  const lock = as === 'alone' ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared';
  await tx.query(`SELECT ${lock}(hashtextextended($1, 0))`, [MONEY_LOCK]);
}
