import { Module } from '@nestjs/common';
import { CheckoutModule } from '#checkout';
import { MailModule } from '#mail';
import { ConnectGateway } from './connect-gateway.js';
import { EarningsByMonthController } from './earnings-by-month.controller.js';
import { EarningsController } from './earnings.controller.js';
import { MoneyCheck } from './money-check.service.js';
import { OnboardingPagesController } from './onboarding-pages.controller.js';
import { PayoutAccounts } from './payout-accounts.service.js';
import { PayoutsService } from './payouts.service.js';
import { StripeFees } from './stripe-fees.service.js';

@Module({
  imports: [CheckoutModule, MailModule],
  controllers: [EarningsByMonthController, EarningsController, OnboardingPagesController],
  providers: [ConnectGateway, MoneyCheck, PayoutAccounts, PayoutsService, StripeFees],
  exports: [MoneyCheck, PayoutAccounts, PayoutsService, StripeFees],
})
export class EarningsModule {}
