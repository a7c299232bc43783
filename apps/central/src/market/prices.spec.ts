import { isSamePrice, majorUnits, priceText } from './prices.js';

it.each([
  [1_250, 'EUR', 12.5, 'EUR 12.50'],
  [4_900, 'USD', 49, 'USD 49.00'],
  [29, 'EUR', 0.29, 'EUR 0.29'],
  [500, 'JPY', 500, 'JPY 500'],
  [1_234, 'KWD', 1.234, 'KWD 1.234'],
])('writes %i minor units of %s as %d and %s', (minor, currency, major, text) => {
  expect([majorUnits(minor, currency), priceText(minor, currency)]).toEqual([major, text]);
  expect(isSamePrice(major, minor, currency)).toBe(true);
});

it('knows its price in the binary fractions of another program, and no other price', () => {
  expect(isSamePrice(0.1 + 0.2, 30, 'EUR')).toBe(true);
  expect(isSamePrice(0.31, 30, 'EUR')).toBe(false);
  expect(isSamePrice(Number.NaN, 30, 'EUR')).toBe(false);
});
