import type { EntityManager } from 'typeorm';
import type { Writes } from '../database/writes.js';
import type { JobKind } from './define-job.js';

export interface EnqueueOptions {
  /** Not before this moment. */
  readonly runAt?: Date;
  /** One waiting job a key: enqueueing again replaces it. */
  readonly key?: string;
}

const DEFAULT_MAX_ATTEMPTS = 25;

/** The SQL expression that adds a job, with its values `$1` to `$5`: it exists when the change commits, and never otherwise. */
export function jobCall<Payload extends object>(
  kind: JobKind<Payload>,
  payload: Payload,
  { runAt, key }: EnqueueOptions = {},
): { readonly text: string; readonly values: readonly unknown[] } {
  return {
    text: 'graphile_worker.add_job($1, $2::json, run_at => $3::timestamptz, max_attempts => $4::int, job_key => $5)',
    values: [kind.name, JSON.stringify(payload), runAt ?? null, kind.maxAttempts ?? DEFAULT_MAX_ATTEMPTS, key ?? null],
  };
}

/** Adds a job with other writes. */
export function enqueueWith<Payload extends object>(
  writes: Writes,
  kind: JobKind<Payload>,
  payload: Payload,
  options: EnqueueOptions = {},
): void {
  const { text, values } = jobCall(kind, payload, options);
  writes.call(text, values);
}

/** Adds a job on the caller's transaction: it exists when the change commits, and never otherwise. */
export async function enqueue<Payload extends object>(
  tx: EntityManager,
  kind: JobKind<Payload>,
  payload: Payload,
  options: EnqueueOptions = {},
): Promise<void> {
  if (!tx.queryRunner?.isTransactionActive) throw new Error(`${kind.name} is enqueued outside a transaction`);
  const { text, values } = jobCall(kind, payload, options);
  await tx.query(`SELECT ${text}`, [...values]);
}
