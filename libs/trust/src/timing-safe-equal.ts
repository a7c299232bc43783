import { timingSafeEqual } from 'node:crypto';

/**
 * Compares two texts in a time that depends on their lengths only, so that a secret cannot be guessed letter by letter.
 * The lengths themselves are not hidden.
 */
export function timingSafeEqualText(left: string, right: string): boolean {
  const a = Buffer.from(left, 'utf8');
  const b = Buffer.from(right, 'utf8');
  return a.length === b.length && timingSafeEqual(a, b);
}
