import { safeRedirect } from '@hansa/trust';
import type { PublicExternalAuthCode } from './external-auth-error.js';

/** Name of the token in query, header and cookie. */
export const TOKEN_PARAMETER = 'external-auth-token';
const SIGN_IN_PATH = '/auth/token';

/**
 * Where a person goes after signing in: where the issuer wants them, if that is a page of the store at `origin`, else
 * `fallback` (a path of the store). A token inside the address is cut out, and the sign-in page itself is no destination.
 */
export function destinationOf(intendedUrl: string | null, origin: string, fallback: string): string {
  return acceptedHref(intendedUrl, origin) ?? acceptedHref(fallback, origin) ?? `${origin}/`;
}

/** Whether the issuer asked for a place outside the store, which is worth a line in the log. */
export function isForeignDestination(intendedUrl: string | null, origin: string): boolean {
  return intendedUrl !== null && acceptedHref(intendedUrl, origin) === null;
}

function acceptedHref(input: string | null, origin: string): string | null {
  const href = input === null ? null : safeRedirect(input, [origin]);
  if (href === null) return null;
  const url = new URL(href);
  if (leadsBack(url.pathname)) return null;
  if (url.searchParams.has(TOKEN_PARAMETER)) url.searchParams.delete(TOKEN_PARAMETER);
  return url.href;
}

/** Stops a loop: the sign-in page under any spelling a router may read the same. */
function leadsBack(pathname: string): boolean {
  try {
    return decodeURIComponent(pathname).toLowerCase().replace(/\/+/g, '/').replace(/\/$/, '') === SIGN_IN_PATH;
  } catch {
    return true;
  }
}

/** The page a store leads back to when someone is done; null unless its origin is on the store's list. */
export function readerExitOf(readerExitUrl: string | null, allowedOrigins: readonly string[]): string | null {
  if (readerExitUrl === null || readerExitUrl.startsWith('/')) return null;
  return safeRedirect(readerExitUrl, allowedOrigins);
}

/** The configured address for refused sign-ins, with the reason added to whatever query it has. */
export function failureUrl(redirectUrl: string, code: PublicExternalAuthCode): string {
  const url = new URL(redirectUrl);
  url.searchParams.set('error', code);
  return url.href;
}
