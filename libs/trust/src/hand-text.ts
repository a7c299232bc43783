import { createHash } from 'node:crypto';
import { checkDigit, DIGITS, readDigits } from './license-key.js';
import { TrustError } from './trust-error.js';

/** Characters a line carries, and its two check characters. */
const CARRIED = 28;
const LINE = CARRIED + 2;
const GROUP = 5;
/** Nothing that is copied by hand is longer. */
const MAX_CHARACTERS = 1_024;

/**
 * Bytes as text that people can read out and type: lines of six groups of five characters, Crockford base32. The last two of
 * each line check it: the first catches every single wrong character and every two swapped, the second, over the line's
 * number too, nearly everything else (licenses.md §5).
 */
export function toHandText(bytes: Uint8Array): string {
  const digits = toDigits(bytes);
  const lines = Array.from({ length: Math.ceil(digits.length / CARRIED) }, (_, number) => {
    const carried = digits.slice(number * CARRIED, (number + 1) * CARRIED);
    return [...carried, ...checksOf(carried, number)].map((digit) => DIGITS[digit]).join('');
  });
  return lines.map((line) => line.replace(new RegExp(`(.{${GROUP}})(?=.)`, 'g'), '$1-')).join('\n');
}

/**
 * Reads such text as people type it: lower case, O for 0, I and L for 1, any spaces, hyphens and line breaks.
 *
 * @throws {TrustError} TEXT_MISTYPED (`field` names the first line that is wrong, from 1) or TEXT_MALFORMED
 */
export function fromHandText(text: string): Buffer {
  const compact = text.length <= 2 * MAX_CHARACTERS ? text.replace(/[\s\u2010-\u2015\u2212-]/g, '') : '';
  if (compact.length <= 2 || compact.length > MAX_CHARACTERS) throw malformed('This is no text of ours.');
  const carried: number[] = [];
  for (let number = 0; number * LINE < compact.length; number += 1) {
    const digits = readDigits(compact.slice(number * LINE, (number + 1) * LINE));
    const data = digits?.slice(0, -2) ?? [];
    const isRight = digits?.slice(-2).join() === checksOf(data, number).join();
    if (data.length === 0 || !isRight) {
      throw new TrustError('TEXT_MISTYPED', `Line ${number + 1} is not as it was written.`, {
        field: `line ${number + 1}`,
      });
    }
    carried.push(...data);
  }
  return toBytes(carried);
}

function checksOf(digits: readonly number[], number: number): number[] {
  const hash = createHash('sha256').update(`${number}:${digits.join()}`).digest();
  return [checkDigit(digits), hash[0]! & 31];
}

function toDigits(bytes: Uint8Array): number[] {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => Number.parseInt(five.padEnd(5, '0'), 2));
}

/** One text per value: the bits that fill up the last character are zero. */
function toBytes(digits: readonly number[]): Buffer {
  const bits = digits.map((digit) => digit.toString(2).padStart(5, '0')).join('');
  const whole = bits.length - (bits.length % 8);
  if (bits.length - whole >= 5 || bits.slice(whole).includes('1')) throw malformed('The text has bits too many.');
  return Buffer.from((bits.slice(0, whole).match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

function malformed(why: string): TrustError {
  return new TrustError('TEXT_MALFORMED', why);
}
