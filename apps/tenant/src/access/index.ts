export { AdminCookies } from './admin-cookies.js';
export { AccessModule } from './access.module.js';
export { Requires, Signed, type Audience } from './requires.js';
export { SESSION_TTL_SECONDS, SessionTokens } from './session-tokens.js';
