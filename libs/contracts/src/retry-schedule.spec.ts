import { nextAttemptAt, RETRY_DELAYS_SECONDS } from './retry-schedule.js';

const MINUTE = 60;
const HOUR = 3_600;

describe(nextAttemptAt.name, () => {
  it('keeps the documented schedule after a quick first retry', () => {
    expect(RETRY_DELAYS_SECONDS).toEqual([5, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 12 * HOUR]);
  });

  it('counts each delay from the failure before it', () => {
    const failedAt = new Date('2030-01-01T00:00:00Z');
    expect(nextAttemptAt(1, failedAt)).toEqual(new Date('2030-01-01T00:00:05Z'));
    expect(nextAttemptAt(6, failedAt)).toEqual(new Date('2030-01-01T12:00:00Z'));
  });

  it('ends after the seventh failure', () => {
    expect(nextAttemptAt(7, new Date())).toBeNull();
    expect(nextAttemptAt(8, new Date())).toBeNull();
  });
});
