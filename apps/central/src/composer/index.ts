export { ComposerModule } from './composer.module.js';
export { ComposerAdvisory, ComposerPackage, ComposerVersionRow } from './composer-package.entity.js';
export { ComposerSource, ComposerSourceRef } from './composer-source.entity.js';
export {
  IssueManagementTokenRequest,
  managementTokenView,
  newTokenOf,
} from './management-tokens.console.controller.js';
export { PackageToken, PackageTokenEntitlement } from './package-token.entity.js';
export { AddSourceRequest, newSourceOf, sourceView } from './sources.console.controller.js';
export { SourcesService } from './sources.service.js';
