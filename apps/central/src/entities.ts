import {
  Account,
  MerchantAccount,
  MerchantIdentity,
  MerchantMembership,
  MerchantSession,
  AccountProof,
  Publisher,
  PasswordReset,
  PublisherInvitation,
  PublisherKey,
  PublisherMember,
  PublisherNamespace,
  PublisherRate,
  Session,
} from '#accounts';
import { AuditEntry } from '#audit';
import { ListingPrice, Package, PackageAdvisory, Release } from '#catalog';
import { Invoice, Order, Purchase } from '#checkout';
import { CertificateName, CertificateOrder, CertificationKey } from '#certificates';
import { LedgerPosting, Payout, PayoutAccount, StripeFee } from '#earnings';
import {
  ComposerAdvisory,
  ComposerPackage,
  ComposerSource,
  ComposerSourceRef,
  ComposerVersionRow,
  PackageToken,
  PackageTokenEntitlement,
} from '#composer';
import { Issuer, IssuerKey } from '#external-auth';
import { Instance } from '#instances';
import { License, LicenseActivation, LicenseMove, LicensePeriod, PaymentReturn, Subscription } from '#licenses';
import { Mail } from '#mail';
import { MarketClient, MarketCode, MarketOrder, MarketOrderItem, MarketProduct } from '#market';
import { Picture } from '#pictures';
import { Delivery, DeliveryAttempt, OutboxEvent } from '#outbox';
import {
  Announcement,
  DependencyAdvisoryRow,
  ReleaseAlert,
  ReleaseApproval,
  ReleaseCheck,
  ReleaseComment,
  ReleaseComponent,
  ReleaseFiles,
  ReleaseSbom,
} from '#releases';
import { Extension, ExtensionInstallation } from '#secure-tokens';
import { SigningKey } from '#signing';
import { DoomedArtifact } from '#storage';
import { ManagementToken, MarketToken, PublishableKey, PublisherToken } from '#tokens';
import { TufBin, TufFile, TufTarget } from '#tuf';
import { StripeEventRow, StripeReconciliationRow } from '#webhooks';

/** Every table the hub maps. */
export const ENTITIES = [
  Account,
  AccountProof,
  Announcement,
  AuditEntry,
  CertificateName,
  CertificateOrder,
  CertificationKey,
  ComposerAdvisory,
  ComposerPackage,
  ComposerSource,
  ComposerSourceRef,
  ComposerVersionRow,
  Delivery,
  DeliveryAttempt,
  DependencyAdvisoryRow,
  DoomedArtifact,
  Extension,
  ExtensionInstallation,
  Instance,
  Invoice,
  Issuer,
  IssuerKey,
  LedgerPosting,
  License,
  LicenseActivation,
  LicenseMove,
  LicensePeriod,
  ListingPrice,
  Mail,
  ManagementToken,
  MarketClient,
  MarketCode,
  MarketOrder,
  MarketOrderItem,
  MarketProduct,
  MarketToken,
  MerchantAccount,
  MerchantIdentity,
  MerchantMembership,
  MerchantSession,
  Order,
  OutboxEvent,
  Package,
  PackageAdvisory,
  PackageToken,
  PackageTokenEntitlement,
  PaymentReturn,
  Payout,
  Picture,
  PayoutAccount,
  PublishableKey,
  Publisher,
  PasswordReset,
  PublisherInvitation,
  PublisherKey,
  PublisherMember,
  PublisherNamespace,
  PublisherRate,
  PublisherToken,
  Purchase,
  Release,
  ReleaseAlert,
  ReleaseApproval,
  ReleaseCheck,
  ReleaseComment,
  ReleaseComponent,
  ReleaseFiles,
  ReleaseSbom,
  Session,
  SigningKey,
  StripeEventRow,
  StripeReconciliationRow,
  StripeFee,
  Subscription,
  TufBin,
  TufFile,
  TufTarget,
];
