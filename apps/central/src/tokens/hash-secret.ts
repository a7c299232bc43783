import { createHash } from 'node:crypto';

/** What is kept of a bearer secret of 192 bits or more: it has too much entropy to need a slow hash. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
