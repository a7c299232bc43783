import { Clock, defineJob, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Forgets old audit rows of package reads; downloads and the use of tokens stay counted. */
export const pruneAccesses = defineJob<object>('prune-composer-accesses', { cron: '17 3 * * *', maxAttempts: 1 });

const KEPT_MS = 90 * 24 * 3_600_000;

@Injectable()
export class PruneAccessesJob {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  @OnJob(pruneAccesses)
  async prune(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - KEPT_MS);
    await this.dataSource.query('DELETE FROM composer_accesses WHERE at < $1', [before]);
  }
}
