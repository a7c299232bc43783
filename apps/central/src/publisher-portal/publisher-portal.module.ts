import { Module } from '@nestjs/common';
import { AccountsModule } from '#accounts';
import { TokensModule } from '#tokens';
import { AccountController } from './account.controller.js';
import { PublisherKeysController } from './publisher-keys.controller.js';
import { PublisherTeamController } from './publisher-team.controller.js';

@Module({
  imports: [AccountsModule, TokensModule],
  controllers: [AccountController, PublisherKeysController, PublisherTeamController],
})
export class PublisherPortalModule {}
