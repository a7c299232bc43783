import { isIPv4 } from 'node:net';

/**
 * The network an address is in: /24 of IPv4, /48 of IPv6. Providers hand out addresses within one, and a shop behind several
 * gateways calls from several; more than that is not kept of anybody.
 */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
  if (isIPv4(plain)) return `${plain.split('.').slice(0, 3).join('.')}.0/24`;
  const [head = '', tail = ''] = plain.split('%')[0]!.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const groups = [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after];
  return `${groups
    .slice(0, 3)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/48`;
}

/** Returns to an earlier place that one shop does not make in a day: moving is none, going over to a spare line and back is one. */
const RETURNS_OF_TWO = 2;

/**
 * Whether one identity was active from two places at a time, from where it called, in order. Two copies that run side by side
 * make it jump to and fro.
 */
export function isInTwoPlaces(places: readonly string[]): boolean {
  const jumps = places.filter((place, index) => index === 0 || places[index - 1] !== place);
  const returns = jumps.filter((place, index) => jumps.indexOf(place) < index);
  return returns.length >= RETURNS_OF_TWO;
}
