export { destinationOf, failureUrl, isForeignDestination, readerExitOf, TOKEN_PARAMETER } from './destinations.js';
export {
  ExternalAuthError,
  EXTERNAL_AUTH_CODES,
  type ExternalAuthCode,
  type PublicExternalAuthCode,
} from './external-auth-error.js';
export { pickToken, type PresentedTokens } from './pick-token.js';
export {
  isStrongEnoughKey,
  LONGEST_LIFE_SECONDS,
  readExternalToken,
  verifyExternalToken,
  type ExternalClaims,
  type ExternalIssuer,
  type ExternalKey,
  type UnverifiedExternalToken,
} from './verify-external-token.js';
