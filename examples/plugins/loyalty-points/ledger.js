import { createHmac } from 'node:crypto';

/**
 * @typedef {{ at: string, kind: 'earn' | 'take_back' | 'redeem' | 'partner', points: number, reference: string }} Entry
 * @typedef {{ customer: string, balance: number, entries: Entry[] }} Account
 */

/** Older entries are summed up in the first one, so that an account stays small and its balance stays explained. */
const KEPT_ENTRIES = 200;

/** Points for an amount in cents. */
export function pointsFor(cents, { earn_rate: rate, rounding }) {
  const exact = (cents * rate) / 100;
  return rounding === 'nearest' ? Math.round(exact) : Math.floor(exact);
}

/**
 * The account with one more entry. An entry with the kind and reference of an earlier one changes nothing: events and requests
 * may arrive twice. A balance may go below zero only when a canceled order takes back what is spent already.
 *
 * @returns {{ account: Account, added: boolean } | { refused: 'POINTS_NOT_ENOUGH', account: Account }}
 */
export function book(account, entry) {
  if (account.entries.some(({ kind, reference }) => kind === entry.kind && reference === entry.reference))
    return { account, added: false };
  const balance = account.balance + entry.points;
  if (entry.kind === 'redeem' && balance < 0) return { refused: 'POINTS_NOT_ENOUGH', account };
  return { account: { ...account, balance, entries: shorten([...account.entries, entry]) }, added: true };
}

function shorten(entries) {
  if (entries.length <= KEPT_ENTRIES) return entries;
  const [first, second, ...rest] = entries;
  return [{ ...second, kind: 'earn', points: first.points + second.points, reference: 'carried-over' }, ...rest];
}

/** A code only the shop can make: HMAC over customer and reference, in letters that cannot be confused. */
export function voucherCode(secret, customer, reference) {
  const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  const bytes = createHmac('sha256', secret)
    .update(JSON.stringify([customer, reference]))
    .digest()
    .subarray(0, 12);
  const text = [...bytes].map((byte) => alphabet[byte % 32]).join('');
  return text.match(/.{4}/g).join('-');
}
