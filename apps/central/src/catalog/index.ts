export { CatalogIndex } from './catalog-index.js';
export { CatalogModule } from './catalog.module.js';
export { bumpRevision, settleLatest } from './catalog-revision.js';
export { downloadPath, euros } from './feed-view.js';
export { advisoryView } from './notice-views.js';
export { PackageAdvisory } from './package-advisory.entity.js';
export { Package } from './package.entity.js';
export { Release } from './release.entity.js';
export { channelOf, semverSortKey } from './semver-sort-key.js';
