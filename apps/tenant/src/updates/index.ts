export { UpdatesModule } from './updates.module.js';
export { UpdatesService } from './updates.service.js';
