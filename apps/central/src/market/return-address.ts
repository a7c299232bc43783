import { safeRedirect } from '@hansa/trust';

const MAX_LENGTH = 1_024;
/** Printable ASCII without the backslash: what parsers strip or rewrite would not be what was checked (security rule 4.3). */
const PLAIN = /^[\x21-\x5b\x5d-\x7e]+$/;
/** Where cPanel's pages are while somebody is logged in; the number changes with each log-in. */
const CPANEL_PATH = /^\/cpsess\d+\//;

/**
 * Whether a browser may be sent to this address of a cPanel server (docs/protocol/market.md §3.1). A fragment is allowed, against
 * RFC 6749 §3.1.2: cPanel's own pages have one.
 */
export function isReturnAddress(address: string, origins: readonly string[]): boolean {
  if (address.length > MAX_LENGTH || !PLAIN.test(address) || !address.startsWith('https://')) return false;
  return safeRedirect(address, origins) !== null && CPANEL_PATH.test(new URL(address).pathname);
}

/**
 * The address with these parameters in its query, before `#`. What else is in the query stays as it was spelled: cPanel keeps
 * state in it. A parameter of the same name goes, so that nobody's earlier value is read instead.
 */
export function withParameters(address: string, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(address);
  const kept = url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !(nameOf(pair) in parameters));
  url.search = [...kept, new URLSearchParams(parameters).toString()].join('&');
  return url.href;
}

function nameOf(pair: string): string {
  return new URLSearchParams(pair).keys().next().value ?? '';
}
