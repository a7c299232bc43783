import { taxIn } from './tax.js';

describe('taxIn', () => {
  it.each([
    [4_900, 'inclusive', 19, 782],
    [4_900, 'exclusive', 19, 931],
    [4_900, 'unspecified', 19, 931],
    [1, 'inclusive', 19, 0],
    [4_900, 'inclusive', 0, 0],
  ] as const)('of %i %s at %i %% is %i', (amount, behavior, percent, tax) => {
    expect(taxIn(amount, behavior, percent)).toBe(tax);
  });
});
