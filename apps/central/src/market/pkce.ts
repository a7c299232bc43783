import { createHash } from 'node:crypto';
import { timingSafeEqualText } from '@hansa/trust';

const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/** Whether it can be the challenge of a verifier (RFC 7636 §4.2, S256). */
export function isChallenge(text: string): boolean {
  return CHALLENGE.test(text);
}

/** Whether `verifier` is what `challenge` was made of (RFC 7636 §4.6, S256; `plain` is not supported). */
export function answersChallenge(verifier: string, challenge: string): boolean {
  if (!VERIFIER.test(verifier)) return false;
  return timingSafeEqualText(createHash('sha256').update(verifier).digest('base64url'), challenge);
}
