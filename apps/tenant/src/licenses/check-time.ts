const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Before the end of what the hub named, so that a slow queue is not late. */
const EARLY_MS = 5 * MINUTE_MS;

/** When the hub wants to be asked again, kept within reason: not at once, not later than a month. A day when it does not say. */
export function readCheckAgainAt(text: string | undefined, now: Date): Date {
  const asked = text === undefined ? Number.NaN : Date.parse(text);
  const at = Number.isNaN(asked) ? now.getTime() + DAY_MS : asked;
  return new Date(Math.min(Math.max(at, now.getTime() + 10 * MINUTE_MS), now.getTime() + 30 * DAY_MS));
}

/** When to look next: before the hub's date, and at the latest when the present state ends by itself. */
export function nextLook(checkAgainAt: Date, until: Date | null, now: Date): Date {
  const before = Math.max(checkAgainAt.getTime() - EARLY_MS, now.getTime() + MINUTE_MS);
  return new Date(until && until > now ? Math.min(before, until.getTime()) : before);
}

/** When to ask again a hub that gave no answer. */
export function afterSilence(now: Date): Date {
  return new Date(now.getTime() + HOUR_MS);
}
