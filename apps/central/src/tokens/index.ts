export { PublishableKey, PublisherToken } from './publishable-key.entity.js';
export { PublishableKeys } from './publishable-keys.js';
export { PublisherTokens } from './publisher-tokens.js';
export { TokenError } from './tokens.errors.js';
export { TokensModule } from './tokens.module.js';
