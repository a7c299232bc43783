export { License } from './license.entity.js';
export { LicensesModule } from './licenses.module.js';
export { LicensesService, type IssuedLicense } from './licenses.service.js';
