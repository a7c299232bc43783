export { FAULT_POINTS, Faults, type FaultPoint } from './faults.js';
export { FileSweep } from './file-sweep.js';
export { InstallJob, InstallStepEntry, PublisherPin } from './install-job.entity.js';
export { InstallerError } from './installer.errors.js';
export { InstallerModule } from './installer.module.js';
export { InstallerService } from './installer.service.js';
export { PluginMigration, PluginSnapshot } from './plugin-migration.entity.js';
export { RunInstallJob } from './run-install.job.js';
