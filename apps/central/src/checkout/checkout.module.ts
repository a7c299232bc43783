import { Module } from '@nestjs/common';
import { InstancesModule } from '#instances';
import { LicensesModule } from '#licenses';
import { CheckoutController } from './checkout.controller.js';
import { CheckoutService } from './checkout.service.js';
import { ReturnPagesController } from './return-pages.controller.js';
import { StripeGateway } from './stripe-gateway.js';

@Module({
  imports: [InstancesModule, LicensesModule],
  controllers: [CheckoutController, ReturnPagesController],
  providers: [CheckoutService, StripeGateway],
  exports: [CheckoutService, StripeGateway],
})
export class CheckoutModule {}
