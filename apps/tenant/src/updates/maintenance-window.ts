import { WEEKDAYS, type MaintenanceWindow, type Weekday } from './update-policy.js';

const MINUTE_MS = 60_000;
/** A week and a day: every window opens at least once in it, whatever the clocks do. */
const HORIZON_MINUTES = 8 * 24 * 60;

/** When the window opens next, or null while it is open (and when there is none). Read in the window's own time zone. */
export function windowOpensAt(window: MaintenanceWindow | null, now: Date): Date | null {
  if (!window) return null;
  const localTime = localTimeIn(window.time_zone);
  if (isOpen(window, localTime(now))) return null;
  const firstMinute = Math.ceil((now.getTime() + 1) / MINUTE_MS) * MINUTE_MS;
  // Minute by minute: the clocks that are put forward and back are in no formula.
  for (let minute = 0; minute < HORIZON_MINUTES; minute += 1) {
    const at = new Date(firstMinute + minute * MINUTE_MS);
    if (isOpen(window, localTime(at))) return at;
  }
  return new Date(firstMinute + HORIZON_MINUTES * MINUTE_MS);
}

interface LocalTime {
  readonly day: Weekday;
  /** `HH:MM`. */
  readonly time: string;
}

function isOpen({ days, start, end }: MaintenanceWindow, { day, time }: LocalTime): boolean {
  if (start === end) return days.includes(day);
  if (start < end) return days.includes(day) && start <= time && time < end;
  return (days.includes(day) && start <= time) || (days.includes(dayBefore(day)) && time < end);
}

function dayBefore(day: Weekday): Weekday {
  return WEEKDAYS[(WEEKDAYS.indexOf(day) + 6) % 7]!;
}

function localTimeIn(timeZone: string): (at: Date) => LocalTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return {
      day: (parts['weekday'] ?? '').toLowerCase() as Weekday,
      time: `${parts['hour'] ?? ''}:${parts['minute'] ?? ''}`,
    };
  };
}
