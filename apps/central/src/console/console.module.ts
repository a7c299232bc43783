import { Module } from '@nestjs/common';
import { AccountsModule } from '#accounts';
import { InstancesModule } from '#instances';
import { LicensesModule } from '#licenses';
import { ReleasesModule } from '#releases';
import { TokensModule } from '#tokens';
import { ClonesController } from './clones.controller.js';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveriesService } from './deliveries.service.js';
import { LicenseRequestsController } from './license-requests.controller.js';
import { LicensesController } from './licenses.controller.js';
import { MailsController } from './mails.controller.js';
import { PackagesController } from './packages.controller.js';
import { PublishableKeysController } from './publishable-keys.controller.js';
import { PublishersController } from './publishers.controller.js';
import { ReleasesController } from './releases.controller.js';
import { SessionController } from './session.controller.js';

@Module({
  imports: [AccountsModule, InstancesModule, LicensesModule, ReleasesModule, TokensModule],
  controllers: [
    ClonesController,
    DeliveriesController,
    LicenseRequestsController,
    LicensesController,
    MailsController,
    PackagesController,
    PublishableKeysController,
    PublishersController,
    ReleasesController,
    SessionController,
  ],
  providers: [DeliveriesService],
})
export class ConsoleModule {}
