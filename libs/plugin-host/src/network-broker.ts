import { randomBytes, timingSafeEqual } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, createServer, isIP, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PluginLogger } from '@hansa/plugin-sdk';
import { admits, isPublicAddress, readNetRules, type NetRule } from './network-rules.js';
import { readServerName } from './server-name.js';

const MAX_CONNECTIONS = 64;
const MAX_PREAMBLE_BYTES = 512;
const MAX_HELLO_BYTES = 64 * 1024;
const PREAMBLE_TIMEOUT_MS = 5_000;
const CONNECT_TIMEOUT_MS = 15_000;
/**
 * The first `fetch` of a process is deaf to what becomes of its connection while Node compiles the parser for the answer: one that
 * ended in that moment would be waited for without end.
 */
const REFUSE_AFTER_MS = 300;
const PREAMBLE = /^([0-9a-f]{32}) ([a-z0-9._:-]{1,253}) (\d{1,5})$/;

/** Where a connection of a plugin goes: the host it named and the addresses that were found and checked. */
export interface PluginDestination {
  readonly host: string;
  readonly port: number;
  readonly addresses: readonly string[];
}

/** How connections of plugins leave the shop. A shop that writes down what leaves gives its own. */
export interface PluginNetwork {
  /** The addresses of a name. */
  resolve(host: string): Promise<readonly string[]>;
  /** Opens a connection to one of the addresses and to nothing else. A rejection refuses it. */
  connect(destination: PluginDestination): Socket | Promise<Socket>;
}

/** What the process of a plugin is told: where its broker listens and which rules it applies. */
export interface NetworkAccess {
  readonly port: number;
  readonly token: string;
  readonly rules: readonly NetRule[];
}

export interface NetworkBroker {
  readonly access: NetworkAccess;
  /** Ends every connection. */
  close(): void;
}

export interface BrokerOptions {
  /** `permissions.net` of the manifest. */
  readonly net: readonly string[];
  readonly logger: PluginLogger;
  readonly network?: PluginNetwork;
}

/**
 * Opens the one way out a plugin has: a port on loopback that takes `token host port`, checks it and passes bytes on. All
 * decisions are made here, outside the plugin's process; its own guard only sees to it that there is no other way.
 */
export async function openBroker(options: BrokerOptions): Promise<NetworkBroker> {
  const token = randomBytes(16).toString('hex');
  const rules = readNetRules(options.net);
  const open = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    keep(open, client);
    void serve(client, { ...options, network: options.network ?? SYSTEM_NETWORK, token, rules, open });
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    access: { port, token, rules },
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

interface Service extends BrokerOptions {
  readonly network: PluginNetwork;
  readonly token: string;
  readonly rules: readonly NetRule[];
  readonly open: Set<Socket>;
}

/** The resolver and the sockets of this machine. */
export const SYSTEM_NETWORK: PluginNetwork = {
  resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  connect: ({ host, port, addresses }) =>
    connect({
      host,
      port,
      // Only what was checked: resolving again here could give another answer.
      lookup: (_host, _options, found) =>
        found(
          null,
          addresses.map((address) => ({ address, family: isIP(address) })),
        ),
      autoSelectFamily: true,
    }),
};

async function serve(client: Socket, service: Service): Promise<void> {
  const { network, rules, token, logger, open } = service;
  let name = 'a connection';
  let isConnected = false;
  try {
    client.setTimeout(PREAMBLE_TIMEOUT_MS, () => client.destroy());
    const { host, port } = await readPreamble(client, token);
    client.setTimeout(0);
    name = `${host}:${port}`;
    if (!admits(rules, host, port)) throw new Refusal('the manifest does not name it');
    const addresses = await checkedAddresses(host, network);
    const remote = await network.connect({ host, port, addresses });
    keep(open, remote);
    await connected(remote);
    isConnected = true;
    join(client, remote);
    remote.pipe(client);
    await checkServerName(client, rules, port);
    client.pipe(remote);
  } catch (error) {
    if (!(error instanceof Stranger)) {
      const reason = error instanceof Error ? error.message : String(error);
      logger.warn(`network: ${name} ${error instanceof Refusal ? 'is refused' : 'is not reached'}: ${reason}`);
      if (!isConnected) await sleep(REFUSE_AFTER_MS, undefined, { ref: false });
    }
    client.resetAndDestroy();
  }
}

class Refusal extends Error {}
/** Somebody who does not have the token: another program of this machine. */
class Stranger extends Error {}

async function readPreamble(client: Socket, token: string): Promise<{ host: string; port: number }> {
  const line = await peek(client, (bytes, ended) => {
    const end = bytes.indexOf('\n');
    if (end === -1 && (ended || bytes.length > MAX_PREAMBLE_BYTES)) throw new Stranger('no preamble');
    return end === -1 ? undefined : { value: bytes.toString('latin1', 0, end), used: end + 1 };
  });
  const [, given = '', host = '', port] = PREAMBLE.exec(line) ?? [];
  // Confused deputy: without the token any program of this machine could use the shop as its relay.
  if (given === '' || !timingSafeEqual(Buffer.from(given), Buffer.from(token))) throw new Stranger('no token');
  return { host, port: Number(port) };
}

async function checkedAddresses(host: string, network: PluginNetwork): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host]; // it is in the manifest, to the digit
  const addresses = await network.resolve(host);
  // DNS rebinding: whoever owns a declared name could point it at the shop's own machine or network.
  const inside = addresses.find((address) => !isPublicAddress(address));
  if (inside !== undefined) throw new Refusal(`it leads to ${inside}, which is no address of the public internet`);
  if (addresses.length === 0) throw new Error('it has no address');
  return addresses;
}

