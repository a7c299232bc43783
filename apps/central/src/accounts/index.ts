export { addressesOf } from './addresses-of.js';
export { Account, Session } from './account.entity.js';
export { AccountError } from './accounts.errors.js';
export { AccountsModule } from './accounts.module.js';
export { ACCOUNT_XSRF_COOKIE, AccountCookies } from './account-cookies.js';
export { AccountsService, SESSION_SECONDS } from './accounts.service.js';
export {
  AccountProof,
  MEMBER_ROLES,
  PasswordReset,
  PublisherInvitation,
  PublisherMember,
  type MemberRole,
} from './member.entity.js';
export { PasswordResets } from './password-resets.service.js';
export { MembersService, type Membership, type MemberView } from './members.service.js';
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
export { PublisherKeysService, type NewPublisherKey } from './publisher-keys.service.js';
export { RegistrationService } from './registration.service.js';
export { PublishersService } from './publishers.service.js';
export { ShopMembers, type MerchantShop, type ShopMember } from './shop-members.service.js';
