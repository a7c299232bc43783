import { Clock, Public, RateLimiter, RequestError } from '@hansa/platform';
import { timingSafeEqualText } from '@hansa/trust';
import { Body, Controller, Header, HttpCode, Post, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import {
  cookieValues,
  MerchantCookies,
  MerchantsService,
  XSRF_COOKIE,
  xsrfTokenOf,
  type SignedInMerchant,
} from '#accounts';
import { CentralConfig } from '#config';
import { GraphqlService, type GraphqlAnswer } from './graphql.service.js';
import { ExtensionTokenError } from './secure-tokens.errors.js';

/** Requests a minute and session. A page asks for a token every five minutes. */
const REQUESTS_PER_MINUTE = 30;

/** The GraphQL endpoint of the portal's own pages (docs/protocol/secure-tokens.md §1). Refusals are GraphQL errors, in a 200. */
@ApiExcludeController()
@Controller('api/graphql')
export class GraphqlController {
  private readonly limiter = new RateLimiter();
  private readonly cookies: MerchantCookies;
  private readonly origin: string;

  constructor(
    private readonly merchants: MerchantsService,
    private readonly graphql: GraphqlService,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
  ) {
    this.cookies = new MerchantCookies(config.hubUrl);
    this.origin = new URL(config.hubUrl).origin;
  }

  @Post()
  @HttpCode(200)
  @Public()
  @Header('cache-control', 'no-store')
  async run(@Body() body: unknown, @Req() request: FastifyRequest): Promise<GraphqlAnswer> {
    // A form or a text body would arrive without a preflight.
    if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
      throw new RequestError('UNSUPPORTED_MEDIA_TYPE');
    return this.graphql.answer(body, request, () => this.admit(request));
  }

  /** @throws {ExtensionTokenError} FORBIDDEN, UNAUTHENTICATED or RATE_LIMITED */
  private async admit(request: FastifyRequest): Promise<SignedInMerchant> {
    const { headers, ip } = request;
    this.limit(`ip ${ip}`, this.config.rates.key);
    // Cross-site request forgery, twice over: the page's origin, and a value only a page of the hub can have read.
    if (headers.origin !== this.origin) throw new ExtensionTokenError('FORBIDDEN');
    const session = this.cookies.sessionOf(headers.cookie);
    if (session === undefined) throw new ExtensionTokenError('UNAUTHENTICATED');
    this.limit(`session ${session}`, REQUESTS_PER_MINUTE);
    const expected = xsrfTokenOf(session);
    const sent = [headers['x-xsrf-token'] ?? '', ...cookieValues(headers.cookie, XSRF_COOKIE)].flat();
    if (sent.length !== 2 || !sent.every((value) => timingSafeEqualText(value, expected)))
      throw new ExtensionTokenError('FORBIDDEN');
    const merchant = await this.merchants.findBySession(session);
    if (!merchant) throw new ExtensionTokenError('UNAUTHENTICATED');
    return merchant;
  }

  private limit(caller: string, perMinute: number): void {
    const { allowed } = this.limiter.take(caller, perMinute, this.clock.now().getTime());
    if (!allowed) throw new ExtensionTokenError('RATE_LIMITED');
  }
}
