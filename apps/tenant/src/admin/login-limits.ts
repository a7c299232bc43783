import { Clock, rateHeaders, setHeaders, RateLimiter, RequestError } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TenantConfig } from '#config';

/** How often somebody may try to sign in, however they do it. */
@Injectable()
export class LoginLimits {
  private readonly limiter = new RateLimiter();

  constructor(
    private readonly config: TenantConfig,
    private readonly clock: Clock,
  ) {}

  /** @throws {RequestError} RATE_LIMITED */
  take(email: string, request: FastifyRequest, reply: FastifyReply): void {
    this.limit(`ip ${request.ip}`, this.config.logins.perAddress, reply);
    // By account too, or a guesser with many addresses would have as many tries.
    this.limit(`email ${email.toLowerCase()}`, this.config.logins.perEmail, reply);
  }

  private limit(caller: string, perMinute: number, reply: FastifyReply): void {
    const rate = this.limiter.take(caller, perMinute, this.clock.now().getTime());
    if (rate.allowed) return;
    setHeaders(reply, rateHeaders(rate));
    throw new RequestError('RATE_LIMITED');
  }
}
