export { Admin } from './admin.entity.js';
export { AdminError } from './admin.errors.js';
export { AdminModule } from './admin.module.js';
export { AdminPages } from './admin-pages.js';
export { AdminsService } from './admins.service.js';
