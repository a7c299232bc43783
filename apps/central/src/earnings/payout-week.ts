const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const MONDAY = /^\d{4}-\d{2}-\d{2}$/;

export interface PayoutWeek {
  /** The Monday it begins with, `YYYY-MM-DD`. */
  readonly name: string;
  /** The Monday after it, midnight UTC: no longer part of it. */
  readonly endsAt: Date;
}

/** The last whole week, Monday to Sunday in UTC, that is over at `now`. */
export function weekBefore(now: Date): PayoutWeek {
  const midnight = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const daysSinceMonday = (now.getUTCDay() + 6) % 7;
  return weekThatEnds(new Date(midnight - daysSinceMonday * DAY_MS));
}

/** The week that begins with this Monday when it is over at `now`, else undefined. */
export function readWeek(name: string, now: Date): PayoutWeek | undefined {
  const start = new Date(`${name}T00:00:00Z`);
  if (!MONDAY.test(name) || Number.isNaN(start.getTime()) || start.getUTCDay() !== 1) return undefined;
  const week = weekThatEnds(new Date(start.getTime() + WEEK_MS));
  return week.name === name && week.endsAt <= now ? week : undefined;
}

/** First and last day of a week, as times at midnight UTC. */
export function daysOf(name: string): { from: string; to: string } {
  const from = new Date(`${name}T00:00:00Z`);
  return { from: from.toISOString(), to: new Date(from.getTime() + 6 * DAY_MS).toISOString() };
}

function weekThatEnds(endsAt: Date): PayoutWeek {
  return { name: new Date(endsAt.getTime() - WEEK_MS).toISOString().slice(0, 10), endsAt };
}
