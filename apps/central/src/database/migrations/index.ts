import { CreateBase1764000000000 } from './1764000000000-create-base.js';
import { CreateCatalog1764010000000 } from './1764010000000-create-catalog.js';
import { CreateDownloadTallies1764011000000 } from './1764011000000-create-download-tallies.js';
import { CreateLicenses1764020000000 } from './1764020000000-create-licenses.js';
import { CreateOrders1764021000000 } from './1764021000000-create-orders.js';
import { CreateLedger1764022000000 } from './1764022000000-create-ledger.js';
import { CreateStripeEvents1764023000000 } from './1764023000000-create-stripe-events.js';
import { CreateManagementTokens1764050000000 } from './1764050000000-create-management-tokens.js';
import { CreateMerchants1764060000000 } from './1764060000000-create-merchants.js';
import { CreateExternalIssuers1764061000000 } from './1764061000000-create-external-issuers.js';
import { CreateComposer1764051000000 } from './1764051000000-create-composer.js';
import { CreateComposerCharge1764052000000 } from './1764052000000-create-composer-charge.js';
import { CreateComposerSources1764053000000 } from './1764053000000-create-composer-sources.js';
import { CreateExtensions1764062000000 } from './1764062000000-create-extensions.js';
import { CreateLicensePeriods1764070000000 } from './1764070000000-create-license-periods.js';
import { CreateLedgerPostings1764071000000 } from './1764071000000-create-ledger-postings.js';
import { CreateMails1764084000000 } from './1764084000000-create-mails.js';
import { CreateMerchantLinks1764084100000 } from './1764084100000-create-merchant-links.js';
import { CreateLicenseMoves1764084200000 } from './1764084200000-create-license-moves.js';
import { IndexLicenseLetters1764084300000 } from './1764084300000-index-license-letters.js';
import { CreateInstanceSightings1764084400000 } from './1764084400000-create-instance-sightings.js';
import { CreatePublisherRates1764087000000 } from './1764087000000-create-publisher-rates.js';
import { DropLedgerEntries1764087100000 } from './1764087100000-drop-ledger-entries.js';
import { WidenLedger1764087200000 } from './1764087200000-widen-ledger.js';
import { CreatePayouts1764087300000 } from './1764087300000-create-payouts.js';
import { CreateReleaseChecks1764090000000 } from './1764090000000-create-release-checks.js';
import { CreatePublisherAccounts1764091000000 } from './1764091000000-create-publisher-accounts.js';
import { CreateReviews1764092000000 } from './1764092000000-create-reviews.js';
import { CreateListingPrices1766000000000 } from './1766000000000-create-listing-prices.js';
import { CreateStripeReconciliations1766000200000 } from './1766000200000-create-stripe-reconciliations.js';
import { WidenOrders1766000100000 } from './1766000100000-widen-orders.js';
import { CreateTuf1764095000000 } from './1764095000000-create-tuf.js';
import { CreateRollouts1764093000000 } from './1764093000000-create-rollouts.js';
import { CreateInstanceDays1766500000000 } from './1766500000000-create-instance-days.js';
import { CreateRevocationList1766100000000 } from './1766100000000-create-revocation-list.js';
import { CreatePackageNotices1766600000000 } from './1766600000000-create-package-notices.js';
import { CreatePictures1766500010000 } from './1766500010000-create-pictures.js';
import { CreatePurchases1766200000000 } from './1766200000000-create-purchases.js';
import { CreateCertificates1766300000000 } from './1766300000000-create-certificates.js';
import { CreateMarketClients1766200001000 } from './1766200001000-create-market-clients.js';
import { CreateDoomedArtifacts1766600010000 } from './1766600010000-create-doomed-artifacts.js';
import { RevokeCertificates1766300001000 } from './1766300001000-revoke-certificates.js';
import { CreateMarketOrders1766200002000 } from './1766200002000-create-market-orders.js';
import { NoteWhoHalted1767400000000 } from './1767400000000-note-who-halted.js';
import { IndexHeldPayments1767300000000 } from './1767300000000-index-held-payments.js';
import { CreatePasswordResets1766600020000 } from './1766600020000-create-password-resets.js';
import { CreateInvoices1767000000000 } from './1767000000000-create-invoices.js';
import { NotePeriods1767000010000 } from './1767000010000-note-periods.js';

/** Every migration, oldest first. A merged one is never edited (see README.md beside it). */
export const MIGRATIONS = [
  CreateBase1764000000000,
  CreateCatalog1764010000000,
  CreateDownloadTallies1764011000000,
  CreateLicenses1764020000000,
  CreateOrders1764021000000,
  CreateLedger1764022000000,
  CreateStripeEvents1764023000000,
  CreateManagementTokens1764050000000,
  CreateComposer1764051000000,
  CreateComposerCharge1764052000000,
  CreateComposerSources1764053000000,
  CreateMerchants1764060000000,
  CreateExternalIssuers1764061000000,
  CreateExtensions1764062000000,
  CreateLicensePeriods1764070000000,
  CreateLedgerPostings1764071000000,
  CreateMails1764084000000,
  CreateMerchantLinks1764084100000,
  CreateLicenseMoves1764084200000,
  IndexLicenseLetters1764084300000,
  CreateInstanceSightings1764084400000,
  CreatePublisherRates1764087000000,
  DropLedgerEntries1764087100000,
  WidenLedger1764087200000,
  CreatePayouts1764087300000,
  CreateReleaseChecks1764090000000,
  CreatePublisherAccounts1764091000000,
  CreateReviews1764092000000,
  CreateTuf1764095000000,
  CreateRollouts1764093000000,
  CreateRevocationList1766100000000,
  CreateInstanceDays1766500000000,
  CreatePackageNotices1766600000000,
  CreatePictures1766500010000,
  CreatePurchases1766200000000,
  CreateCertificates1766300000000,
  CreateMarketClients1766200001000,
  CreateDoomedArtifacts1766600010000,
  CreateListingPrices1766000000000,
  WidenOrders1766000100000,
  RevokeCertificates1766300001000,
  CreateMarketOrders1766200002000,
  CreateStripeReconciliations1766000200000,
  CreatePasswordResets1766600020000,
  CreateInvoices1767000000000,
  NotePeriods1767000010000,
  IndexHeldPayments1767300000000,
  NoteWhoHalted1767400000000,
] as const;
