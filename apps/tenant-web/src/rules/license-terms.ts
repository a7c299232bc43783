import type { HeldLicense } from '../model.js';

export type LicenseTerms =
  'runs' | 'runsToEnd' | 'runsWhileConfirmed' | 'goesOn' | 'goesOnAfterNo' | 'stops' | 'lapsed';

type Facts = Pick<HeldLicense, 'state' | 'until' | 'expires_at' | 'reason'>;

/** What a license lets its plugin do now, and what ends that if nothing else is heard. */
export function termsOf({ state, until, expires_at: end, reason }: Facts): LicenseTerms {
  if (state === 'stopped') return reason === null ? 'lapsed' : 'stops';
  if (state === 'grace') return reason === null ? 'goesOn' : 'goesOnAfterNo';
  if (until === null) return 'runs';
  return end !== null && Date.parse(end) <= Date.parse(until) ? 'runsToEnd' : 'runsWhileConfirmed';
}

/** Whether versions that are published now are among the updates of a license. */
export function coverageOf(updatesUntil: string, now: Date): 'updatesUntil' | 'updatesEnded' {
  return now.getTime() <= Date.parse(updatesUntil) ? 'updatesUntil' : 'updatesEnded';
}
