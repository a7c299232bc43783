import { type Params } from '../api/params.js';
import { invalidParameter } from '../api/api-error.js';

const KNOWN = new Set(Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()));

/** Stripe's smallest amounts, in minor units; others are not checked. */
const SMALLEST: Readonly<Record<string, number>> = { eur: 50, usd: 50, gbp: 30, chf: 50 };

/** A currency in lower case. Stripe takes either case. */
export function readCurrency(params: Params, name: string): string | undefined {
  const currency = params.text(name, 10)?.toLowerCase();
  if (currency !== undefined && !KNOWN.has(currency)) {
    throw invalidParameter(params.nameOf(name), `Invalid currency: ${currency}.`);
  }
  return currency;
}

/** Refuses an amount that is too small to be charged; nothing at all is fine. */
export function checkAmount(amount: number, currency: string): void {
  const smallest = SMALLEST[currency] ?? 1;
  if (amount > 0 && amount < smallest) {
    throw invalidParameter(
      'amount',
      `The total amount must be at least ${formatAmount(smallest, currency)}.`,
      'amount_too_small',
    );
  }
}

/** An amount of minor units as people write it: `€12.00`, `¥1,200`. */
export function formatAmount(amount: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: currency.toUpperCase() });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits);
}
