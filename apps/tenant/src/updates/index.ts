export { CheckForUpdatesJob } from './check-for-updates.job.js';
export { SavedPolicy, UpdateCheck } from './update-tables.entity.js';
export { UpdatesModule } from './updates.module.js';
export { UpdatesService } from './updates.service.js';
