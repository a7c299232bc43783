import { Module } from '@nestjs/common';
import { AccountsModule } from '#accounts';
import { TokensModule } from '#tokens';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveriesService } from './deliveries.service.js';
import { PublishableKeysController } from './publishable-keys.controller.js';
import { SessionController } from './session.controller.js';

@Module({
  imports: [AccountsModule, TokensModule],
  controllers: [DeliveriesController, PublishableKeysController, SessionController],
  providers: [DeliveriesService],
})
export class ConsoleModule {}
