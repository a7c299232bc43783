export { License, LicenseActivation } from './license.entity.js';
export { LicenseChanges } from './license-changes.service.js';
export { LicensePeriod, PaymentReturn, Subscription, type ReturnState } from './license-period.entity.js';
export {
  addPeriod,
  addReturn,
  findOrderOfPayment,
  linkInvoice,
  listPeriods,
  putPaymentFailure,
  putSubscription,
  type OrderPeriod,
} from './license-periods.repository.js';
export { standingFrom, takenBack, type PaidPeriod, type Standing } from './license-standing.js';
export { statusOf } from './license-verdict.js';
export { LicenseError } from './licenses.errors.js';
export { LicensesModule } from './licenses.module.js';
export {
  LicensesService,
  type IssuedLicense,
  type IssueLicense,
  type LicenseVerdict,
  type VerdictLicense,
} from './licenses.service.js';
