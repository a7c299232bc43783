import { isIP } from 'node:net';
import { isPrivateAddress } from '@hansa/platform';

/**
 * The address as it will be called, or null when it is none to be called (security rules 4.3): control characters and backslashes are read differently by
 * different parsers, credentials hide the host, and a private address is a way into the shop's own network. A name that only turns
 * out to be private when it is looked up is refused then, at every try.
 */
export function readPublicUrl(text: string, allowPrivate: boolean): string | null {
  const isClean = Array.from(text).every((char) => char > '\u0020' && char !== '\u007f' && char !== '\\');
  if (!isClean || !URL.canParse(text)) return null;
  const url = new URL(text);
  const protocols = allowPrivate ? ['https:', 'http:'] : ['https:'];
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isPrivate = host === 'localhost' || host.endsWith('.localhost') || (isIP(host) !== 0 && isPrivateAddress(host));
  const isRefused =
    !protocols.includes(url.protocol) || url.username !== '' || url.password !== '' || (isPrivate && !allowPrivate);
  return isRefused ? null : url.href;
}
