export { PublisherPortalModule } from './publisher-portal.module.js';
