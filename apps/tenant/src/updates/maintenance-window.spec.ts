import { windowOpensAt } from './maintenance-window.js';
import type { MaintenanceWindow } from './update-policy.js';

const window = (start: string, end: string, days: MaintenanceWindow['days'], time_zone = 'UTC') =>
  Object.assign({ days, start, end, time_zone });
const NIGHT = window('22:00', '04:00', ['tue']); // 2030-01-01 is a Tuesday

describe(windowOpensAt, () => {
  it.each<[string, MaintenanceWindow | null, string, string | null]>([
    ['no window', null, '2030-01-01T12:00:00Z', null],
    ['the start', window('02:00', '04:00', ['tue']), '2030-01-01T02:00:00Z', null],
    ['the last second', window('02:00', '04:00', ['tue']), '2030-01-01T03:59:59Z', null],
    ['the end', window('02:00', '04:00', ['tue']), '2030-01-01T04:00:00Z', '2030-01-08T02:00:00.000Z'],
    ['the second before', window('02:00', '04:00', ['tue']), '2030-01-01T01:59:59Z', '2030-01-01T02:00:00.000Z'],
    ['another day', window('02:00', '04:00', ['wed', 'sun']), '2030-01-01T03:00:00Z', '2030-01-02T02:00:00.000Z'],
    ['past midnight', NIGHT, '2030-01-02T03:59:00Z', null],
    ['before midnight on the day after', NIGHT, '2030-01-02T22:30:00Z', '2030-01-08T22:00:00.000Z'],
    ['the early hours of its own day', NIGHT, '2030-01-01T03:00:00Z', '2030-01-01T22:00:00.000Z'],
    ['a whole day', window('00:00', '00:00', ['tue']), '2030-01-01T23:59:59Z', null],
    ['the shop’s own clock', window('02:00', '04:00', ['tue'], 'Asia/Tokyo'), '2029-12-31T17:00:00Z', null],
    [
      'an hour the clocks skip',
      window('02:10', '02:50', ['sun'], 'Europe/Berlin'), // 2030-03-31, 02:00 becomes 03:00
      '2030-03-31T00:00:00Z',
      '2030-04-07T00:10:00.000Z',
    ],
  ])('knows %s', (_, given, now, expected) => {
    expect(windowOpensAt(given, new Date(now))?.toISOString() ?? null).toBe(expected);
  });
});
