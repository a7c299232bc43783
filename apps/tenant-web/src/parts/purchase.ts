/** The purchase this browser has begun and not seen the end of. */
export interface Purchase {
  readonly marketplaceId: string;
  readonly name: string;
  readonly version: string;
  /** Nothing is paid for what this shop has bought before: only its license comes once more. */
  readonly isPaid?: boolean;
  /** When payment began; only what is installed after it counts. */
  readonly startedAt: string;
}

const KEY = 'hansa-purchase';
/** Stripe's page is open for a day; who has not come back by then has given up. */
const KEPT_MS = 24 * 60 * 60 * 1_000;

export function rememberPurchase(purchase: Purchase): void {
  localStorage.setItem(KEY, JSON.stringify(purchase));
}

export function forgetPurchase(): void {
  localStorage.removeItem(KEY);
}

/** The purchase under way; null when there is none, or none of the last day. */
export function pendingPurchase(now = new Date()): Purchase | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Purchase | null;
    return kept && now.getTime() - Date.parse(kept.startedAt) < KEPT_MS ? kept : null;
  } catch {
    return null;
  }
}
