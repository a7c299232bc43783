/**
 * Seconds from each failed try to the next (federation.md §3): a quick one, then 1 m, 5 m, 30 m, 2 h, 12 h. A delivery that
 * fails once more after them is a dead letter.
 */
export const RETRY_DELAYS_SECONDS = [5, 60, 300, 1_800, 7_200, 43_200] as const;

/** When to try again after `attempts` failed tries, or null when that was the last. */
export function nextAttemptAt(attempts: number, failedAt: Date): Date | null {
  const delay = RETRY_DELAYS_SECONDS[attempts - 1];
  return delay === undefined ? null : new Date(failedAt.getTime() + delay * 1_000);
}
