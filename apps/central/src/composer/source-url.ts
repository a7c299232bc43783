import { isAbsolute, normalize } from 'node:path';

/** Where a repository is: https, or a directory of this machine. */
export type SourceUrl =
  | { readonly kind: 'https'; readonly url: string; readonly host: string; readonly port: number }
  | { readonly kind: 'path'; readonly url: string };

const MAX_LENGTH = 500;
const HTTPS_PORT = 443;
/** No blanks, no control characters, no backslash: other programs read those differently. */
const PRINTABLE = /^[\x21-\x5b\x5d-\x7e]+$/;

/**
 * Reads the address of a repository, or undefined for one that is not followed: other protocols (`ext::` runs programs), texts
 * that begin like an option, credentials in the address (they would be logged), characters that no address has.
 */
export function readSourceUrl(text: string): SourceUrl | undefined {
  if (text.length > MAX_LENGTH || !PRINTABLE.test(text)) return undefined;
  if (isAbsolute(text)) return normalize(text) === text ? { kind: 'path', url: text } : undefined;
  if (!text.startsWith('https://') || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return undefined;
  return { kind: 'https', url: url.href, host: url.hostname, port: Number(url.port) || HTTPS_PORT };
}
