import { INSTALL_STEPS, isFinal, mayFollow, type InstallStep } from './install-steps.js';

const STEPS = Object.keys(INSTALL_STEPS) as InstallStep[];

describe('the steps of an installation', () => {
  it('go forward one at a time, and end early only where nothing runs yet or something can be taken back', () => {
    const allowed = STEPS.flatMap((from) => STEPS.filter((to) => mayFollow(from, to)).map((to) => `${from} → ${to}`));
    expect(allowed).toEqual([
      'requested → fetched',
      'requested → failed',
      'fetched → verified',
      'fetched → failed',
      'verified → staged',
      'verified → failed',
      'staged → switched',
      'staged → failed',
      'switched → healthy',
      'switched → rolled_back',
    ]);
  });

  it('end in three ways', () => {
    expect(STEPS.filter(isFinal)).toEqual(['healthy', 'rolled_back', 'failed']);
  });
});
