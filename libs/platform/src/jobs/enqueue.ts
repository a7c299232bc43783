import type { EntityManager } from 'typeorm';
import type { JobKind } from './define-job.js';

export interface EnqueueOptions {
  /** Not before this moment. */
  readonly runAt?: Date;
  /** One waiting job a key: enqueueing again replaces it. */
  readonly key?: string;
}

const DEFAULT_MAX_ATTEMPTS = 25;

/** Adds a job on the caller's transaction: it exists when the change commits, and never otherwise. */
export async function enqueue<Payload extends object>(
  tx: EntityManager,
  kind: JobKind<Payload>,
  payload: Payload,
  options: EnqueueOptions = {},
): Promise<void> {
  if (!tx.queryRunner?.isTransactionActive) throw new Error(`${kind.name} is enqueued outside a transaction`);
  await tx.query('SELECT graphile_worker.add_job($1, $2::json, run_at => $3, max_attempts => $4, job_key => $5)', [
    kind.name,
    JSON.stringify(payload),
    options.runAt ?? null,
    kind.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
    options.key ?? null,
  ]);
}
