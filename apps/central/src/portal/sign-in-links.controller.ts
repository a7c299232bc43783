import { PortalLink } from '@hansa/contracts';
import { Clock, enqueue, inTransaction, Public, RateLimiter, RequestError } from '@hansa/platform';
import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiCreatedResponse, ApiTags } from '@nestjs/swagger';
import { IsEmail, MaxLength } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { MerchantLinks } from '#accounts';
import { InstanceId, Requires } from '#auth';
import { CentralConfig } from '#config';
import { offerSignIn } from './offer-sign-in.job.js';

export class SignInLinkRequest {
  @IsEmail() @MaxLength(254) email!: string;
}

@ApiTags('Merchants')
@Controller()
export class SignInLinksController {
  private readonly limiter = new RateLimiter();

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
    private readonly links: MerchantLinks,
  ) {}

  /** Asks for a sign-in link by mail. The answer is the same whether the hub knows the address or not. */
  @Post('portal/sign-in-links')
  @HttpCode(202)
  @Public()
  @ApiAcceptedResponse()
  async ask(@Body() { email }: SignInLinkRequest, @Req() request: FastifyRequest): Promise<void> {
    const { allowed } = this.limiter.take(request.ip, this.config.rates.anonymous, this.clock.now().getTime());
    if (!allowed) throw new RequestError('RATE_LIMITED');
    await inTransaction(this.dataSource, (tx) => enqueue(tx, offerSignIn, { email: email.toLowerCase() }));
  }

  /** A link with which the admins of the asking shop open the portal, without a password or a mail. */
  @Post('store/marketplace/portal-links')
  @Requires('instance')
  @ApiBearerAuth()
  @ApiCreatedResponse({ type: PortalLink })
  async open(@InstanceId() instanceId: string): Promise<PortalLink> {
    const link = await inTransaction(this.dataSource, (tx) => this.links.make(tx, { instanceId }));
    return { url: link!.url, expires_at: link!.expiresAt.toISOString() };
  }
}
