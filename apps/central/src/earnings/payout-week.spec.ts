import { daysOf, readWeek, weekBefore } from './payout-week.js';

describe(weekBefore.name, () => {
  it.each([
    ['2030-01-07T00:00:00.000Z', '2029-12-31', '2030-01-07T00:00:00.000Z'],
    ['2030-01-06T23:59:59.999Z', '2029-12-24', '2029-12-31T00:00:00.000Z'],
    ['2030-01-09T12:00:00.000Z', '2029-12-31', '2030-01-07T00:00:00.000Z'],
    ['2030-03-31T01:30:00.000Z', '2030-03-18', '2030-03-25T00:00:00.000Z'],
  ])('at %s is the week of %s', (now, name, endsAt) => {
    expect(weekBefore(new Date(now))).toEqual({ name, endsAt: new Date(endsAt) });
  });
});

describe(readWeek.name, () => {
  const now = new Date('2030-01-09T12:00:00Z');
  it('takes a Monday whose week is over', () => {
    expect(readWeek('2029-12-31', now)).toEqual(weekBefore(now));
  });
  it.each(['2030-01-07', '2030-01-01', '2030-02-30', '2029-12-31T00:00:00Z', 'monday', ''])('refuses %s', (name) => {
    expect(readWeek(name, now)).toBeUndefined();
  });
});

describe(daysOf.name, () => {
  it('says Monday and Sunday', () => {
    expect(daysOf('2029-12-31')).toEqual({ from: '2029-12-31T00:00:00.000Z', to: '2030-01-06T00:00:00.000Z' });
  });
});
