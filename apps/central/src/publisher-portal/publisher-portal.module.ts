import { Module } from '@nestjs/common';
import { AccountsModule } from '#accounts';
import { ReleasesModule } from '#releases';
import { TokensModule } from '#tokens';
import { AccountPagesController } from './account-pages.controller.js';
import { AccountController } from './account.controller.js';
import { OwnCatalogController } from './own-catalog.controller.js';
import { OwnCatalog } from './own-catalog.service.js';
import { PublisherKeysController } from './publisher-keys.controller.js';
import { PublisherTeamController } from './publisher-team.controller.js';

@Module({
  imports: [AccountsModule, ReleasesModule, TokensModule],
  controllers: [
    AccountController,
    AccountPagesController,
    OwnCatalogController,
    PublisherKeysController,
    PublisherTeamController,
  ],
  providers: [OwnCatalog],
})
export class PublisherPortalModule {}
