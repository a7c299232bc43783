import dgram from 'node:dgram';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { TLSSocket } from 'node:tls';
import { getSystemErrorMap, promisify } from 'node:util';
import type { NetworkAccess } from './network-broker.js';
import { admits } from './network-rules.js';
import { handleOf, replaceMethods, seal } from './seal.js';

const LOOPBACK = '127.0.0.1';
const EACCES = [...getSystemErrorMap()].find(([, [name]]) => name === 'EACCES')?.[0] ?? -13;

const deny = () => EACCES;
const { apply } = Reflect;

/**
 * Closes every way to the network in this process, for good, and leaves one: to the broker, where a declared host is named.
 * Runs before any code of the plugin.
 *
 * The guard sits on the native methods themselves and holds no state that decides anything. The native `connect` is called
 * with constants only, so a plugin that tampers with prototypes, callbacks or the tables below reaches the broker and
 * nothing else; the broker decides in another process.
 */
export function guardNetwork(access: NetworkAccess | undefined): void {
  const tcp = parentHandle({});
  const tcpPrototype = Object.getPrototypeOf(tcp) as Readonly<Record<string, unknown>>;
  const nativeConnect = tcpPrototype['connect'];
  const names = new Names(access);
  if (access) {
    const connect = connector(access, names, nativeConnect as () => unknown);
    seal(tcpPrototype, 'connect', connect);
    seal(tcpPrototype, 'connect6', connect);
  }
  replaceMethods(
    tcp,
    ['getsockname', 'getpeername', 'setNoDelay', 'setKeepAlive', 'getTypeOfService', 'setTypeOfService', 'reset'],
    deny,
  );
  // `open` takes a descriptor the process already has: its channel and its output.
  replaceMethods(parentHandle({ pipe: true }), ['open'], deny);
  replaceMethods(udpHandle(), ['getsockname', 'getpeername', 'recvStop', 'bufferSize'], deny);
  // A query carries data to whoever answers for the name.
  replaceMethods(handleOf(new dns.Resolver()), ['getServers', 'cancel'], deny);
  guardLookups(names);
  syncBuiltinESMExports();
}

interface ConnectRequest {
  oncomplete: (status: number, ...rest: unknown[]) => unknown;
}

/** The `connect` of a native socket: to the broker, which hears where to go before anything else. */
function connector(access: NetworkAccess, names: Names, nativeConnect: () => unknown) {
  const { port: brokerPort, token, rules } = access;
  const WriteRequest = writeRequestClass();
  return function connect(this: object, request: ConnectRequest, address: unknown, port: unknown): unknown {
    const host = names.nameOf(String(address));
    // Only for the plugin's author, who gets an error at once; the broker checks for itself.
    if (!admits(rules, host, Number(port))) return EACCES;
    const complete = request.oncomplete;
    request.oncomplete = (status, ...rest) => {
      const introduced = status === 0 ? write(this, `${token} ${host} ${Number(port)}\n`) : status;
      return complete.call(request, introduced, ...rest);
    };
    return apply(nativeConnect, this, [request, LOOPBACK, brokerPort]) as unknown;
  };

  function write(handle: object, text: string): number {
    const writeString = Reflect.get(handle, 'writeLatin1String') as (request: object, text: string) => number;
    return writeString.call(handle, new WriteRequest(), text);
  }
}

function guardLookups(names: Names): void {
  const lookup = (hostname: unknown, ...rest: unknown[]) => {
    const callback = rest.at(-1) as (error: Error | null, ...found: unknown[]) => void;
    if (typeof callback !== 'function') throw new TypeError('lookup takes a callback');
    const answer = names.find(hostname);
    if (answer instanceof Error) process.nextTick(callback, answer);
    else if (wantsAll(rest[0])) process.nextTick(callback, null, [answer]);
    else process.nextTick(callback, null, answer.address, answer.family);
  };
  const lookupPromise = async (hostname: unknown, options?: unknown) => {
    const answer = await Promise.resolve(names.find(hostname));
    if (answer instanceof Error) throw answer;
    return wantsAll(options) ? [answer] : answer;
  };
  Object.defineProperty(lookup, promisify.custom, { value: lookupPromise });
  const { promises } = dns;
  seal(dns, 'lookup', lookup);
  seal(promises, 'lookup', lookupPromise);
  const lookupService = () => {
    throw refusal('names of addresses');
  };
  seal(dns, 'lookupService', lookupService);
  seal(promises, 'lookupService', lookupService);
}

interface FoundAddress {
  readonly address: string;
  readonly family: number;
}

/**
 * Names are resolved by the broker. Here each gets a stand-in from 240.0.0.0/4, a range nobody has, so that whatever sits
 * on `lookup` and `connect` works as ever.
 */
class Names {
  private readonly addresses = new Map<string, string>();
  private readonly hosts = new Map<string, string>();

  constructor(private readonly access: NetworkAccess | undefined) {}

  nameOf(address: string): string {
    return this.hosts.get(address) ?? address;
  }

  find(hostname: unknown): FoundAddress | Error {
    const host = String(hostname).toLowerCase();
    const family = net.isIP(host);
    if (family !== 0) return { address: host, family };
    if (!this.access || !admits(this.access.rules, host)) return refusal(host);
    const known = this.addresses.get(host);
    const next = this.addresses.size + 1;
    const address = known ?? `240.${(next >> 16) & 255}.${(next >> 8) & 255}.${next & 255}`;
    this.addresses.set(host, address);
    this.hosts.set(address, host);
    return { address, family: 4 };
  }
}

function refusal(what: string): Error {
  const error = new Error(`${what} is not in permissions.net of the manifest`);
  return Object.assign(error, { code: 'EACCES', syscall: 'getaddrinfo', hostname: what });
}

function wantsAll(options: unknown): boolean {
  return typeof options === 'object' && options !== null && Reflect.get(options, 'all') === true;
}

/** A native TCP or pipe handle that was never used: a TLS socket without a connection makes one. */
function parentHandle(options: { readonly pipe?: boolean }): object {
  const socket = new TLSSocket(undefined as unknown as net.Socket, options as object);
  const handle = handleOf(handleOf(socket), '_parent');
  socket.destroy();
  return handle;
}

function udpHandle(): object {
  const socket = dgram.createSocket('udp4');
  const state = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'state symbol');
  const handle = handleOf(handleOf(socket, state ?? 'state'), 'handle');
  socket.close();
  return handle;
}

/** The class of a native write, seen by a handle that writes nothing. */
function writeRequestClass(): new () => object {
  let found: unknown;
  const see = (request: object) => {
    found = request.constructor;
    return 0;
  };
  const socket = new net.Socket();
  Object.assign(socket, { _handle: { writeLatin1String: see } });
  (Reflect.get(socket, '_writeGeneric') as typeof apply).call(socket, false as never, 'x', 'latin1' as never);
  if (typeof found !== 'function') throw new Error('no write request: this Node cannot be guarded');
  return found as new () => object;
}