/** Domain fronting: at a shared address, the name in the TLS hello decides who answers. It has to be a declared one too. */
async function checkServerName(client: Socket, rules: readonly NetRule[], port: number): Promise<void> {
  await peek(client, (bytes, ended) => {
    const found = readServerName(bytes);
    const cut = found.kind === 'more' && (bytes.length > MAX_HELLO_BYTES || (ended && bytes.length > 0));
    if (found.kind === 'unreadable' || cut) throw new Refusal('its TLS hello cannot be read');
    if (found.kind === 'more' && !ended) return undefined;
    if (found.kind === 'name' && !admits(rules, found.name, port)) {
      throw new Refusal(`TLS asks for ${JSON.stringify(found.name.slice(0, 100))}, which the manifest does not name`);
    }
    return { value: undefined, used: 0 };
  });
}

type Peek<T> = (bytes: Buffer, ended: boolean) => { readonly value: T; readonly used: number } | undefined;

/** Collects bytes until `read` makes something of them, and puts back what it did not use. */
function peek<T>(socket: Socket, read: Peek<T>): Promise<T> {
  let bytes: Buffer = Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    const settle = (ended: boolean) => {
      try {
        const found = read(bytes, ended);
        if (!found) return;
        stop();
        if (bytes.length > found.used && !socket.destroyed) socket.unshift(bytes.subarray(found.used));
        resolve(found.value);
      } catch (error) {
        stop();
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const onData = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      settle(false);
    };
    const onEnd = () => settle(true);
    const stop = () => {
      socket.pause();
      socket.off('data', onData).off('end', onEnd).off('close', onEnd);
    };
    socket.on('data', onData).on('end', onEnd).on('close', onEnd);
    socket.resume();
  });
}

async function connected(remote: Socket): Promise<void> {
  if (!remote.connecting) return;
  const timer = setTimeout(() => remote.destroy(new Error('no connection in time')), CONNECT_TIMEOUT_MS);
  remote.once('close', () => clearTimeout(timer));
  await once(remote, 'connect');
  clearTimeout(timer);
}

/** Where one side closes, the other goes too, after what was sent before a proper end is on its way. */
function join(client: Socket, remote: Socket): void {
  const follow = (left: Socket, stays: Socket) => () => {
    if (left.readableEnded) stays.destroySoon();
    else stays.destroy();
  };
  client.once('close', follow(client, remote));
  remote.once('close', follow(remote, client));
  if (client.destroyed) remote.destroy();
}

function keep(open: Set<Socket>, socket: Socket): void {
  open.add(socket);
  socket.once('close', () => open.delete(socket));
  socket.on('error', () => socket.destroy());
}
