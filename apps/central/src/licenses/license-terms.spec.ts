import { addMonths, termsOf } from './license-terms.js';

const ISSUED = new Date('2030-01-31T10:00:00Z');
const at = (text: string) => new Date(text);

describe(termsOf.name, () => {
  it.each([
    ['free', null, null, null],
    ['one_time', null, null, at('2031-01-31T10:00:00Z')],
    ['per_instance', null, null, at('2031-01-31T10:00:00Z')],
    ['subscription', 'month', at('2030-02-28T10:00:00Z'), at('2030-02-28T10:00:00Z')],
    ['subscription', 'year', at('2031-01-31T10:00:00Z'), at('2031-01-31T10:00:00Z')],
  ] as const)('of %s by %s end at %s and update until %s', (kind, interval, expiresAt, updatesUntil) => {
    expect(termsOf(kind, interval, ISSUED)).toEqual({ seats: 1, expiresAt, updatesUntil });
  });
});

describe(addMonths.name, () => {
  it.each([
    ['2030-01-31T00:00:00Z', 1, '2030-02-28T00:00:00Z'],
    ['2028-01-31T00:00:00Z', 1, '2028-02-29T00:00:00Z'],
    ['2028-02-29T23:59:59Z', 12, '2029-02-28T23:59:59Z'],
    ['2030-12-15T00:00:00Z', 1, '2031-01-15T00:00:00Z'],
    ['2030-05-31T12:00:00Z', 1, '2030-06-30T12:00:00Z'],
  ])('takes %s by %i to %s', (from, months, to) => {
    expect(addMonths(at(from), months)).toEqual(at(to));
  });
});
