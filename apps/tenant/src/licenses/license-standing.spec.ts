import { readCheckAgainAt, nextLook } from './check-time.js';
import { carriedUntil, standingOf, type LicenseState } from './license-standing.js';

const at = (text: string) => new Date(`2030-01-${text}Z`);
const CARRIED = at('31T00:00:00');
const FAILED = at('10T00:00:00');

describe(standingOf, () => {
  it.each<[string, Partial<{ failedAt: Date; graceDays: number }>, Date, LicenseState, Date | null]>([
    ['a good word carries', {}, at('30T23:59:59.999'), 'active', CARRIED],
    ['the end of the token is already grace', {}, CARRIED, 'grace', new Date('2030-02-07T00:00:00Z')],
    ['the last moment of silence', {}, new Date('2030-02-06T23:59:59.999Z'), 'grace', new Date('2030-02-07T00:00:00Z')],
    ['seven days of silence are enough', {}, new Date('2030-02-07T00:00:00Z'), 'stopped', null],
    ['a verdict starts seven days', { failedAt: FAILED, graceDays: 7 }, FAILED, 'grace', at('17T00:00:00')],
    ['the last moment of grace', { failedAt: FAILED, graceDays: 7 }, at('16T23:59:59.999'), 'grace', at('17T00:00:00')],
    ['the end of grace is too late', { failedAt: FAILED, graceDays: 7 }, at('17T00:00:00'), 'stopped', null],
    ['no grace stops at once, whatever the token says', { failedAt: FAILED, graceDays: 0 }, FAILED, 'stopped', null],
    [
      'a verdict outranks a token that still carries',
      { failedAt: FAILED, graceDays: 1 },
      at('12T00:00:00'),
      'stopped',
      null,
    ],
  ])('%s', (_, failure, now, state, until) => {
    const facts = { failedAt: null, graceDays: null, carriedUntil: CARRIED, ...failure };
    expect(standingOf(facts, now)).toEqual({ state, until });
  });
});

describe(carriedUntil, () => {
  const exp = CARRIED.getTime() / 1_000;
  it.each([
    ['the end of the token', null, CARRIED],
    ['the end of the license when that is first', '2030-01-20T00:00:00Z', at('20T00:00:00')],
    ['the end of the token when the license lasts longer', '2031-01-01T00:00:00Z', CARRIED],
    ['the end of the token when the date is none', 'soon', CARRIED],
  ])('is %s', (_: string, license_expires_at: string | null, until: Date) => {
    expect(carriedUntil({ exp, license_expires_at })).toEqual(until);
  });
});

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
