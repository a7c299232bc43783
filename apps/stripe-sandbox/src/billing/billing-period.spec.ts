import { periodEnd } from './billing-period.js';

const seconds = (date: string): number => Date.parse(date) / 1000;

describe('periodEnd', () => {
  it.each([
    ['2030-01-15T10:00:00Z', 'month', 1, '2030-02-15T10:00:00Z'],
    ['2030-01-31T10:00:00Z', 'month', 1, '2030-02-28T10:00:00Z'],
    ['2030-11-30T10:00:00Z', 'month', 3, '2031-02-28T10:00:00Z'],
    ['2028-02-29T10:00:00Z', 'year', 1, '2029-02-28T10:00:00Z'],
    ['2030-12-31T10:00:00Z', 'week', 2, '2031-01-14T10:00:00Z'],
    ['2030-12-31T10:00:00Z', 'day', 1, '2031-01-01T10:00:00Z'],
  ])('from %s every %s × %i ends %s', (start, interval, interval_count, end) => {
    expect(periodEnd(seconds(start), { interval, interval_count })).toBe(seconds(end));
  });
});
