const MINUTE_MS = 60_000;
export const CHECK_EVERY_MS = 6 * 60 * MINUTE_MS;
/** Added to every check by chance, so that shops that started together do not ask the hub together. */
const JITTER_MS = 60 * MINUTE_MS;
/** The same, after a moment something was held back until: short, so that a maintenance window is met. */
const SHORT_JITTER_MS = 5 * MINUTE_MS;
const SOON_MS = MINUTE_MS;

/**
 * When to check again: after six hours and up to one more, or sooner when a decision is held back until a moment before that.
 * `chance` is a random number from 0 to 1.
 */
export function nextCheckAt(now: Date, heldUntil: readonly Date[], chance: number): Date {
  const regular = now.getTime() + CHECK_EVERY_MS + chance * JITTER_MS;
  const ends = heldUntil.map((until) => Math.max(until.getTime(), now.getTime() + SOON_MS) + chance * SHORT_JITTER_MS);
  return new Date(Math.min(regular, ...ends));
}

/** When a shop that starts checks: when it is due anyway, or within minutes when that has passed or was never. */
export function firstCheckAt(now: Date, planned: Date | null, chance: number): Date {
  const soon = new Date(now.getTime() + SOON_MS + chance * SHORT_JITTER_MS);
  return planned && planned > soon ? planned : soon;
}
