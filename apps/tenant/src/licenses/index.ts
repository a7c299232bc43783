export { License } from './license.entity.js';
export { LicenseRequest } from './license-request.entity.js';
export { HubRevocations } from './revocation-list.entity.js';
export { LicensesModule } from './licenses.module.js';
export { LicensesService, type IssuedLicense } from './licenses.service.js';
