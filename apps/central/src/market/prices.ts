/** How many decimals amounts of a currency have (ISO 4217). */
function decimalsOf(currency: string): number {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  return maximumFractionDigits;
}

/** The amount in major units, as cPanel's product lists have it: 1250 is 12.5 EUR. */
export function majorUnits(amountMinor: number, currency: string): number {
  return amountMinor / 10 ** decimalsOf(currency);
}

/** Whether a price somebody was shown, in major units, is this amount. */
export function isSamePrice(shown: number, amountMinor: number, currency: string): boolean {
  return Math.round(shown * 10 ** decimalsOf(currency)) === amountMinor;
}

/** For people: `EUR 12.50`. */
export function priceText(amountMinor: number, currency: string): string {
  return `${currency} ${majorUnits(amountMinor, currency).toFixed(decimalsOf(currency))}`;
}
