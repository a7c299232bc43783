export { explainAtHub } from './explain-at-hub.js';
export { followLicense } from './follow-license.job.js';
export { License, LicenseActivation } from './license.entity.js';
export { LicenseMove } from './license-move.entity.js';
export { LicenseMoves } from './license-moves.service.js';
export {
  findMerchantLicense,
  listMerchantLicenses,
  listMerchantPayments,
  type LicenseHolder,
  type MerchantLicenseRow,
  type MerchantPaymentRow,
} from './merchant-licenses.repository.js';
export { jointShare, type JointPart } from './joint-share.js';
export { changeBetween, LicenseChanges } from './license-changes.service.js';
export { LicensePeriod, PaymentReturn, Subscription, type ReturnState } from './license-period.entity.js';
export {
  addPeriod,
  addReturn,
  JOINT_PART,
  linkInvoice,
  putPaymentFailure,
  putSubscription,
  type FactSql,
  type OrderPeriod,
} from './license-periods.repository.js';
export { standingFrom, takenBack, type PaidPeriod, type Standing } from './license-standing.js';
export { mayAddTo, turnOf } from './license-turn.js';
export { findOwned, hasTried } from './licenses.repository.js';
export { readOrderLicense, type LicensedOrder, type OrderLicense } from './order-license.repository.js';
export { statusOf } from './license-verdict.js';
export { LicenseError } from './licenses.errors.js';
export { LicensesModule } from './licenses.module.js';
export {
  LicensesService,
  viewOf,
  type IssuedLicense,
  type IssueLicense,
  type LicenseVerdict,
  type VerdictLicense,
} from './licenses.service.js';
export { answerView } from './answer-view.js';
export { OfflineRequestError } from './offline-requests.errors.js';
export { OfflineRequests, type OfflineAnswer } from './offline-requests.service.js';
export { RevocationLists } from './revocation-list.service.js';
