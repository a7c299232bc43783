export { CheckForUpdatesJob } from './check-for-updates.job.js';
export { tellOfAdvisory, tellOfWithdrawal } from './tell-notices.js';
export { scheduleCheck } from './update-schedule.js';
export { SavedPolicy, UpdateCheck } from './update-tables.entity.js';
export { UpdatesModule } from './updates.module.js';
export { UpdatesService } from './updates.service.js';
