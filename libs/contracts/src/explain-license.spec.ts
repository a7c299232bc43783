import {
  carriedUntil,
  coversRelease,
  explain,
  graceDaysAfter,
  type LicenseFacts,
  type LicenseState,
} from './explain-license.js';

const at = (text: string) => new Date(`2030-01-${text}Z`);
const CARRIED = at('31T00:00:00');
const FAILED = at('10T00:00:00');
const FACTS: LicenseFacts = {
  failedAt: null,
  failureReason: null,
  graceDays: null,
  carriedUntil: CARRIED,
  expiresAt: null,
  updatesUntil: null,
};

describe(explain, () => {
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
    expect(explain({ ...FACTS, ...failure }, now)).toMatchObject({ state, until });
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

describe('the words of a license', () => {
  it('name the day of each step, and keep to it', () => {
    const { words } = explain({ ...FACTS, updatesUntil: at('20T00:00:00') }, FAILED);
    expect(words).toEqual([
      'The plugin runs.',
      'On 2030-01-31 00:00 UTC: The last word of the hub lapses unless it is reached before. The plugin goes on for now.',
      'On 2030-02-07 00:00 UTC: The plugin stops if nothing good was heard.',
      'Updates are included that are published until 2030-01-20 00:00 UTC.',
    ]);
    expect(explain({ ...FACTS, updatesUntil: at('20T00:00:00') }, at('21T00:00:00')).words.at(-1)).toBe(
      'Updates published after 2030-01-20 00:00 UTC are not included.',
    );
  });

  it('say why it stopped', () => {
    const revoked = {
      ...FACTS,
      failedAt: FAILED,
      failureReason: 'REVOKED',
      graceDays: graceDaysAfter('REVOKED'),
    } as const;
    expect(explain(revoked, FAILED)).toEqual({
      state: 'stopped',
      until: null,
      clockMovedBack: false,
      words: ['The plugin stops, because of its license: it was revoked.'],
    });
  });

  it('end with the license when that is before its token', () => {
    const { words } = explain({ ...FACTS, expiresAt: CARRIED }, FAILED);
    expect(words[1]).toContain('The license ends unless it is renewed.');
  });

  it('never end for the hub itself while nothing is wrong', () => {
    expect(explain({ ...FACTS, carriedUntil: null }, new Date('2099-01-01'))).toMatchObject({
      state: 'active',
      until: null,
    });
  });
});

describe('a clock that was moved back', () => {
  it.each<[string, string, LicenseState, boolean]>([
    ['gains nothing', '2030-01-15T00:00:00Z', 'stopped', true],
    ['is told of from five minutes on', '2030-02-06T23:54:59Z', 'stopped', true],
    ['may be set right by less', '2030-02-06T23:56:00Z', 'stopped', false],
  ])('%s', (_, now, state, clockMovedBack) => {
    expect(explain(FACTS, new Date(now), new Date('2030-02-07T00:00:00Z'))).toMatchObject({ state, clockMovedBack });
  });

  it('does not bring back a plugin that a no had stopped, even to before that no', () => {
    const facts = { ...FACTS, failedAt: FAILED, failureReason: 'REVOKED', graceDays: 0 } as const;
    expect(explain(facts, at('01T00:00:00')).state).toBe('stopped');
  });
});

describe(coversRelease, () => {
  it.each([
    ['the last moment', at('20T00:00:00'), at('20T00:00:00'), true],
    ['a moment later', at('20T00:00:00'), at('20T00:00:00.001'), false],
    ['anything for ever', null, at('20T00:00:00'), true],
  ])('says of %s', (_, until, published, covered) => {
    expect(coversRelease(until, published)).toBe(covered);
  });
});
