import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { TokenScope } from './token-scopes.js';

const deflate = promisify(gzip);
/** Shorter bodies fit one packet as they are. */
const WORTH_COMPRESSING_BYTES = 1_024;

/** A body that only needs sending. */
export interface FinishedAnswer {
  readonly body: Buffer;
  readonly gzipped: Buffer | undefined;
  /** 48 bits of its SHA-256. */
  readonly digest: number;
  /** Memory it takes. */
  readonly bytes: number;
}

/** Serializes and compresses an answer, once. */
export async function finish(value: object): Promise<FinishedAnswer> {
  const body = Buffer.from(JSON.stringify(value));
  const digest = createHash('sha256').update(body).digest().readUIntBE(0, 6);
  const gzipped = body.length < WORTH_COMPRESSING_BYTES ? undefined : await deflate(body);
  return { body, gzipped, digest, bytes: body.length + (gzipped?.length ?? 0) };
}

const FIRST_SECOND = Date.parse('2001-01-01T00:00:00Z') / 1_000;
/** Seventeen years of seconds: the dates end before this program was written, so none lies in the future. */
const SECONDS = 2 ** 29;

/**
 * The `Last-Modified` of a body for a token. Composer knows no other validator and compares it for equality, so this is one: a
 * date made from the content and the token's revision. It moves with either, also twice within a second, and is the same in
 * every process; a clock could promise none of that.
 */
export function lastModified({ digest }: FinishedAnswer, { salt }: TokenScope): string {
  return new Date((FIRST_SECOND + ((digest + salt) % SECONDS)) * 1_000).toUTCString();
}
