const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 60_000;
const MAX_CRASHES = 5;
const WINDOW_MS = 10 * 60_000;

/** What is remembered of a plugin's crashes. */
export interface CrashHistory {
  /** Of those in the last ten minutes, in milliseconds. */
  readonly recent: readonly number[];
  /** Crashes without ten quiet minutes between them. */
  readonly streak: number;
}

export const NO_CRASHES: CrashHistory = { recent: [], streak: 0 };

/**
 * Says when to start a plugin again that has crashed at `now`: after 1 s, 2 s, 4 s and so on, at most 60 s; and not at all
 * (null) at the fifth crash within ten minutes. One that ran for ten minutes begins anew.
 */
export function afterCrash(
  history: CrashHistory,
  startedAt: number,
  now: number,
): { readonly history: CrashHistory; readonly delayMs: number | null } {
  const recent = [...history.recent.filter((time) => now - time < WINDOW_MS), now];
  const streak = now - startedAt >= WINDOW_MS ? 1 : history.streak + 1;
  const delayMs = recent.length >= MAX_CRASHES ? null : Math.min(FIRST_DELAY_MS * 2 ** (streak - 1), MAX_DELAY_MS);
  return { history: { recent, streak }, delayMs };
}
