import { BlockList, isIP, isIPv4 } from 'node:net';

/** One entry of `permissions.net`. */
export interface NetRule {
  /** A name, an IPv4 address, or `*.suffix` for every name below the suffix. */
  readonly host: string;
  /** Undefined stands for every port. */
  readonly port?: number;
}

/** Reads `host`, `host:port` and `*.suffix` as the manifest writes them; no list is an empty one. */
export function readNetRules(net: readonly string[] = []): readonly NetRule[] {
  return net.map((entry) => {
    const [host = '', port] = entry.toLowerCase().split(':');
    return port === undefined ? { host } : { host, port: Number(port) };
  });
}

/** Whether the rules name a host, at this port or (without one) at any. */
export function admits(rules: readonly NetRule[], host: string, port?: number): boolean {
  const name = host.toLowerCase();
  return rules.some((rule) => {
    if (port !== undefined && rule.port !== undefined && rule.port !== port) return false;
    // `*.0.0.1` is a suffix of an address and admits none: an address is only what it spells.
    return rule.host.startsWith('*.') && isIP(name) === 0 ? name.endsWith(rule.host.slice(1)) : name === rule.host;
  });
}

/** IANA's special-purpose registries: this machine, its neighbors, and what is no host at all. */
const SPECIAL_IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const;
/** Inside 2000::/3, the only range that is routed: translations of IPv4 addresses, benchmarks, documentation. */
const SPECIAL_IPV6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

const special = new BlockList();
for (const [prefix, bits] of SPECIAL_IPV4) special.addSubnet(prefix, bits, 'ipv4');
for (const [prefix, bits] of SPECIAL_IPV6) special.addSubnet(prefix, bits, 'ipv6');
const routedIpv6 = new BlockList();
routedIpv6.addSubnet('2000::', 3, 'ipv6');

/** Whether an address belongs to the public internet; what is no address does not. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !special.check(address, 'ipv4');
  if (isIP(address) === 0) return false;
  return routedIpv6.check(address, 'ipv6') && !special.check(address, 'ipv6');
}
