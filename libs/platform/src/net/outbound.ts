import { lookup as dnsLookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { Agent, fetch as undiciFetch } from 'undici';

export interface OutboundOptions {
  /** Lets requests reach loopback and private networks; for development and tests. */
  readonly allowPrivate: boolean;
  /** Asked for the addresses of names; the system's own resolver unless told. */
  readonly lookup?: typeof dnsLookup;
}

export interface OutboundRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** Whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  /** The rest of a longer body is thrown away. */
  readonly maxBytes: number;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** The address a name stands for is private, or the URL is none we call. */
export class OutboundRefused extends Error {}

const PRIVATE = new BlockList();
for (const [net, bits] of [
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
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  PRIVATE.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  PRIVATE.addSubnet(net, bits, 'ipv6');

/** Whether an IP address belongs to this machine, a private network or no network at all. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return PRIVATE.check(address, 'ipv4');
  return family === 0 || PRIVATE.check(address, 'ipv6');
}

/**
 * Calls addresses that strangers chose. The check is made on the resolved address, at connect time, so a name that changes its
 * mind between check and call (DNS rebinding) is refused too. Redirects are never followed.
 */
export class Outbound {
  private readonly agent: Agent;

  constructor(private readonly options: OutboundOptions) {
    const lookup = options.lookup ?? dnsLookup;
    this.agent = new Agent({ connect: { lookup: options.allowPrivate ? lookup : publicOnly(lookup) } as never });
  }

  /** @throws {OutboundRefused} for a private address; whatever the network throws otherwise */
  async request(url: string, request: OutboundRequest): Promise<OutboundAnswer> {
    const { hostname, protocol } = new URL(url);
    if (protocol !== 'https:' && protocol !== 'http:')
      throw new OutboundRefused('only http and https addresses are called');
    const literal = hostname.replace(/^\[|\]$/g, '');
    if (!this.options.allowPrivate && isIP(literal) !== 0 && isPrivateAddress(literal)) {
      throw new OutboundRefused('the address is private');
    }
    const response = await undiciFetch(url, {
      method: request.method,
      ...(request.headers ? { headers: request.headers } : {}),
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: 'manual',
      dispatcher: this.agent,
      signal: AbortSignal.timeout(request.timeoutMs),
    });
    return {
      status: response.status,
      headers: response.headers as unknown as Headers,
      body: await readUpTo(response.body, request.maxBytes),
    };
  }

  async close(): Promise<void> {
    await this.agent.close();
  }
}

type LookupCallback = (error: Error | null, addresses: unknown, family?: number) => void;

/** A lookup that knows no private addresses. What it answers is what is connected to: nothing is resolved again after the check. */
function publicOnly(lookup: typeof dnsLookup) {
  return (hostname: string, options: object, callback: LookupCallback): void => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      if (addresses.some(({ address }) => isPrivateAddress(address)))
        return callback(new OutboundRefused('the address is private'), []);
      if ('all' in options && options.all === true) return callback(null, addresses);
      callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}

async function readUpTo(stream: AsyncIterable<Uint8Array> | null, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= maxBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBytes);
}
