export { ComposerModule } from './composer.module.js';
export { ComposerAdvisory, ComposerPackage, ComposerVersionRow } from './composer-package.entity.js';
export { ComposerSource, ComposerSourceRef } from './composer-source.entity.js';
export { PackageToken, PackageTokenEntitlement } from './package-token.entity.js';
