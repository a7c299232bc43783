import fc from 'fast-check';
import { standingFrom, takenBack, type Hold, type PaidPeriod, type PeriodReturn } from './license-standing.js';

const at = (text: string) => new Date(`${text}T10:00:00Z`);
const period = (id: string, paid: string, change: Partial<PaidPeriod> = {}): PaidPeriod => ({
  id,
  purpose: 'purchase',
  isPurchase: id === 'p1',
  quantity: 1,
  billingInterval: 'month',
  trialDays: null,
  amountMinor: 900,
  paidAt: at(paid),
  endsAt: null,
  returns: [],
  ...change,
});
const back = (
  kind: PeriodReturn['kind'],
  state: PeriodReturn['state'],
  on: string,
  amountMinor = 900,
): PeriodReturn => ({ kind, state, amountMinor, happenedAt: at(on) });
const FULL = [back('refund', 'refunded', '2030-03-05')];
const p1 = period('p1', '2030-01-31');
const p2 = period('p2', '2030-02-28', { endsAt: at('2030-03-31') });
const p3 = period('p3', '2030-03-31', { endsAt: at('2030-04-30') });

const ACTIVE = { seats: 1, suspendedAt: null, revokedAt: null, revokedReason: null };
const until = (end: string) => ({ expiresAt: at(end), updatesUntil: at(end), ...ACTIVE });

