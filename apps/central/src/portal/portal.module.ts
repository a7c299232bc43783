import { Module } from '@nestjs/common';
import { AccountsModule } from '#accounts';
import { CheckoutModule } from '#checkout';
import { LicensesModule } from '#licenses';
import { MailModule } from '#mail';
import { MerchantController } from './merchant.controller.js';
import { MerchantInvoicesController } from './merchant-invoices.controller.js';
import { MerchantLicensesController } from './merchant-licenses.controller.js';
import { OfferSignIn } from './offer-sign-in.job.js';
import { PortalInvoices } from './portal-invoices.service.js';
import { PortalLicenses } from './portal-licenses.service.js';
import { SignInController } from './sign-in.controller.js';
import { SignInLinksController } from './sign-in-links.controller.js';

@Module({
  imports: [AccountsModule, CheckoutModule, LicensesModule, MailModule],
  controllers: [
    MerchantController,
    MerchantInvoicesController,
    MerchantLicensesController,
    SignInController,
    SignInLinksController,
  ],
  providers: [OfferSignIn, PortalInvoices, PortalLicenses],
})
export class PortalModule {}
