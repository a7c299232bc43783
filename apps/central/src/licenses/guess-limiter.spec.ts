import { GuessLimiter, WRONG_KEYS_PER_PREFIX } from './guess-limiter.js';

const KEY = 'CC-AAAA-BBBB-CCCC';
const SAME_PREFIX = 'CC-AAAA-ZZZZ-ZZZZ';
const OTHER_PREFIX = 'CC-AAAB-BBBB-CCCC';

describe(GuessLimiter.name, () => {
  it('closes a prefix after too many wrong keys, for every key of it and for no other', () => {
    const limiter = new GuessLimiter();
    for (let i = 0; i < WRONG_KEYS_PER_PREFIX - 1; i += 1) limiter.countWrong(KEY, 0);
    expect(limiter.waitSeconds(KEY, 0)).toBe(0);
    limiter.countWrong(KEY, 0);
    expect(limiter.waitSeconds(SAME_PREFIX, 1_000)).toBe(59);
    expect(limiter.waitSeconds(OTHER_PREFIX, 1_000)).toBe(0);
  });

  it('opens it again when the minute is over, and counts afresh', () => {
    const limiter = new GuessLimiter();
    for (let i = 0; i < WRONG_KEYS_PER_PREFIX; i += 1) limiter.countWrong(KEY, 0);
    expect(limiter.waitSeconds(KEY, 59_999)).toBe(1);
    expect(limiter.waitSeconds(KEY, 60_000)).toBe(0);
    limiter.countWrong(KEY, 60_000);
    expect(limiter.waitSeconds(KEY, 60_000)).toBe(0);
  });
});
