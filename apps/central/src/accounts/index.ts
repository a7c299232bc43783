export { Account, Session } from './account.entity.js';
export { AccountError } from './accounts.errors.js';
export { AccountsModule } from './accounts.module.js';
export { AccountsService } from './accounts.service.js';
export { cookieValues, MerchantCookies, XSRF_COOKIE, xsrfTokenOf } from './merchant-cookies.js';
export {
  MerchantAccount,
  MerchantIdentity,
  MerchantMembership,
  MerchantSession,
  type MerchantRole,
} from './merchant.entity.js';
export type { ExternalArrival } from './merchants.repository.js';
export { MerchantLinks } from './merchant-links.service.js';
export { MerchantsService, type ExternalSignIn, type SignedInMerchant } from './merchants.service.js';
export { Publisher, PublisherKey, PublisherNamespace } from './publisher.entity.js';
export { PublisherRate } from './publisher-rate.entity.js';
export { findRate, PublisherRates } from './publisher-rates.js';
export { PublishersService } from './publishers.service.js';
export { ShopMembers, type MerchantShop, type ShopMember } from './shop-members.service.js';
