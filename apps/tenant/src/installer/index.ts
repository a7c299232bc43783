export { InstallJob, InstallStepEntry, PublisherPin } from './install-job.entity.js';
export { InstallerError } from './installer.errors.js';
export { InstallerModule } from './installer.module.js';
export { InstallerService } from './installer.service.js';
export { RunInstallJob } from './run-install.job.js';
