import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { TenantConfig } from '#config';
import { Turns } from '#plugins';

/** First half of the advisory lock of a package; the second is a hash of its marketplace id. */
const PACKAGE_LOCK = 4_711_003;

/** The advisory lock of which plugins are there, together. */
const NEIGHBORHOOD_LOCK = 4_711_004;

/**
 * Nobody else adds, changes or removes a plugin until this transaction ends: two that do not get along, installed at the same
 * time, would each find the other missing.
 */
export async function lockNeighborhood(tx: EntityManager): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock($1)', [NEIGHBORHOOD_LOCK]);
}

/**
 * The locks of packages. Each holds a connection for as long as it is held or waited for, and whoever holds one needs another to
 * work with: were all of the pool's taken by locks, nobody would ever come to an end.
 */
@Injectable()
export class PackageLocks {
  private readonly turns: Turns;

  constructor(
    private readonly dataSource: DataSource,
    { database }: TenantConfig,
  ) {
    this.turns = new Turns(Math.max(1, database.poolSize - 2));
  }

  /**
   * Does `work` while nobody else installs, updates or removes this package, in any process; whoever comes second waits.
   * PostgreSQL gives the lock back with the connection, so one that a killed process held is free at once.
   */
  async hold<T>(marketplaceId: string, work: () => Promise<T>): Promise<T> {
    return this.turns.take(async () => {
      const runner = this.dataSource.createQueryRunner();
      const lock = [PACKAGE_LOCK, marketplaceId];
      try {
        await runner.query('SELECT pg_advisory_lock($1, hashtext($2))', lock);
        return await work();
      } finally {
        // A connection that broke has given the lock back already.
        await runner.query('SELECT pg_advisory_unlock($1, hashtext($2))', lock).catch(() => undefined);
        await runner.release();
      }
    });
  }
}
