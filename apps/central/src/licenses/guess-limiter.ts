import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

const WINDOW_MS = 60_000;
const MAX_PREFIXES = 100_000;
/** Characters of `CC-XXXX-XXXX-XXXX` that make the prefix: 20 of its 55 bits. */
const PREFIX_LENGTH = 7;
/** Wrong keys of one prefix a minute. Far more than people mistype, far fewer than a search of 35 bits needs. */
export const WRONG_KEYS_PER_PREFIX = 30;

/**
 * Stops many addresses from searching one key together: wrong keys are counted by their first characters, and a prefix with
 * too many is answered to nobody until its minute is over. Right keys cost nothing, so busy shops never notice.
 */
@Injectable()
export class GuessLimiter {
  private readonly wrong = new LRUCache<string, { count: number; endsAt: number }>({ max: MAX_PREFIXES });

  /** Seconds until keys that begin like this one are looked at again; 0 when they are. `nowMs` is in milliseconds. */
  waitSeconds(licenseKey: string, nowMs: number): number {
    const window = this.wrong.get(licenseKey.slice(0, PREFIX_LENGTH));
    if (!window || window.endsAt <= nowMs || window.count < WRONG_KEYS_PER_PREFIX) return 0;
    return Math.ceil((window.endsAt - nowMs) / 1_000);
  }

  countWrong(licenseKey: string, nowMs: number): void {
    const prefix = licenseKey.slice(0, PREFIX_LENGTH);
    const window = this.wrong.get(prefix);
    if (!window || window.endsAt <= nowMs) this.wrong.set(prefix, { count: 1, endsAt: nowMs + WINDOW_MS });
    else window.count += 1;
  }
}
