import { createHash, timingSafeEqual } from 'node:crypto';
import { isTestKey } from '../config/config.js';
import { ApiError } from './api-error.js';

/**
 * Accepts a test key sent as a bearer token or as the user name of basic authentication. Live keys are refused, so that
 * a program pointed here by mistake with a real key does not take the sandbox for Stripe.
 *
 * @throws {ApiError} 401 without a key, with a foreign one, or with a live one
 */
export function authenticate(header: string | undefined, secretKey: string | null): void {
  const key = keyOf(header);
  if (key === null) {
    throw unauthorized(
      'You did not provide an API key. Provide it as a bearer token: "Authorization: Bearer sk_test_...".',
    );
  }
  if (!isTestKey(key)) throw unauthorized('Invalid API Key provided: the sandbox takes sk_test_ keys.');
  if (secretKey !== null && !timingSafeEqual(digest(key), digest(secretKey))) {
    throw unauthorized(`Invalid API Key provided: sk_test_****${key.slice(-4)}`);
  }
}

function keyOf(header: string | undefined): string | null {
  const match = /^(bearer|basic)\s+(\S+)$/i.exec(header ?? '');
  if (!match) return null;
  const [, scheme, value = ''] = match;
  if (scheme?.toLowerCase() === 'bearer') return value;
  return Buffer.from(value, 'base64').toString('utf8').split(':')[0] || null;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function unauthorized(message: string): ApiError {
  return new ApiError(401, { type: 'invalid_request_error', message });
}
