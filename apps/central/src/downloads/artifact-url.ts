import { createHmac } from 'node:crypto';
import { timingSafeEqualText } from '@hansa/trust';

/** A key of purpose `download`. */
export interface UrlKey {
  readonly kid: string;
  /** 32 bytes in base64url. */
  readonly k: string;
}

/** What a signed artifact URL says, as it arrives in path and query. */
export interface ArtifactTicket {
  readonly sha256: string;
  readonly from: string;
  readonly expires: string;
  readonly kid: string;
  readonly sig: string;
}

/** Clocks of hub processes differ a little: a URL is good this long before it was made. */
const EARLY_SECONDS = 30;
const UNIX_SECONDS = /^[1-9]\d{8,11}$/;

/** Path and query that name bytes by digest and open them for `ttlSeconds` (federation.md §2). */
export function signArtifactPath(
  sha256: string,
  key: UrlKey,
  now: Date,
  ttlSeconds: number,
): { path: string; expiresAt: Date } {
  const issued = Math.floor(now.getTime() / 1_000);
  const from = String(issued - EARLY_SECONDS);
  const expires = String(issued + ttlSeconds);
  const sig = signatureOf({ sha256, from, expires, kid: key.kid }, key);
  const query = new URLSearchParams({ from, expires, kid: key.kid, sig });
  return { path: `/artifacts/sha256/${sha256}?${query.toString()}`, expiresAt: new Date(Number(expires) * 1_000) };
}

/** Why a URL opens nothing at `now`, or null when it is good. Fails closed: whatever is odd about it is a refusal. */
export function refusalOf(
  ticket: ArtifactTicket,
  keys: readonly UrlKey[],
  now: Date,
): 'DOWNLOAD_URL_REFUSED' | 'DOWNLOAD_URL_EXPIRED' | null {
  const key = keys.find(({ kid }) => kid === ticket.kid);
  if (!key || !UNIX_SECONDS.test(ticket.from) || !UNIX_SECONDS.test(ticket.expires)) return 'DOWNLOAD_URL_REFUSED';
  if (!timingSafeEqualText(ticket.sig, signatureOf(ticket, key))) return 'DOWNLOAD_URL_REFUSED';
  const seconds = now.getTime() / 1_000;
  if (seconds < Number(ticket.from)) return 'DOWNLOAD_URL_REFUSED';
  return seconds < Number(ticket.expires) ? null : 'DOWNLOAD_URL_EXPIRED';
}

function signatureOf({ sha256, from, expires, kid }: Omit<ArtifactTicket, 'sig'>, { k }: UrlKey): string {
  const text = ['artifact', sha256, from, expires, kid].join('\n');
  return createHmac('sha256', Buffer.from(k, 'base64url')).update(text).digest('base64url');
}
