import type { Charged } from './access-ledger.js';
import type { Asker, Outcome } from './composer-gate.js';
import type { TokenScope } from './token-scopes.js';

/** Refusals of the repository: the house's envelope, and a sentence for the customer's terminal. */
const REFUSALS = {
  CREDENTIALS_REQUIRED: {
    status: 401,
    type: 'unauthorized',
    message: 'Send a package token, as Basic password or Bearer.',
  },
  TOKEN_UNKNOWN: { status: 401, type: 'unauthorized', message: 'This package token is unknown.' },
  TOKEN_REVOKED: { status: 401, type: 'unauthorized', message: 'This package token is revoked.' },
  TOKEN_EXPIRED: { status: 401, type: 'unauthorized', message: 'This package token has expired.' },
  PACKAGE_NOT_FOUND: { status: 404, type: 'not_found', message: 'This token opens no such package.' },
  TOO_MANY_GUESSES: {
    status: 429,
    type: 'rate_limited',
    message: 'Too many wrong tokens came from this address. Wait a minute.',
  },
  RATE_LIMITED: { status: 429, type: 'rate_limited', message: 'The hourly limit of this token is used up.' },
} as const;

export interface ComposerRefusal {
  readonly code: keyof typeof REFUSALS;
  /** Composer prints it, if the answer is `application/json` to the letter. */
  readonly warning?: string;
}

/** Why this token may read nothing now; null when it may. */
export function refusalOf(scope: TokenScope | undefined, now: Date): ComposerRefusal | null {
  if (!scope) return { code: 'TOKEN_UNKNOWN', warning: 'This package token is unknown. Check auth.json.' };
  if (scope.revokedAt) return { code: 'TOKEN_REVOKED', warning: `Token revoked on ${dayOf(scope.revokedAt)}.` };
  if (scope.expiresAt && scope.expiresAt <= now) {
    return {
      code: 'TOKEN_EXPIRED',
      warning: `Token expired on ${dayOf(scope.expiresAt)}, renew it where you bought it.`,
    };
  }
  return null;
}

/** What a package outside a token's rights is answered; names a right that has run out, and nothing the token never had. */
export function notCovered(scope: TokenScope, name: string, now: Date): ComposerRefusal {
  const ended = scope.entitlements.find(
    ({ prefix, exact, expiresAt }) =>
      expiresAt && expiresAt <= now && (exact ? name === prefix : name.startsWith(prefix)),
  );
  const warning =
    ended?.expiresAt && `Your access to ${name} ended on ${dayOf(ended.expiresAt)}, renew it where you bought it.`;
  return { code: 'PACKAGE_NOT_FOUND', ...(warning ? { warning } : {}) };
}

export function rateLimited({ limit, resetAt }: Charged): ComposerRefusal {
  const time = new Date(resetAt).toISOString().slice(11, 16);
  return {
    code: 'RATE_LIMITED',
    warning: `All ${limit} requests of this hour are used up; there are more from ${time} UTC.`,
  };
}

/** `X-RateLimit-*`, with `-Reset` in Unix seconds; and `Retry-After` when the request was refused. Names and values by turns. */
export function rateHeaders(charged: Charged, now: Date): string[] {
  const headers = [
    'x-ratelimit-limit',
    String(charged.limit),
    'x-ratelimit-remaining',
    String(charged.remaining),
    'x-ratelimit-reset',
    String(charged.resetAt / 1_000),
  ];
  if (charged.granted) return headers;
  return [...headers, 'retry-after', String(Math.max(1, Math.ceil((charged.resetAt - now.getTime()) / 1_000)))];
}

const CHALLENGES = [
  'www-authenticate',
  'Basic realm="Composer packages", charset="UTF-8"',
  'www-authenticate',
  'Bearer',
];
// No charset: Composer compares the type as text, and prints the warning only when it is equal.
const PLAIN = ['content-type', 'application/json', 'cache-control', 'private, no-store', 'vary', 'Authorization'];

/** A refusal as it goes out, with these headers besides its own. */
export function refuse(asker: Asker, refusal: ComposerRefusal, headers: readonly string[] = []): Outcome {
  const { status, type, message } = REFUSALS[refusal.code];
  const { code, warning } = refusal;
  const challenges = status === 401 ? CHALLENGES : [];
  const wait = code === 'TOO_MANY_GUESSES' ? ['retry-after', '60'] : [];
  const body = { type, message, code, request_id: asker.id, ...(warning === undefined ? {} : { warning }) };
  const all = [...headers, ...challenges, ...wait, ...PLAIN];
  return { status, headers: all, body: Buffer.from(JSON.stringify(body)) };
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
