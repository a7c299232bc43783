import fc from 'fast-check';
import { balancesOf } from './payment-balances.js';

const PAID = { amountMinor: 4_900, commissionPercent: 10, refundedMinor: 0, disputedMinor: 0 };
const sumOf = (balances: object) => Object.values(balances).reduce((sum: number, amount: number) => sum + amount, 0);

describe(balancesOf, () => {
  it.each([
    ['a payment', {}, { hub_fee: 490, publisher_payable: 4_410, refund: 0, dispute: 0 }],
    [
      'half of it back',
      { refundedMinor: 2_450 },
      { hub_fee: 245, publisher_payable: 2_205, refund: 2_450, dispute: 0 },
    ],
    ['all of it back', { refundedMinor: 4_900 }, { hub_fee: 0, publisher_payable: 0, refund: 4_900, dispute: 0 }],
    ['all of it disputed', { disputedMinor: 4_900 }, { hub_fee: 0, publisher_payable: 0, refund: 0, dispute: 4_900 }],
    [
      'refunded and disputed',
      { refundedMinor: 4_000, disputedMinor: 4_900 },
      { hub_fee: 0, publisher_payable: 0, refund: 4_000, dispute: 900 },
    ],
    ['a taxed payment', { taxMinor: 782 }, { hub_fee: 411, publisher_payable: 3_707, tax: 782, refund: 0, dispute: 0 }],
    [
      'half a taxed payment back',
      { taxMinor: 781, refundedMinor: 2_450 },
      { hub_fee: 206, publisher_payable: 1_854, tax: 390, refund: 2_450, dispute: 0 },
    ],
    ['more back than paid', { refundedMinor: 9_999 }, { hub_fee: 0, publisher_payable: 0, refund: 4_900, dispute: 0 }],
  ])('of %s say where the money is', (_, change, expected) => {
    expect(balancesOf({ ...PAID, ...change })).toEqual({ merchant_payment: -4_900, tax: 0, ...expected });
  });

  it('sum to zero whatever happens, and owe nobody less than nothing', () => {
    const cents = fc.integer({ min: 0, max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(
        cents,
        fc.integer({ min: 0, max: 100 }),
        cents,
        cents,
        cents,
        (amount, percent, tax, refunded, disputed) => {
          const rates = { amountMinor: amount, commissionPercent: percent, taxMinor: tax };
          const balances = balancesOf({ ...rates, refundedMinor: refunded, disputedMinor: disputed });
          expect(sumOf(balances)).toBe(0);
          const { merchant_payment: paid, ...others } = balances;
          expect(paid).toBe(0 - amount);
          expect(Math.min(...Object.values(others))).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});
