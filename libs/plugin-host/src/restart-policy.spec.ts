import { afterCrash, NO_CRASHES } from './restart-policy.js';

const MINUTE = 60_000;

/** The delays after crashes at these times, each run having started `ranFor` before. */
function delays(times: readonly number[], ranFor = 0): (number | null)[] {
  let history = NO_CRASHES;
  return times.map((now) => {
    const next = afterCrash(history, now - ranFor, now);
    history = next.history;
    return next.delayMs;
  });
}

describe(afterCrash.name, () => {
  it('waits twice as long each time and gives up at the fifth crash', () => {
    expect(delays([0, 1_000, 3_000, 7_000, 15_000])).toEqual([1_000, 2_000, 4_000, 8_000, null]);
  });

  it('gives up only when the five are within ten minutes', () => {
    expect(delays([0, 1, 2, 3, 10 * MINUTE - 1]).at(-1)).toBeNull();
    expect(delays([0, 1, 2, 3, 10 * MINUTE]).at(-1)).toBe(16_000);
  });

  it('never waits longer than a minute', () => {
    const everyThreeMinutes = Array.from({ length: 9 }, (_, i) => i * 3 * MINUTE);
    expect(delays(everyThreeMinutes).slice(5)).toEqual([32_000, 60_000, 60_000, 60_000]);
  });

  it('begins anew with a plugin that ran for ten minutes', () => {
    const everyThreeMinutes = [0, 3 * MINUTE, 6 * MINUTE];
    expect(delays(everyThreeMinutes, 10 * MINUTE)).toEqual([1_000, 1_000, 1_000]);
    expect(delays(everyThreeMinutes, 10 * MINUTE - 1)).toEqual([1_000, 2_000, 4_000]);
  });
});
