export { DatabaseModule } from './database.module.js';
export { MIGRATIONS } from './migrations/index.js';
export { PageQuery, pageOf, type Page } from './page.js';
