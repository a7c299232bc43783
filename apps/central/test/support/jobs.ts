import { handlersOf } from '@hansa/platform';
import type { JobRow } from '@hansa/testing';
import type { TestHub } from './harness.js';

/**
 * Does the waiting jobs that are due, and what they set in motion, one after the other in this process. Returns those that are
 * not due by the hub's clock; they are taken out of the queue too.
 */
export async function doJobs(hub: TestHub): Promise<JobRow[]> {
  const handlers = handlersOf(hub.app);
  const later: JobRow[] = [];
  for (;;) {
    const jobs = await hub.database.takeJobs();
    if (jobs.length === 0) return later;
    for (const job of jobs) {
      if (job.runAt > hub.ground.clock.now()) later.push(job);
      else await (handlers[job.name] as (payload: object) => Promise<void>)(job.payload);
    }
  }
}
