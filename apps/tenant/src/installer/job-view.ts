import type { InstallJob, InstallStepEntry, JobKind } from './install-job.entity.js';
import { isFinal, type InstallStep } from './install-steps.js';

/** A job as the shop's screens see it. */
export interface JobView {
  readonly id: string;
  readonly kind: JobKind;
  readonly marketplace_id: string;
  readonly plugin_id: string | null;
  readonly version: string;
  readonly step: InstallStep;
  readonly steps: readonly { readonly step: InstallStep; readonly at: string }[];
  readonly bytes_done: number;
  readonly bytes_total: number | null;
  /** Null while it runs. */
  readonly outcome: 'done' | 'rolled_back' | 'failed' | null;
  readonly code: string | null;
  readonly message: string | null;
  /** What it did to the plugin's schema; null when it has not come to that, or there was nothing to do. */
  readonly schema: {
    readonly migrated: readonly string[];
    readonly reverted: readonly string[];
    /** Whether the schema was copied first, because a migration is irreversible or data would be lost. */
    readonly snapshot: boolean;
  } | null;
  readonly created_at: string;
  readonly finished_at: string | null;
}

export function jobView(job: InstallJob, steps: readonly InstallStepEntry[]): JobView {
  const { id, kind, version, step, code, message } = job;
  return {
    id,
    kind,
    marketplace_id: job.marketplaceId,
    plugin_id: job.pluginId,
    version,
    step,
    steps: steps.map(({ step: reached, at }) => ({ step: reached, at: at.toISOString() })),
    bytes_done: Number(job.bytesDone),
    bytes_total: job.bytesTotal === null ? null : Number(job.bytesTotal),
    outcome: isFinal(step) ? outcomeOf(step) : null,
    code,
    message,
    schema: schemaView(job),
    created_at: job.createdAt.toISOString(),
    finished_at: job.finishedAt?.toISOString() ?? null,
  };
}

function outcomeOf(step: InstallStep): 'done' | 'rolled_back' | 'failed' {
  return step === 'healthy' ? 'done' : step === 'rolled_back' ? 'rolled_back' : 'failed';
}

function schemaView({ schemaChange }: InstallJob): JobView['schema'] {
  if (!schemaChange) return null;
  const { applied, reverted, snapshot } = schemaChange;
  return { migrated: applied, reverted: reverted.map(({ name }) => name), snapshot: snapshot !== null };
}
