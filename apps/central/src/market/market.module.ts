import { Module } from '@nestjs/common';
import { AccountsModule } from '#accounts';
import { MailModule } from '#mail';
import { TokensModule } from '#tokens';
import { Authorizations } from './authorizations.service.js';
import { AuthorizeController } from './authorize.controller.js';
import { MarketClients } from './clients.service.js';
import { MarketAccessController } from './market-access.controller.js';
import { MarketClientsController } from './market-clients.console.controller.js';
import { MarketSignIn } from './market-sign-in.job.js';
import { Visitors } from './visitors.js';

@Module({
  imports: [AccountsModule, MailModule, TokensModule],
  controllers: [AuthorizeController, MarketAccessController, MarketClientsController],
  providers: [Authorizations, MarketClients, MarketSignIn, Visitors],
  exports: [MarketClients],
})
export class MarketModule {}
