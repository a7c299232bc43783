import { createHash } from 'node:crypto';
import type { SecretBox } from '@hansa/platform';
import type { EntityManager } from 'typeorm';
import { ComposerError } from './composer.errors.js';

/** How long a retry gets the first answer again, secret included. */
const KEPT_MS = 24 * 3_600_000;
const PRINTABLE = /^[\x20-\x7e]{1,255}$/;

export interface Attempt {
  readonly issuer: string;
  readonly key: string;
  /** What the request asked for; another question under the same key is refused. */
  readonly request: object;
  readonly now: Date;
}

/**
 * Gives back the answer kept for this key, or claims the key: then `keep` must follow in the same transaction. A retry that
 * arrives while the first try is under way waits for it on the index.
 *
 * @throws {ComposerError} IDEMPOTENCY_KEY_MALFORMED or IDEMPOTENCY_KEY_REUSED
 */
export async function recallAnswer<T>(tx: EntityManager, box: SecretBox, attempt: Attempt): Promise<T | undefined> {
  const { issuer, key, now } = attempt;
  if (!PRINTABLE.test(key)) throw new ComposerError('IDEMPOTENCY_KEY_MALFORMED');
  await tx.query('DELETE FROM package_token_retries WHERE created_at <= $1', [new Date(now.getTime() - KEPT_MS)]);
  const digest = createHash('sha256').update(JSON.stringify(attempt.request)).digest();
  const claimed = await tx.query<object[]>(
    `INSERT INTO package_token_retries (issuer, idempotency_key, request_sha256, created_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING RETURNING 1`,
    [issuer, key, digest, now],
  );
  if (claimed.length > 0) return undefined;
  const [kept] = await tx.query<{ request_sha256: Buffer; answer_sealed: Buffer }[]>(
    'SELECT request_sha256, answer_sealed FROM package_token_retries WHERE issuer = $1 AND idempotency_key = $2',
    [issuer, key],
  );
  if (!kept!.request_sha256.equals(digest)) throw new ComposerError('IDEMPOTENCY_KEY_REUSED');
  return JSON.parse(box.open(kept!.answer_sealed, contextOf(attempt)).toString()) as T;
}

/** Keeps the answer for retries, sealed because it shows a secret. */
export async function keepAnswer(tx: EntityManager, box: SecretBox, attempt: Attempt, answer: object): Promise<void> {
  await tx.query('UPDATE package_token_retries SET answer_sealed = $3 WHERE issuer = $1 AND idempotency_key = $2', [
    attempt.issuer,
    attempt.key,
    box.seal(JSON.stringify(answer), contextOf(attempt)),
  ]);
}

function contextOf({ issuer, key }: Attempt): string {
  return `package-token-retry:${issuer}:${key}`;
}
