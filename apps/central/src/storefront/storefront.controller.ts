import { FeedQuery, StorefrontCategories, StorefrontPackages, StorefrontProduct } from '@hansa/contracts';
import { Clock, Public, RateLimiter, rateHeaders, RequestError, setHeaders } from '@hansa/platform';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendFinished } from '#catalog';
import { CentralConfig } from '#config';
import { Storefront } from './storefront.service.js';

/** The public catalog, for people without a shop or a key. What shops read is `store/marketplace/feed`. */
@ApiTags('Storefront')
@Controller('storefront')
export class StorefrontController {
  private readonly limiter = new RateLimiter();

  constructor(
    private readonly storefront: Storefront,
    private readonly config: CentralConfig,
    private readonly clock: Clock,
  ) {}

  /** One page of the published packages. */
  @Get('packages')
  @Public()
  @ApiOkResponse({ type: StorefrontPackages })
  async packages(@Query() query: FeedQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.count(request, reply);
    sendFinished(await this.storefront.packages(request.raw.url!, query), request, reply);
  }

  /** One package with what can be had of it. */
  @Get('packages/:vendor/:name')
  @Public()
  @ApiOkResponse({ type: StorefrontProduct })
  async product(
    @Param('vendor') vendor: string,
    @Param('name') name: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.count(request, reply);
    sendFinished(await this.storefront.product(request.raw.url!, `${vendor}/${name}`), request, reply);
  }

  /** The categories there are packages in, the largest first. */
  @Get('categories')
  @Public()
  @ApiOkResponse({ type: StorefrontCategories })
  async categories(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.count(request, reply);
    sendFinished(await this.storefront.categories(request.raw.url!), request, reply);
  }

  private count(request: FastifyRequest, reply: FastifyReply): void {
    const rate = this.limiter.take(request.ip, this.config.rates.anonymous, this.clock.now().getTime());
    setHeaders(reply, rateHeaders(rate));
    if (!rate.allowed) throw new RequestError('RATE_LIMITED');
  }
}
