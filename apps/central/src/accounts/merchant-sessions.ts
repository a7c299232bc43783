import { createHash, randomBytes } from 'node:crypto';
import type { NewMerchantSession } from './merchants.repository.js';

const SESSION_SECONDS = 12 * 3_600;

/** A session to be opened in place of the one a browser has, with the token that is shown once. */
export function newMerchantSession(
  createdAt: Date,
  previousToken: string | undefined,
): { token: string; session: NewMerchantSession } {
  const token = `hmer_${randomBytes(32).toString('base64url')}`;
  const expiresAt = new Date(createdAt.getTime() + SESSION_SECONDS * 1_000);
  const previousHash = previousToken === undefined ? null : hashMerchantToken(previousToken);
  return { token, session: { tokenHash: hashMerchantToken(token), createdAt, expiresAt, previousHash } };
}

/** What is kept of a token: it has too much entropy to need a slow hash. */
export function hashMerchantToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
