import { createHash } from 'node:crypto';
import { type Store } from '../store/store.js';
import { ApiError } from './api-error.js';
import { canonicalForm, type FormFields } from './form.js';
import { type SavedAnswer } from './saved-answer.js';

const KEPT_MS = 86_400_000;
const MAX_KEY = 255;

/** The request an idempotency key was used for. */
export interface KeyedRequest {
  readonly key: string;
  readonly path: string;
  readonly fingerprint: string;
}

/** Reads the `Idempotency-Key` of a POST; null without one. */
export function keyedRequest(key: string | undefined, path: string, fields: FormFields): KeyedRequest | null {
  if (key === undefined || key === '') return null;
  if (key.length > MAX_KEY) {
    throw new ApiError(400, {
      type: 'idempotency_error',
      message: `Idempotency keys have up to ${MAX_KEY} characters.`,
    });
  }
  return { key, path, fingerprint: createHash('sha256').update(canonicalForm(fields)).digest('hex') };
}

/**
 * The answer this key got before, if it is less than a day old.
 *
 * @throws {ApiError} 400 idempotency_error when the key was used for another path or with other parameters
 */
export function savedAnswer(store: Store, request: KeyedRequest, nowMs: number): SavedAnswer | null {
  const saved = store.get('saved_answer', request.key);
  if (!saved || saved.atMs + KEPT_MS <= nowMs) return null;
  if (saved.path !== request.path) {
    throw misused(
      `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${request.path}' vs. '${saved.path}'). Try using a key other than '${request.key}' if you meant to execute a different request.`,
    );
  }
  if (saved.fingerprint !== request.fingerprint) {
    throw misused(
      `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${request.key}' if you meant to execute a different request.`,
    );
  }
  return saved;
}

/** Removes answers nobody can ask for any more. */
export function forgetOldAnswers(store: Store, nowMs: number): void {
  for (const { id, atMs } of store.all('saved_answer')) if (atMs + KEPT_MS <= nowMs) store.delete('saved_answer', id);
}

/** 409: the first request with this key has not been answered yet. */
export function keyInUse(key: string): ApiError {
  return new ApiError(409, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message: `There is currently another in-progress request using this Stripe-Idempotent-Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
  });
}

function misused(message: string): ApiError {
  return new ApiError(400, { type: 'idempotency_error', message });
}
