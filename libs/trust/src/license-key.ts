import { randomBytes } from 'node:crypto';

/** Crockford base32: no I, L, O, U. A digit's place is its value. */
export const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 12;
/** The value of a digit by its character code, as people type it: in lower case, O for 0, I and L for 1. */
const VALUES = new Map<number, number>();
for (let value = 0; value < DIGITS.length; value += 1) {
  VALUES.set(DIGITS.charCodeAt(value), value).set(DIGITS.toLowerCase().charCodeAt(value), value);
}
for (const [typed, value] of ['O0', 'o0', 'I1', 'i1', 'L1', 'l1']) VALUES.set(typed!.charCodeAt(0), Number(value));

/**
 * Makes a license key, `CC-XXXX-XXXX-XXXX`: eleven random digits (55 bits) and a check digit (§1).
 */
export function newLicenseKey(): string {
  const digits = Array.from(randomBytes(LENGTH - 1), (byte) => byte & 31);
  return format([...digits, checkDigit(digits)]);
}

/**
 * Reads a key as people type it and returns its canonical form, or null if it cannot be a key. Forgiven: lower case,
 * O for 0, I and L for 1, hyphens, dashes and spaces missing, added or moved. The leading CC is required.
 *
 * The check digit catches every single wrong character and every two characters swapped, wherever they stand.
 */
export function parseLicenseKey(text: string): string | null {
  if (text.length > 64) return null;
  const compact = text.replace(/[\s\u2010-\u2015\u2212-]/g, '');
  if (!/^CC[0-9A-TV-Z]{12}$/i.test(compact)) return null;
  const digits = readDigits(compact.slice(2));
  return digits && checkDigit(digits) === 0 ? format(digits) : null;
}

/** The values of base32 digits as people type them, or null. */
export function readDigits(text: string): number[] | null {
  const digits: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const value = VALUES.get(text.charCodeAt(at));
    if (value === undefined) return null;
    digits.push(value);
  }
  return digits;
}

/**
 * A weighted sum over the field of 32 elements, weights 2, 4, 8, … Sums modulo 32 cannot do this: a weight that catches
 * every substitution is odd there, and the difference of two odd weights is even, so some swaps go unseen. In a field
 * every non-zero weight and every difference of two weights has an inverse, and no two of up to 31 powers of 2 are equal.
 * Over all twelve digits of a right key it is 0.
 */
export function checkDigit(digits: readonly number[]): number {
  return digits.reduce((sum, digit) => double(sum ^ digit), 0);
}

/** Times x in GF(2)[x] / (x⁵ + x² + 1), whose powers of x run through all 31 non-zero elements. */
function double(element: number): number {
  return element & 16 ? ((element << 1) ^ 0b100101) & 31 : element << 1;
}

function format(digits: readonly number[]): string {
  const text = digits.map((digit) => DIGITS[digit]).join('');
  return `CC-${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8)}`;
}
