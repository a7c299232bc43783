import { type Store } from './store.js';

/** What one use case may touch. All it writes is kept together, or nothing is (`Store.change`). */
export interface Work {
  readonly store: Store;
  /** Seconds since 1970: time as the API writes it. */
  readonly now: number;
  readonly nowMs: number;
  /** The API request being served; both null for what happens by itself. */
  readonly request: { readonly id: string | null; readonly idempotency_key: string | null };
  readonly publicUrl: string;
  readonly settleDelayMs: number;
  /** What automatic tax finds. */
  readonly taxPercent: number;
}
