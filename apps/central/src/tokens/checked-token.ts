import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_LENGTH = 43;
const CHECK_LENGTH = 6;

/**
 * A fresh secret of 256 bits: `<prefix>_`, 43 base-62 digits, and 6 more that are the CRC-32 of everything before them. Prefix
 * and checksum let a scanner find leaked ones without false alarms, and the hub refuse nonsense without a query.
 */
export function newCheckedToken(prefix: string): string {
  const body = `${prefix}_${base62(BigInt(`0x${randomBytes(32).toString('hex')}`), SECRET_LENGTH)}`;
  return body + checksumOf(body);
}

/** Whether `token` could have come from `newCheckedToken(prefix)`. */
export function isCheckedToken(token: string, prefix: string): boolean {
  const length = prefix.length + 1 + SECRET_LENGTH + CHECK_LENGTH;
  if (token.length !== length || !token.startsWith(`${prefix}_`)) return false;
  return token.slice(-CHECK_LENGTH) === checksumOf(token.slice(0, -CHECK_LENGTH));
}

function checksumOf(body: string): string {
  return base62(BigInt(crc32(body)), CHECK_LENGTH);
}

function base62(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest /= 62n) text = DIGITS[Number(rest % 62n)]! + text;
  return text;
}
