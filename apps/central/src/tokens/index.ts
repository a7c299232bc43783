export { isCheckedToken, newCheckedToken } from './checked-token.js';
export { hashSecret } from './hash-secret.js';
export { MANAGEMENT_SCOPES, ManagementToken, type ManagementScope } from './management-token.entity.js';
export { ManagementTokens, type IssueManagementToken } from './management-tokens.js';
export { PublishableKey, PublisherToken } from './publishable-key.entity.js';
export { PublishableKeys } from './publishable-keys.js';
export { PublisherTokens } from './publisher-tokens.js';
export { TokenError } from './tokens.errors.js';
export { TokensModule } from './tokens.module.js';
