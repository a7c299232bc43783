export { DatabaseListener } from './listener.js';
export { DatabaseModule } from './database.module.js';
export { MIGRATIONS } from './migrations/index.js';
