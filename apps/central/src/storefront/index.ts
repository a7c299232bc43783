export { StorefrontPages } from './storefront-pages.js';
export { StorefrontModule } from './storefront.module.js';
