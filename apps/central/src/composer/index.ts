export { ComposerModule } from './composer.module.js';
export { PackageToken, PackageTokenEntitlement } from './package-token.entity.js';
