import { Module, type DynamicModule } from '@nestjs/common';
import { HubModule } from '#hub';
import { LicensesModule } from '#licenses';
import { PluginsModule } from '#plugins';
import { TufModule } from '#tuf';
import { AcquirePackage } from './acquire-package.js';
import { Faults } from './faults.js';
import { FileSweep } from './file-sweep.js';
import { InstallerController } from './installer.controller.js';
import { InstallerService } from './installer.service.js';
import { MigratePlugin } from './migrate-plugin.js';
import { PackageLocks } from './package-lock.js';
import { RunInstallJob } from './run-install.job.js';
import { RunRelease } from './run-release.js';
import { UploadPackage } from './upload-package.js';
import { UploadController } from './upload.controller.js';

@Module({})
export class InstallerModule {
  /** `faults` is told when work reaches the places where losing the process matters; tests end it there. */
  static forRoot(faults: Faults = new Faults()): DynamicModule {
    return {
      module: InstallerModule,
      global: true,
      imports: [HubModule, LicensesModule, PluginsModule, TufModule],
      controllers: [InstallerController, UploadController],
      providers: [
        InstallerService,
        AcquirePackage,
        RunRelease,
        RunInstallJob,
        FileSweep,
        MigratePlugin,
        PackageLocks,
        UploadPackage,
        { provide: Faults, useValue: faults },
      ],
      exports: [InstallerService, RunInstallJob, FileSweep],
    };
  }
}
