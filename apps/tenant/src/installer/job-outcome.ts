import type { InstallOutcome } from '@hansa/contracts';
import type { InstallJob } from './install-job.entity.js';
import type { InstallStep } from './install-steps.js';

/**
 * What the end of a job says about its release; null when it says nothing. A package that was never verified failed for reasons
 * of the hub, the license or the line; going back is an admin's wish; what an admin uploaded is nobody's business.
 */
export function outcomeOf(
  job: Pick<InstallJob, 'kind' | 'step' | 'package' | 'previous'>,
  to: InstallStep,
): InstallOutcome | null {
  if (job.kind === 'rollback' || job.package?.uploaded) return null;
  if (to === 'healthy') return job.previous ? 'updated' : 'installed';
  if (to === 'rolled_back') return 'rolled_back';
  const wasVerified = job.step === 'verified' || job.step === 'staged';
  return to === 'failed' && wasVerified ? 'failed' : null;
}
