/** Seconds two clocks may differ in anything this library dates, except webhooks, whose tolerance is documented (§3). */
export const CLOCK_LEEWAY_SECONDS = 30;

/** The last second a date may lie in (9999-12-31): beyond it every use of the number is a mistake or an attack. */
const LAST_SECOND = 253_402_300_799;

/** Whole Unix seconds of `at`, rounded down. */
export function unixSeconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}

/** Tells whether a decoded claim is a usable Unix time: a whole number, not a string, not huge, not negative. */
export function isUnixSeconds(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= LAST_SECOND;
}
