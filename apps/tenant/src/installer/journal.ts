import type { EntityManager } from 'typeorm';
import { reportOutcome } from '#outcomes';
import { outcomeOf } from './job-outcome.js';
import { InstallJob, InstallStepEntry } from './install-job.entity.js';
import { isFinal, mayFollow, type InstallStep } from './install-steps.js';

type Facts = Partial<
  Pick<
    InstallJob,
    | 'code'
    | 'message'
    | 'package'
    | 'pluginId'
    | 'releaseDir'
    | 'previous'
    | 'bytesDone'
    | 'bytesTotal'
    | 'schemaChange'
  >
>;

/** Why a job ended without success. */
export interface Ending {
  readonly code: string;
  readonly message: string;
}

/** Another process has taken the job further; whoever is told so must leave it alone. */
export class JobMovedOn extends Error {}

/**
 * Takes a job to its next step: the only way it gets there. The step and whatever goes with it commit together, and only from
 * the step the caller believes the job to be at. How it ended is reported to the hub if the admins consented.
 *
 * @throws {JobMovedOn}
 */
export async function advance(
  tx: EntityManager,
  job: InstallJob,
  to: InstallStep,
  at: Date,
  facts: Facts = {},
): Promise<InstallJob> {
  if (!mayFollow(job.step, to)) throw new Error(`${to} does not follow ${job.step}`);
  const change = { ...facts, step: to, finishedAt: isFinal(to) ? at : null };
  const { affected } = await tx.update(InstallJob, { id: job.id, step: job.step }, change as object);
  if (affected !== 1) throw new JobMovedOn();
  await tx.insert(InstallStepEntry, { jobId: job.id, step: to, at, code: facts.code ?? null });
  const outcome = outcomeOf(job, to);
  const { marketplaceId: marketplace_id, version } = job;
  if (outcome !== null) await reportOutcome(tx, job.id, { marketplace_id, version, outcome });
  return Object.assign(new InstallJob(), job, change);
}

/** A fact an earlier step wrote down; without it the journal is broken. */
export function fact<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('the journal lacks a fact of an earlier step');
  return value;
}
