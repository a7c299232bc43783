import { nextLook, readCheckAgainAt } from './check-time.js';

const at = (text: string) => new Date(`2030-01-${text}Z`);

describe(readCheckAgainAt, () => {
  const now = at('01T00:00:00');
  it.each([
    ['a day when the hub names no time', undefined, at('02T00:00:00')],
    ['a day when what it names is no time', 'later', at('02T00:00:00')],
    ['not at once', '2029-01-01T00:00:00Z', at('01T00:10:00')],
    ['a month at most', '2040-01-01T00:00:00Z', at('31T00:00:00')],
    ['what the hub names', '2030-01-05T00:00:00Z', at('05T00:00:00')],
  ])('is %s', (_: string, text: string | undefined, expected: Date) => {
    expect(readCheckAgainAt(text, now)).toEqual(expected);
  });
});

describe(nextLook, () => {
  const now = at('01T00:00:00');
  it.each([
    ['before the date of the hub', at('02T00:00:00'), null, at('01T23:55:00')],
    ['when the grace ends, if that is first', at('02T00:00:00'), at('01T12:00:00'), at('01T12:00:00')],
    ['never in the past', at('01T00:00:00'), null, at('01T00:01:00')],
  ])('is %s', (_: string, again: Date, until: Date | null, expected: Date) => {
    expect(nextLook(again, until, now)).toEqual(expected);
  });
});
