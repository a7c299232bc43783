import { type Clock } from '@hansa/platform';

export interface FixedClock extends Clock {
  set(time: string | Date): void;
  advance(seconds: number): void;
}

/** A clock that stands still until it is told to move. */
export function fixedClock(time: string): FixedClock {
  let now = new Date(time);
  return {
    now: () => new Date(now),
    set: (next) => {
      now = new Date(next);
    },
    advance: (seconds) => {
      now = new Date(now.getTime() + seconds * 1_000);
    },
  };
}
