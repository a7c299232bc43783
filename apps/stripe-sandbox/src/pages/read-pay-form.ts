import { isEmail } from '../api/params.js';
import { type FormFields } from '../api/form.js';
import { asksForMeans, type CheckoutRecord } from '../checkout/checkout-record.js';
import { type Payer } from '../checkout/pay-session.js';
import { DELAYED_METHODS, type DelayedMethod } from '../payments/delayed-methods.js';
import { type CardEntry } from '../payments/instrument.js';
import { cardFor, type Decline } from '../payments/test-cards.js';
import { knownEmail, type PayFormValues, type PayProblem } from './pay-page.js';

export type Means =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'card'; readonly entry: CardEntry }
  | { readonly kind: 'debit'; readonly method: DelayedMethod; readonly account: string };

export interface PayForm {
  readonly payer: Payer;
  readonly means: Means;
}

/** What was typed that may be shown again. */
export function typedValues(fields: FormFields): PayFormValues {
  return { email: textOf(fields, 'email'), name: textOf(fields, 'cardholder_name'), method: textOf(fields, 'method') };
}

/** Reads the payment form: who pays and how, or the first problem with it. */
export function readPayForm(record: CheckoutRecord, fields: FormFields, nowMs: number): PayForm | PayProblem {
  const email = knownEmail(record) ?? textOf(fields, 'email');
  if (!isEmail(email)) return { field: 'email', message: 'Your email is invalid.' };
  const payer: Payer = { email, name: textOf(fields, 'cardholder_name').slice(0, 200) || null };
  const means = readMeans(record, fields, nowMs);
  return 'message' in means ? means : { payer, means };
}

function readMeans(record: CheckoutRecord, fields: FormFields, nowMs: number): Means | PayProblem {
  const { session } = record;
  if (!asksForMeans(record)) return { kind: 'nothing' };
  const types = session.payment_method_types;
  const type = textOf(fields, 'method') || types[0];
  if (type === undefined || !types.includes(type)) {
    return { field: 'method', message: 'This payment method is not available.' };
  }
  const method = DELAYED_METHODS.find((it) => it.type === type);
  return method ? readDebit(method, fields) : readCard(fields, nowMs);
}

function readDebit(method: DelayedMethod, fields: FormFields): Means | PayProblem {
  const field = `${method.type}_account`;
  const account = textOf(fields, field).replace(/\s/g, '').toUpperCase();
  if (!method.accountPattern.test(account)) return { field, message: `The ${method.accountLabel} is invalid.` };
  return { kind: 'debit', method, account };
}

/** Reads the fields of a card, or the first problem with them. */
export function readCard(fields: FormFields, nowMs: number): Extract<Means, { kind: 'card' }> | PayProblem {
  const number = textOf(fields, 'card_number').replace(/[\s-]/g, '');
  if (!/^\d{12,19}$/.test(number)) return { field: 'card_number', message: 'Your card number is incomplete.' };
  const card = cardFor(number);
  if (!('brand' in card) && card.code === 'incorrect_number') return { field: 'card_number', message: card.message };
  const expiry = readExpiry(textOf(fields, 'card_expiry'));
  if (!expiry) return { field: 'card_expiry', message: 'Your card’s expiration date is incomplete.' };
  if (isPast(expiry, nowMs)) return { field: 'card_expiry', message: 'Your card’s expiration date is in the past.' };
  if (!/^\d{3,4}$/.test(textOf(fields, 'card_cvc'))) {
    return { field: 'card_cvc', message: 'Your card’s security code is incomplete.' };
  }
  const entry = { last4: number.slice(-4), expMonth: expiry.month, expYear: expiry.year };
  return { kind: 'card', entry: { ...entry, card: 'brand' in card ? card : unknownCard(card) } };
}

/** A card that is well formed and no test card: kept as one that declines, so that the attempt is recorded. */
function unknownCard(decline: Decline): CardEntry['card'] {
  return { number: '', brand: 'unknown', behavior: { kind: 'declines', decline }, about: '' };
}

function readExpiry(text: string): { month: number; year: number } | null {
  const match = /^(\d{1,2})\s*[/-]?\s*(\d{2}|20\d{2})$/.exec(text);
  const month = Number(match?.[1]);
  if (!match || month < 1 || month > 12) return null;
  return { month, year: (Number(match[2]) % 100) + 2000 };
}

/** A card is good until the end of its month. */
function isPast({ month, year }: { month: number; year: number }, nowMs: number): boolean {
  return Date.UTC(year, month, 1) <= nowMs;
}

function textOf(fields: FormFields, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
