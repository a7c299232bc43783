import { createHash, randomBytes } from 'node:crypto';

/** A fresh session token: 256 bits behind a prefix that secret scanners can recognize. */
export function newSessionToken(): string {
  return `hses_${randomBytes(32).toString('base64url')}`;
}

/** What is kept of a session token: it has too much entropy to need a slow hash. */
export function hashSessionToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
