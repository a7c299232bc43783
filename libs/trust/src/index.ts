export { canonicalJson } from './canonical-json.js';
export { CLOCK_LEEWAY_SECONDS, isUnixSeconds } from './clock.js';
export { sha256Hex, thumbprint } from './digest.js';
export {
  generateEd25519,
  readEd25519PrivateKey,
  readEd25519PublicKey,
  type Ed25519PrivateJwk,
  type Ed25519PublicJwk,
} from './ed25519.js';
export {
  INSTANCE_TOKEN_TTL_SECONDS,
  instanceTokenSubject,
  signInstanceToken,
  verifyInstanceToken,
  type InstanceClaims,
} from './instance-token.js';
export { newLicenseKey, parseLicenseKey } from './license-key.js';
export {
  LICENSE_REQUEST_TTL_SECONDS,
  licenseRequestText,
  signLicenseRequest,
  verifyLicenseRequest,
  type LicenseRequestClaims,
} from './license-request.js';
export { licenseResponseText, readLicenseResponse, type AskedFor, type LicenseResponse } from './license-response.js';
export {
  LICENSE_TOKEN_TTL_SECONDS,
  signLicenseToken,
  verifyLicenseToken,
  type LicenseClaims,
} from './license-token.js';
export { releaseKeyId, signRelease, verifyRelease, type ReleaseStatement } from './release-signature.js';
export { signRevocationList, verifyRevocationList, type RevocationList } from './revocation-list.js';
export { safeRedirect } from './safe-redirect.js';
export { openInstanceId, SEAL_MAX_AGE_SECONDS, sealInstanceId } from './sealed-instance-id.js';
export { decodeBase64url, parseJsonObject, type JsonObject } from './strict-json.js';
export { timingSafeEqualText } from './timing-safe-equal.js';
export { TrustError, type TrustErrorCode } from './trust-error.js';
export {
  newWebhookSecret,
  signWebhook,
  verifyWebhook,
  WEBHOOK_TOLERANCE_SECONDS,
  type IncomingHeaders,
  type VerifiedWebhook,
} from './webhook-signature.js';
export { generateX25519, readX25519PublicKey, type X25519PrivateJwk, type X25519PublicJwk } from './x25519.js';
