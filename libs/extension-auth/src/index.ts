export { corsPolicy, type CorsAnswer, type CorsOptions, type CorsPolicy, type CorsRequest } from './cors.js';
export {
  answerTo,
  ExtensionAuthError,
  type ExtensionAuthAnswer,
  type ExtensionAuthCode,
} from './extension-auth-error.js';
export {
  extensionAuth,
  type Marketplace,
  type ExtensionAuth,
  type ExtensionAuthOptions,
  type ExtensionCaller,
  type RequestRules,
} from './extension-auth.js';
export { RemoteKeys, type FetchKeys, type RemoteKeysOptions, type SigningAlgorithm } from './remote-keys.js';
