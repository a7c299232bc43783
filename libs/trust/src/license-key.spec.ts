import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { newLicenseKey, parseLicenseKey } from './index.js';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const vector = JSON.parse(
  readFileSync(new URL('../../../conformance/vectors/license-keys.json', import.meta.url), 'utf8'),
) as { valid: { typed: string; canonical: string }[]; invalid: { typed: string }[] };
/** Positions of the twelve digits in `CC-XXXX-XXXX-XXXX`. */
const DIGITS = [3, 4, 5, 6, 8, 9, 10, 11, 13, 14, 15, 16];
const replaced = (key: string, changes: Record<number, string>) =>
  Array.from(key, (character, index) => changes[index] ?? character).join('');
const key = fc.constant(null).map(newLicenseKey);

it.each(vector.valid.map((row) => [row.typed, row.canonical] as const))('reads %j as %s', (typed, canonical) =>
  expect(parseLicenseKey(typed)).toBe(canonical),
);

it.each(vector.invalid.map((row) => [row.typed] as const))('does not read %j', (typed) =>
  expect(parseLicenseKey(typed)).toBeNull(),
);

it('reads what it makes, and makes each digit of each place', () => {
  const keys = Array.from({ length: 2000 }, newLicenseKey);
  for (const made of keys) expect(parseLicenseKey(made)).toBe(made);
  expect(new Set(keys).size).toBe(2000);
  for (const place of DIGITS) expect(new Set(keys.map((made) => made[place])).size).toBe(32);
});

it('catches every single wrong digit, wherever it stands', () => {
  for (const made of Array.from({ length: 20 }, newLicenseKey)) {
    for (const place of DIGITS) {
      for (const digit of ALPHABET) {
        if (digit !== made[place]) expect(parseLicenseKey(replaced(made, { [place]: digit }))).toBeNull();
      }
    }
  }
});

it('catches every two digits swapped, next to each other or not', () => {
  const places = fc.tuple(fc.constantFrom(...DIGITS), fc.constantFrom(...DIGITS));
  // The check is linear, so all pairs of digits at all pairs of places in one key stand for all keys.
  for (const left of DIGITS) {
    for (const right of DIGITS.filter((place) => place > left)) {
      const unseen = Array.from(ALPHABET)
        .flatMap((a) => Array.from(ALPHABET, (b) => [a, b] as const))
        .filter(([a, b]) => {
          const before = parseLicenseKey(completed({ [left]: a, [right]: b }, [left, right]));
          return a !== b && before !== null && parseLicenseKey(replaced(before, { [left]: b, [right]: a })) !== null;
        });
      expect(unseen).toEqual([]);
    }
  }
  fc.assert(
    fc.property(key, places, (made, [left, right]) => {
      const swapped = replaced(made, { [left]: made[right] as string, [right]: made[left] as string });
      expect(parseLicenseKey(swapped)).toBe(swapped === made ? made : null);
    }),
  );
});

/** A valid key with the given digits and zeros elsewhere, found by trying every digit at one more place. */
function completed(digits: Record<number, string>, taken: readonly number[]): string {
  const free = DIGITS.find((place) => !taken.includes(place)) as number;
  const candidates = Array.from(ALPHABET, (digit) => replaced('CC-0000-0000-0000', { ...digits, [free]: digit }));
  return candidates.find((candidate) => parseLicenseKey(candidate) !== null) as string;
}
