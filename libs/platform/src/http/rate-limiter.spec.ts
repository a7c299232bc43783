import { RateLimiter, rateHeaders } from './rate-limiter.js';

describe(RateLimiter.name, () => {
  it('lets a caller through up to the limit and refuses the next', () => {
    const limiter = new RateLimiter();
    const verdicts = [1, 2, 3].map(() => limiter.take('a', 2, 0));
    expect(verdicts.map(({ allowed }) => allowed)).toEqual([true, true, false]);
    expect(verdicts.map(({ remaining }) => remaining)).toEqual([1, 0, 0]);
  });

  it('counts callers apart', () => {
    const limiter = new RateLimiter();
    limiter.take('a', 1, 0);
    expect(limiter.take('b', 1, 0).allowed).toBe(true);
  });

  it('starts afresh when the window has ended, not before', () => {
    const limiter = new RateLimiter(60_000);
    limiter.take('a', 1, 0);
    expect(limiter.take('a', 1, 59_999)).toMatchObject({ allowed: false, resetSeconds: 1 });
    expect(limiter.take('a', 1, 60_000).allowed).toBe(true);
  });

  it('says without counting whether a caller has used the limit up', () => {
    const limiter = new RateLimiter(60_000);
    expect(limiter.isSpent('a', 1, 0)).toBe(false);
    limiter.take('a', 1, 0);
    expect([limiter.isSpent('a', 1, 0), limiter.isSpent('a', 2, 0), limiter.isSpent('b', 1, 0)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(limiter.isSpent('a', 1, 60_000)).toBe(false);
  });

  it('tells a refused caller when to come back', () => {
    const limiter = new RateLimiter();
    limiter.take('a', 1, 0);
    expect(rateHeaders(limiter.take('a', 1, 20_000))).toEqual([
      ...['ratelimit-limit', '1'],
      ...['ratelimit-remaining', '0'],
      ...['ratelimit-reset', '40'],
      ...['retry-after', '40'],
    ]);
  });
});
