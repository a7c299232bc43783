export { License, LicenseActivation } from './license.entity.js';
export { LicenseError } from './licenses.errors.js';
export { LicensesModule } from './licenses.module.js';
export {
  LicensesService,
  type IssuedLicense,
  type IssueLicense,
  type LicenseVerdict,
  type VerdictLicense,
} from './licenses.service.js';
