import { HEADERS } from '@hansa/contracts';
import { Clock, RateLimiter, type RateVerdict } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';
import { CentralConfig } from '#config';
import { PublishableKeys } from '#tokens';

export interface Admission {
  readonly keyId: string | undefined;
  readonly rate: RateVerdict;
  /** Why the request is refused, if it is. */
  readonly refusal?: 'PUBLISHABLE_KEY_REQUIRED' | 'PUBLISHABLE_KEY_REFUSED' | 'RATE_LIMITED';
}

/** Decides in memory who may read the store: publishable key, then limit (federation.md §1). */
@Injectable()
export class ShopGate {
  private readonly limiter = new RateLimiter();

  constructor(
    private readonly config: CentralConfig,
    private readonly keys: PublishableKeys,
    private readonly clock: Clock,
  ) {}

  /** Counts the request and says whether it may go on. A wrong key counts against its address, so keys cannot be guessed freely. */
  admit(headers: IncomingHttpHeaders, ip: string): Admission {
    const given = headers[HEADERS.publishableKey];
    const keyId = typeof given === 'string' ? this.keys.identify(given) : undefined;
    const { rates, feedAccess } = this.config;
    const now = this.clock.now().getTime();
    const rate = keyId
      ? this.limiter.take(`${keyId}|${ip}`, rates.key, now)
      : this.limiter.take(ip, rates.anonymous, now);
    if (!rate.allowed) return { keyId, rate, refusal: 'RATE_LIMITED' };
    if (given !== undefined && !keyId) return { keyId, rate, refusal: 'PUBLISHABLE_KEY_REFUSED' };
    if (!keyId && feedAccess === 'key') return { keyId, rate, refusal: 'PUBLISHABLE_KEY_REQUIRED' };
    return { keyId, rate };
  }
}
