import fc from 'fast-check';
import { jointShare } from './joint-share.js';

const amount = fc.integer({ min: 1, max: 2 ** 31 - 1 });

function sharesOf(back: number, parts: readonly number[]): number[] {
  const total = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((own, place) =>
    jointShare(back, own, { before: parts.slice(0, place).reduce((sum, part) => sum + part, 0), total }),
  );
}

describe(jointShare.name, () => {
  it('divides by amount, the odd cents by place', () => {
    expect(sharesOf(100, [4_900, 4_900, 200])).toEqual([49, 49, 2]);
    expect(sharesOf(1, [1, 1, 1])).toEqual([0, 0, 1]);
    expect(sharesOf(0, [4_900, 200])).toEqual([0, 0]);
  });

  it('always adds up to what went back, and never gives back more of a part than was paid for it', () => {
    fc.assert(
      fc.property(
        fc.array(amount, { minLength: 1, maxLength: 20 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (parts, of) => {
          const total = parts.reduce((sum, part) => sum + part, 0);
          const back = Math.floor(total * of);
          const shares = sharesOf(back, parts);
          expect(shares.reduce((sum, share) => sum + share, 0)).toBe(back);
          shares.forEach((share, place) => expect(share >= 0 && share <= parts[place]!).toBe(true));
          expect(sharesOf(total, parts)).toEqual(parts);
        },
      ),
    );
  });
});
