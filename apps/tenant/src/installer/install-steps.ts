/** Which step may follow which. A job is at exactly one of them, in the database, whatever happens to its process. */
export const INSTALL_STEPS = {
  requested: ['fetched', 'failed'],
  fetched: ['verified', 'failed'],
  verified: ['staged', 'failed'],
  staged: ['switched', 'failed'],
  switched: ['healthy', 'rolled_back'],
  healthy: [],
  rolled_back: [],
  failed: [],
} as const satisfies Record<string, readonly string[]>;

export type InstallStep = keyof typeof INSTALL_STEPS;

/** Whether nothing follows a step. */
export function isFinal(step: InstallStep): boolean {
  return INSTALL_STEPS[step].length === 0;
}

/** Whether a job at `from` may go to `to`. */
export function mayFollow(from: InstallStep, to: InstallStep): boolean {
  return (INSTALL_STEPS[from] as readonly InstallStep[]).includes(to);
}
