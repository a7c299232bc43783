import { Module } from '@nestjs/common';
import { FeedModule } from '#feed';
import { HubModule } from '#hub';
import { LicensesModule } from '#licenses';
import { CheckForUpdatesJob } from './check-for-updates.job.js';
import { UpdatePolicyService } from './update-policy.service.js';
import { UpdatesController } from './updates.controller.js';
import { UpdatesService } from './updates.service.js';

@Module({
  imports: [FeedModule, HubModule, LicensesModule],
  controllers: [UpdatesController],
  providers: [UpdatesService, UpdatePolicyService, CheckForUpdatesJob],
  exports: [UpdatesService, CheckForUpdatesJob],
})
export class UpdatesModule {}
