import { Module } from '@nestjs/common';
import { HubModule } from '#hub';
import { PluginsModule } from '#plugins';
import { LicensesController } from './licenses.controller.js';
import { LicensesService } from './licenses.service.js';
import { OfflineLicensesController } from './offline-licenses.controller.js';
import { OfflineLicenses } from './offline-licenses.service.js';
import { RevocationsService } from './revocations.service.js';
import { ReleaseLicenseJob } from './release-license.job.js';

@Module({
  imports: [HubModule, PluginsModule],
  controllers: [LicensesController, OfflineLicensesController],
  providers: [LicensesService, OfflineLicenses, ReleaseLicenseJob, RevocationsService],
  exports: [LicensesService],
})
export class LicensesModule {}
