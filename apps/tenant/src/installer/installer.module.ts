import { Module } from '@nestjs/common';
import { HubModule } from '#hub';
import { LicensesModule } from '#licenses';
import { PluginsModule } from '#plugins';
import { InstallWork } from './install-work.js';
import { InstallerController } from './installer.controller.js';
import { InstallerService } from './installer.service.js';
import { RunInstallJob } from './run-install.job.js';

@Module({
  imports: [HubModule, LicensesModule, PluginsModule],
  controllers: [InstallerController],
  providers: [InstallerService, InstallWork, RunInstallJob],
  exports: [InstallerService, RunInstallJob],
})
export class InstallerModule {}
