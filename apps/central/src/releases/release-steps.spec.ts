import { RELEASE_STATUSES } from '@hansa/contracts';
import { mayStep } from './release-steps.js';

const ALLOWED = [
  'submitted → in_review',
  'submitted → rejected',
  'in_review → changes_requested',
  'in_review → approved',
  'in_review → rejected',
  'changes_requested → submitted',
  'approved → published',
  'published → yanked',
  'yanked → published',
];

describe('mayStep', () => {
  it('allows exactly the steps of the protocol', () => {
    const steps = RELEASE_STATUSES.flatMap((from) =>
      RELEASE_STATUSES.filter((to) => mayStep(from, to)).map((to) => `${from} → ${to}`),
    );
    expect(steps).toEqual(ALLOWED);
  });
});