describe(standingFrom, () => {
  it.each<[string, PaidPeriod[], object]>([
    ['one interval from the payment', [p1], until('2030-02-28')],
    ['to the end of the last invoice', [p1, p2, p3], until('2030-04-30')],
    ['less the renewal that was refunded', [p1, { ...p2, returns: FULL }], until('2030-02-28')],
    ['with the renewal after a refunded one', [p1, { ...p2, returns: FULL }, p3], until('2030-04-30')],
    [
      'a renewal refunded in part as it is',
      [p1, { ...p2, returns: [back('refund', 'refunded', '2030-03-05', 899)] }],
      until('2030-03-31'),
    ],
    [
      'nothing when the purchase is refunded',
      [{ ...p1, returns: FULL }],
      { ...until('2030-01-31'), revokedAt: at('2030-03-05'), revokedReason: 'refunded' },
    ],
    [
      'revoked by the refund of the purchase whatever renewed it',
      [{ ...p1, returns: FULL }, p2],
      { ...until('2030-03-31'), revokedAt: at('2030-03-05'), revokedReason: 'refunded' },
    ],
    [
      'suspended from a dispute about any period',
      [p1, { ...p2, returns: [back('dispute', 'open', '2030-03-02')] }],
      { ...until('2030-03-31'), suspendedAt: at('2030-03-02') },
    ],
    [
      'restored when the dispute is won',
      [{ ...p1, returns: [back('dispute', 'won', '2030-02-02')] }],
      until('2030-02-28'),
    ],
    [
      'as it is during an inquiry',
      [{ ...p1, returns: [back('dispute', 'inquiry', '2030-02-02')] }],
      until('2030-02-28'),
    ],
    [
      'revoked when the dispute of the purchase is lost',
      [{ ...p1, returns: [back('dispute', 'lost', '2030-02-02')] }],
      { ...until('2030-01-31'), revokedAt: at('2030-02-02'), revokedReason: 'dispute_lost' },
    ],
    [
      'less the renewal whose dispute is lost',
      [p1, { ...p2, returns: [back('dispute', 'lost', '2030-03-02')] }],
      until('2030-02-28'),
    ],
    [
      'revoked when nothing that was heard of is paid any more',
      [{ ...p2, isPurchase: false, returns: FULL }],
      { ...until('2030-02-28'), revokedAt: at('2030-03-05'), revokedReason: 'refunded' },
    ],
  ])('lets a subscription run %s', (_, periods, expected) => {
    expect(standingFrom('subscription', periods, null)).toEqual(expected);
  });

  it('gives a purchase for ever a year of updates', () => {
    const updatesUntil = at('2031-01-31');
    expect(standingFrom('one_time', [p1], null)).toEqual({ expiresAt: null, updatesUntil, ...ACTIVE });
  });

  const renewal = (id: string, paid: string, change: Partial<PaidPeriod> = {}) =>
    period(id, paid, { purpose: 'renewal', isPurchase: false, ...change });
  const seats = (id: string, paid: string, quantity: number, change: Partial<PaidPeriod> = {}) =>
    period(id, paid, { purpose: 'seats', isPurchase: false, quantity, ...change });
  const again = { ...p2, isPurchase: true };

  it.each<[string, PaidPeriod[], string, number]>([
    ['another year with each renewal', [p1, renewal('p2', '2030-06-01'), renewal('p3', '2030-07-01')], '2033-01-31', 1],
    ['a year from its payment to a renewal that comes late', [p1, renewal('p2', '2033-06-01')], '2034-06-01', 1],
    ['no year for a renewal that was refunded', [p1, renewal('p2', '2030-06-01', { returns: FULL })], '2031-01-31', 1],
    ['another year when it was bought twice', [p1, again], '2032-01-31', 1],
    ['what is left when one of two purchases is refunded', [{ ...p1, returns: FULL }, again], '2031-02-28', 1],
    [
      'seats and no time with an order of seats',
      [period('p1', '2030-01-31', { quantity: 2 }), seats('p2', '2030-06-01', 3)],
      '2031-01-31',
      5,
    ],
    ['less the seats that were refunded', [p1, seats('p2', '2030-06-01', 3, { returns: FULL })], '2031-01-31', 1],
    [
      'as many seats as before when it is renewed',
      [period('p1', '2030-01-31', { quantity: 2 }), renewal('p2', '2030-06-01', { quantity: 2 })],
      '2032-01-31',
      2,
    ],
  ])('gives a license by instance %s', (_, periods, updates, count) => {
    const expected = { expiresAt: null, updatesUntil: at(updates), seats: count, revokedAt: null };
    expect(standingFrom('per_instance', periods, null)).toMatchObject(expected);
    expect(standingFrom('one_time', periods, null)).toMatchObject({ ...expected, seats: 1 });
  });

  it('revokes what was bought twice when both are refunded, and seats do not keep it', () => {
    const periods = [{ ...p1, returns: FULL }, { ...again, returns: FULL }, seats('p4', '2030-06-01', 1)];
    expect(standingFrom('per_instance', periods, null)).toMatchObject({ revokedReason: 'refunded' });
  });

  it.each<[string, PaidPeriod[], string]>([
    ['for its days while no end is named', [{ ...p1, amountMinor: 0, trialDays: 14 }], '2030-02-14'],
    ['to the end of its invoice', [{ ...p1, amountMinor: 0, trialDays: 14, endsAt: at('2030-02-15') }], '2030-02-15'],
    [
      'and then what is paid',
      [{ ...p1, amountMinor: 0, trialDays: 14 }, period('p2', '2030-02-14', { isPurchase: false })],
      '2030-03-14',
    ],
    [
      'and no longer when what is paid goes back',
      [{ ...p1, amountMinor: 0, trialDays: 14 }, period('p2', '2030-02-14', { isPurchase: false, returns: FULL })],
      '2030-02-14',
    ],
  ])('lets a trial run %s', (_, periods, end) => {
    expect(standingFrom('subscription', periods, null)).toEqual(until(end));
  });

  it('lets a yearly subscription run a year', () => {
    const paid = period('p1', '2030-01-31', { billingInterval: 'year' });
    expect(standingFrom('subscription', [paid], null)).toEqual(until('2031-01-31'));
  });

  it.each<[string, Hold, object]>([
    ['suspends', { as: 'suspended', at: at('2030-02-01'), reason: 'abuse' }, { suspendedAt: at('2030-02-01') }],
    [
      'revokes',
      { as: 'revoked', at: at('2030-02-01'), reason: 'fraud' },
      { revokedAt: at('2030-02-01'), revokedReason: 'fraud' },
    ],
  ])('%s by the hand of an operator', (_, hold, expected) => {
    expect(standingFrom('one_time', [p1], hold)).toMatchObject(expected);
  });

  it('tells the earlier of two revocations', () => {
    const hold = { as: 'revoked', at: at('2030-03-06'), reason: 'fraud' } as const;
    expect(standingFrom('one_time', [{ ...p1, returns: FULL }], hold)).toMatchObject({ revokedReason: 'refunded' });
    const sooner = { ...hold, at: at('2030-03-04') };
    expect(standingFrom('one_time', [{ ...p1, returns: FULL }], sooner)).toMatchObject({ revokedReason: 'fraud' });
  });

  it('has no word for a license without a payment', () => {
    expect(() => standingFrom('one_time', [], null)).toThrow('without a payment');
  });

  it('says the same for every order of the same facts', () => {
    const time = fc.integer({ min: 0, max: 400 }).map((day) => new Date(Date.UTC(2030, 0, 1 + day)));
    const aReturn = fc.oneof(
      fc.record({
        kind: fc.constant('refund' as const),
        state: fc.constant('refunded' as const),
        amountMinor: fc.integer({ min: 1, max: 900 }),
        happenedAt: time,
      }),
      fc.record({
        kind: fc.constant('dispute' as const),
        state: fc.constantFrom('inquiry', 'open', 'won', 'lost'),
        amountMinor: fc.constant(900),
        happenedAt: time,
      }),
    );
    const aPeriod = fc.record({
      id: fc.uuid(),
      purpose: fc.constantFrom('purchase', 'renewal', 'seats'),
      isPurchase: fc.boolean(),
      quantity: fc.integer({ min: 1, max: 9 }),
      billingInterval: fc.constantFrom('month', 'year'),
      trialDays: fc.option(fc.constant(14)),
      amountMinor: fc.constant(900),
      paidAt: time,
      endsAt: fc.option(time),
      returns: fc.array(aReturn, { maxLength: 3 }),
    });
    const shuffled = fc
      .array(aPeriod, { minLength: 1, maxLength: 5 })
      .chain((periods) => fc.tuple(fc.constant(periods), fc.shuffledSubarray(periods, { minLength: periods.length })));
    fc.assert(
      fc.property(shuffled, fc.constantFrom('subscription', 'one_time', 'per_instance'), ([periods, other], kind) => {
        const reversed = other.map((it) => ({ ...it, returns: [...it.returns].reverse() }));
        const standing = standingFrom(kind, periods, null);
        expect(standingFrom(kind, reversed, null)).toEqual(standing);
        expect(standing.revokedReason === null).toBe(standing.revokedAt === null);
      }),
    );
  });
});

describe(takenBack, () => {
  it('adds up refunds in parts', () => {
    const parts = [back('refund', 'refunded', '2030-02-01', 400), back('refund', 'refunded', '2030-02-03', 500)];
    expect(takenBack({ amountMinor: 900, returns: parts })).toEqual({ at: at('2030-02-03'), reason: 'refunded' });
    expect(takenBack({ amountMinor: 901, returns: parts })).toBeNull();
  });
});
