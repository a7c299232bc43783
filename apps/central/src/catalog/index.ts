export { Package } from './package.entity.js';
export { Release } from './release.entity.js';
