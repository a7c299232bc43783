import fc from 'fast-check';
import { shareOf, splitSale } from './split-sale.js';

describe(splitSale.name, () => {
  it.each([
    [4_900, 10, 4_410, 490],
    [4_999, 10, 4_500, 499],
    [1, 10, 1, 0],
    [4_900, 0, 4_900, 0],
    [4_900, 100, 0, 4_900],
  ])('gives of %i cents at %i %% the publisher %i and the hub %i', (amount, percent, publisherShare, commission) => {
    expect(splitSale(amount, percent)).toEqual({ publisherShare, commission });
  });

  it('neither makes nor loses a cent, whatever is sold', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), fc.integer({ min: 0, max: 100 }), (amount, percent) => {
        const { publisherShare, commission } = splitSale(amount, percent);
        expect(publisherShare + commission).toBe(amount);
        expect(commission).toBeLessThanOrEqual((amount * percent) / 100);
        expect(commission).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe(shareOf.name, () => {
  it('is exact where doubles are not', () => {
    expect(Math.floor((1_361_343_155 * 843_288_108) / 1_937_345_296)).toBe(592_565_763);
    expect(shareOf(1_361_343_155, 843_288_108, 1_937_345_296)).toBe(592_565_762);
  });
});
