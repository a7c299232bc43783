import { Public, rawBodyOf } from '@hansa/platform';
import { Controller, Headers, HttpCode, Post, Req } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import { IsBoolean } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { StripeInbox } from './stripe-inbox.service.js';

export class StripeReceipt {
  @IsBoolean() received!: true;
}

@ApiTags('Webhooks')
@Controller('webhooks/stripe')
export class StripeWebhookController {
  constructor(private readonly inbox: StripeInbox) {}

  /** Takes an event of Stripe. The signature is all the access it needs; the same event again is answered and nothing more. */
  @Post()
  @HttpCode(200)
  @Public()
  @RouteConfig({ rawBody: true })
  @ApiHeader({ name: 'Stripe-Signature', required: true })
  @ApiOkResponse({ type: StripeReceipt })
  async receive(
    @Req() request: FastifyRequest,
    @Headers('stripe-signature') signature: string | undefined,
  ): Promise<StripeReceipt> {
    await this.inbox.receive(rawBodyOf(request), signature ?? '');
    return { received: true };
  }
}
