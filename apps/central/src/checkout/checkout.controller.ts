import { CheckoutSessionRequest, CheckoutSessionResponse } from '@hansa/contracts';
import { Body, Controller, Headers, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiTags } from '@nestjs/swagger';
import { Requires } from '#auth';
import { CheckoutService } from './checkout.service.js';

@ApiTags('Checkout')
@Controller('store/marketplace/checkout')
export class CheckoutController {
  constructor(private readonly checkout: CheckoutService) {}

  /** Opens Stripe's page for one purchase (federation.md §2). The same `Idempotency-Key` within a day opens no second one. */
  @Post('session')
  @Requires('shop')
  @ApiHeader({ name: 'Idempotency-Key', required: false, schema: { type: 'string', maxLength: 255 } })
  @ApiCreatedResponse({ type: CheckoutSessionResponse })
  async open(
    @Body() request: CheckoutSessionRequest,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
  ): Promise<CheckoutSessionResponse> {
    const order = await this.checkout.open(request, idempotencyKey);
    return {
      url: order.sessionUrl!,
      session_id: order.stripeSessionId!,
      order_id: order.id,
      expires_at: order.expiresAt.toISOString(),
    };
  }
}
