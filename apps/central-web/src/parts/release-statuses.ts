import type { ReleaseStatus } from '@hansa/contracts';

/** In the order people look for them. */
export const RELEASE_STATUSES = [
  'in_review',
  'submitted',
  'changes_requested',
  'approved',
  'published',
  'yanked',
  'rejected',
] as const satisfies readonly ReleaseStatus[];
