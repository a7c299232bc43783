export { FeedModule } from './feed.module.js';
export { FeedService, type MaybeStale } from './feed.service.js';
export { HubAnswer } from './hub-answer.entity.js';
