import { Clock, defineJob, OnJob } from '@hansa/platform';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, LessThan } from 'typeorm';
import { EgressEntry } from './egress-entry.entity.js';

const PRUNE_EGRESS = defineJob('prune-egress', { cron: '41 3 * * *' });
/** Injection token: how many days the ledger is kept. */
export const LEDGER_DAYS = Symbol('ledger-days');
const DAY_MS = 24 * 60 * 60 * 1_000;

@Injectable()
export class PruneEgressJob {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    @Inject(LEDGER_DAYS) private readonly days: number,
  ) {}

  /** Forgets requests older than the ledger is kept. */
  @OnJob(PRUNE_EGRESS)
  async prune(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - this.days * DAY_MS);
    await this.dataSource.manager.delete(EgressEntry, { at: LessThan(before) });
  }
}
