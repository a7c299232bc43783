export interface Recurring {
  readonly interval: string;
  readonly interval_count: number;
}

const DAYS: Readonly<Record<string, number>> = { day: 1, week: 7 };

/** The end of a period that starts at `start` (seconds). A month after January 31 is the last day of February. */
export function periodEnd(start: number, { interval, interval_count: count }: Recurring): number {
  const days = DAYS[interval];
  if (days !== undefined) return start + days * count * 86_400;
  const from = new Date(start * 1000);
  const months = interval === 'year' ? 12 * count : count;
  const to = new Date(from);
  to.setUTCMonth(from.getUTCMonth() + months, 1);
  const lastDay = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate();
  to.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return Math.floor(to.getTime() / 1000);
}
