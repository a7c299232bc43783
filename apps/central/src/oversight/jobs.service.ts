import type { Jobs, JobsQuery, JobView } from '@hansa/contracts';
import { Clock, inTransaction, partOf, readPage, type Listing } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { recordAudit } from '#audit';
import { OversightError } from './oversight.errors.js';

const STATE = `CASE WHEN j.locked_at IS NOT NULL THEN 'running' WHEN j.attempts >= j.max_attempts THEN 'failed'
  WHEN j.attempts > 0 THEN 'retrying' ELSE 'queued' END`;
/** Payloads are not shown: they may carry addresses. */
const JOBS: Listing<JobView> = {
  columns: `j.id::text AS id, t.identifier AS task, ${STATE} AS state, j.attempts::int, j.max_attempts::int, j.run_at, j.created_at,
    left(j.last_error, 500) AS last_error`,
  from: `FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
    WHERE ($1::text IS NULL OR ${STATE} = $1) AND ($2::text IS NULL OR t.identifier = $2)`,
  order: 'j.run_at, j.id',
};

/** The jobs of the hub: what waits, what was given up, and trying again. */
@Injectable()
export class JobsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Jobs that are not done, soonest first. */
  async list(query: JobsQuery): Promise<Jobs> {
    return readPage(this.dataSource, JOBS, [query.state ?? null, query.task ?? null], partOf(query));
  }

  /** Tries a job again at once, with all its tries before it. @throws {OversightError} JOB_NOT_FOUND or JOB_RUNNING */
  async retry(id: string, actor: string): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const [job]: { task: string; running: boolean }[] = await tx.query(
        `SELECT t.identifier AS task, j.locked_at IS NOT NULL AS running FROM graphile_worker._private_jobs j
           JOIN graphile_worker._private_tasks t ON t.id = j.task_id WHERE j.id = $1 FOR UPDATE OF j`,
        [id],
      );
      if (!job) throw new OversightError('JOB_NOT_FOUND');
      // A worker that has the job ends it in its own way: resetting it under the worker would run it twice at once.
      if (job.running) throw new OversightError('JOB_RUNNING');
      const at = this.clock.now();
      await tx.query('SELECT graphile_worker.reschedule_jobs(ARRAY[$1]::bigint[], run_at => $2, attempts => 0)', [
        id,
        at,
      ]);
      await recordAudit(tx, { at, actor, action: 'job.retried', subject: id, data: { task: job.task } });
    });
  }
}
