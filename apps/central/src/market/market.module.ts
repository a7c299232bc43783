import { Module } from '@nestjs/common';
import { AccountsModule } from '#accounts';
import { CatalogModule } from '#catalog';
import { CertificatePayments, CertificatesModule } from '#certificates';
import { CheckoutModule } from '#checkout';
import { MailModule } from '#mail';
import { TokensModule } from '#tokens';
import { Authorizations } from './authorizations.service.js';
import { AuthorizeController } from './authorize.controller.js';
import { CertificateMoney } from './certificate-money.service.js';
import { MarketClients } from './clients.service.js';
import { FollowPurchase } from './follow-purchase.job.js';
import { MarketAccessController } from './market-access.controller.js';
import { MarketCertificatesController } from './market-certificates.controller.js';
import { MarketCertificates } from './market-certificates.service.js';
import { MarketCheckoutController } from './market-checkout.controller.js';
import { MarketCheckout } from './market-checkout.service.js';
import { MarketClientsController } from './market-clients.console.controller.js';
import { MarketOrders } from './market-orders.service.js';
import { MarketProductsController } from './market-products.console.controller.js';
import { MarketShopController } from './market-shop.controller.js';
import { MarketSignIn } from './market-sign-in.job.js';
import { MarketRates, ProductLane } from './product-lane.js';
import { MarketProducts } from './products.service.js';
import { ResumePayments } from './resume-payments.job.js';
import { SweepMarket } from './sweep-market.job.js';
import { Visitors } from './visitors.js';

@Module({
  imports: [AccountsModule, CatalogModule, CertificatesModule, CheckoutModule, MailModule, TokensModule],
  controllers: [
    AuthorizeController,
    MarketAccessController,
    MarketCertificatesController,
    MarketCheckoutController,
    MarketClientsController,
    MarketProductsController,
    MarketShopController,
  ],
  providers: [
    Authorizations,
    CertificateMoney,
    { provide: CertificatePayments, useExisting: CertificateMoney },
    MarketCertificates,
    MarketCheckout,
    MarketClients,
    MarketOrders,
    MarketProducts,
    MarketRates,
    FollowPurchase,
    MarketSignIn,
    ProductLane,
    ResumePayments,
    SweepMarket,
    Visitors,
  ],
  exports: [MarketClients, MarketProducts],
})
export class MarketModule {}
