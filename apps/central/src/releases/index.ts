export { publishRelease } from './publish-release.job.js';
export { checkRelease } from './check-release.job.js';
export { listingView, releaseView } from './release-view.js';
export { ReleaseError } from './releases.errors.js';
export { ReleasesModule } from './releases.module.js';
export { ReviewReleaseService } from './review-release.service.js';
export {
  DependencyAdvisoryRow,
  ReleaseAlert,
  ReleaseCheck,
  ReleaseComponent,
  ReleaseFiles,
  ReleaseSbom,
} from './checks/release-check.entity.js';
export { AdvisoryDatabaseService } from './advisory-database.service.js';
export { ReleaseDossierService, type ReleaseDossier } from './release-dossier.service.js';
export { ReleaseApproval, ReleaseComment } from './review.entity.js';
export { HaltRequest, RolloutRequest } from './rollouts.controller.js';
export { RolloutsService } from './rollouts.service.js';
export { Announcement } from './announcement.entity.js';
export { listOf } from './notices.controller.js';
export { NoticesService } from './notices.service.js';
export { ListingPrices } from './listing-prices.service.js';
