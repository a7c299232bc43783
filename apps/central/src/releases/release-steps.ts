import type { ReleaseStatus } from '@hansa/contracts';

/** The life of a release: which state may follow which (federation.md §8). */
export const RELEASE_STEPS = {
  submitted: ['in_review', 'rejected'],
  in_review: ['approved', 'rejected', 'changes_requested'],
  changes_requested: ['submitted'],
  approved: ['published'],
  published: ['yanked'],
  yanked: ['published'],
  rejected: [],
} as const satisfies Record<ReleaseStatus, readonly ReleaseStatus[]>;

/** Whether a release may go from one state to another. */
export function mayStep(from: ReleaseStatus, to: ReleaseStatus): boolean {
  const allowed: readonly ReleaseStatus[] = RELEASE_STEPS[from];
  return allowed.includes(to);
}
