import { Module } from '@nestjs/common';
import { InstancesModule } from '#instances';
import { LicensesModule } from '#licenses';
import { CheckoutController } from './checkout.controller.js';
import { CheckoutService } from './checkout.service.js';
import { PurchasePayments } from './purchase-payments.js';
import { Purchases } from './purchases.service.js';
import { ReturnPagesController } from './return-pages.controller.js';
import { StripeGateway } from './stripe-gateway.js';

@Module({
  imports: [InstancesModule, LicensesModule],
  controllers: [CheckoutController, ReturnPagesController],
  providers: [CheckoutService, PurchasePayments, Purchases, StripeGateway],
  exports: [CheckoutService, Purchases, StripeGateway],
})
export class CheckoutModule {}
