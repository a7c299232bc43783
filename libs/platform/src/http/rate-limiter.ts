import { LRUCache } from 'lru-cache';

export interface RateVerdict {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Whole seconds until the window ends, at least 1. */
  readonly resetSeconds: number;
}

interface Window {
  count: number;
  endsAt: number;
}

/** Callers remembered at once; the one not seen longest makes room. */
const MAX_CALLERS = 50_000;

/** Counts requests by caller in fixed windows, in this process. */
export class RateLimiter {
  private readonly windows = new LRUCache<string, Window>({ max: MAX_CALLERS });

  constructor(private readonly windowMs = 60_000) {}

  /** Counts one request of `caller` against `limit` a window. `now` is in milliseconds. */
  take(caller: string, limit: number, now: number): RateVerdict {
    let window = this.windows.get(caller);
    if (!window || window.endsAt <= now) {
      window = { count: 0, endsAt: now + this.windowMs };
      this.windows.set(caller, window);
    }
    window.count += 1;
    const resetSeconds = Math.max(1, Math.ceil((window.endsAt - now) / 1_000));
    return { allowed: window.count <= limit, limit, remaining: Math.max(0, limit - window.count), resetSeconds };
  }

  /** Whether `take` would refuse `caller`. Counts nothing. */
  isSpent(caller: string, limit: number, now: number): boolean {
    const window = this.windows.get(caller);
    return window !== undefined && window.endsAt > now && window.count >= limit;
  }
}

/**
 * `RateLimit-*` headers for a verdict, and `Retry-After` when it is a refusal (federation.md §1), as names and values by turns.
 */
export function rateHeaders({ allowed, limit, remaining, resetSeconds }: RateVerdict): string[] {
  const reset = String(resetSeconds);
  const headers = [
    'ratelimit-limit',
    String(limit),
    'ratelimit-remaining',
    String(remaining),
    'ratelimit-reset',
    reset,
  ];
  if (!allowed) headers.push('retry-after', reset);
  return headers;
}
