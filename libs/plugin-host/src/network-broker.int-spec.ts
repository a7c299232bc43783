import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { openBroker, SYSTEM_NETWORK, type NetworkBroker, type PluginDestination } from './network-broker.js';

describe(openBroker.name, () => {
  let server: Server;
  let seen: Buffer[];
  let destinations: PluginDestination[];
  let answers: Readonly<Record<string, readonly string[]>>;
  let logged: string[];
  let broker: NetworkBroker | undefined;
  const clients: Socket[] = [];

  beforeEach(async () => {
    [seen, destinations, logged] = [[], [], []];
    answers = { 'api.example.com': ['93.184.215.14', '2606:2800:21f::1'] };
    server = createServer((socket) => {
      socket.on('error', () => undefined).on('data', (bytes: Buffer) => seen.push(bytes));
      socket.write('hello');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    broker?.close();
    for (const client of clients.splice(0)) client.destroy();
    server.close();
  });

  /** A broker whose way out ends at the server, wherever it is asked to go. */
  async function open(...net: string[]): Promise<NetworkBroker> {
    const log = (message: string) => void logged.push(message);
    broker = await openBroker({
      net,
      logger: { debug: log, info: log, warn: log, error: log },
      network: {
        resolve: (host) => Promise.resolve(answers[host] ?? []),
        connect(destination) {
          destinations.push(destination);
          return connect((server.address() as AddressInfo).port, '127.0.0.1');
        },
      },
    });
    return broker;
  }

  /** Connects, says where to, sends bytes, and resolves with the first answer, or `closed`. */
  async function ask(where: string, bytes: string | Buffer = '', token = broker?.access.token): Promise<string> {
    const client = connect(broker!.access.port, '127.0.0.1').on('error', () => undefined);
    clients.push(client);
    client.write(`${token} ${where}\n`);
    if (bytes.length > 0) client.write(bytes);
    const closed = closing(client).then(() => 'closed');
    return Promise.race([closed, new Promise<string>((done) => client.once('data', (data) => done(String(data))))]);
  }

  /** What a TLS client says first. */
  async function helloFor(servername?: string): Promise<Buffer> {
    const first = new Promise<Buffer>((resolve) => {
      const listener = createServer((socket) => {
        socket
          .on('error', () => undefined)
          .once('data', (bytes: Buffer) => {
            socket.destroy();
            listener.close();
            resolve(bytes);
          });
      }).listen(0, '127.0.0.1', () => {
        const { port } = listener.address() as AddressInfo;
        connectTls({ port, host: '127.0.0.1', ...(servername ? { servername } : {}) }).on('error', () => undefined);
      });
    });
    return first;
  }

  it('connects to the addresses it has checked, and passes bytes on', async () => {
    await open('api.example.com:443');
    expect(await ask('api.example.com 443', 'ping')).toBe('hello');
    expect(destinations).toEqual([{ host: 'api.example.com', port: 443, addresses: answers['api.example.com'] }]);
  });

  it.each([
    ['another host', 'evil.example.com 443'],
    ['another port', 'api.example.com 444'],
    ['a host that ends like it', 'notapi.example.com 443'],
    ['an address of it', '93.184.215.14 443'],
    ['no port', 'api.example.com'],
    ['no host', ' 443'],
  ])('refuses %s', async (_what, where) => {
    await open('api.example.com:443');
    expect(await ask(where)).toBe('closed');
    expect(destinations).toEqual([]);
  });

  it.each([
    ['127.0.0.1'],
    ['0.0.0.0'],
    ['10.1.2.3'],
    ['100.64.0.1'],
    ['169.254.169.254'],
    ['172.31.255.255'],
    ['192.168.1.1'],
    ['224.0.0.1'],
    ['255.255.255.255'],
    ['::1'],
    ['::'],
    ['::ffff:127.0.0.1'],
    ['64:ff9b::7f00:1'],
    ['fe80::1%eth0'],
    ['fd00::1'],
    ['2002:7f00:1::'],
    ['ff02::1'],
    ['no address'],
  ])('refuses a declared name that leads to %s, alone or among others', async (address) => {
    await open('api.example.com');
    for (const found of [[address], ['93.184.215.14', address]]) {
      answers = { 'api.example.com': found };
      expect(await ask('api.example.com 443')).toBe('closed');
    }
    expect(destinations).toEqual([]);
    expect(logged).toContainEqual(expect.stringContaining('no address of the public internet'));
  });

  it('refuses who does not know the token, and says nothing of it', async () => {
    await open('api.example.com');
    expect(await ask('api.example.com 443', '', '0'.repeat(32))).toBe('closed');
    expect(await ask('x'.repeat(600))).toBe('closed');
    expect([destinations, logged]).toEqual([[], []]);
  });

  it('passes a TLS hello on that asks for a declared name, or for none', async () => {
    await open('api.example.com', '*.cdn.example.com');
    for (const name of ['api.example.com', 'a.cdn.example.com', undefined]) {
      const hello = await helloFor(name);
      expect(await ask('api.example.com 443', hello)).toBe('hello');
    }
    expect(destinations).toHaveLength(3);
  });

  it.each([
    ['in one piece', (hello: Buffer) => [hello]],
    ['byte by byte', (hello: Buffer) => [...hello].map((byte) => Buffer.from([byte]))],
    ['in records of ten bytes', (hello: Buffer) => [inRecords(hello.subarray(5), 10)]],
  ])('refuses a TLS hello that asks for another name, sent %s', async (_how, cut) => {
    await open('api.example.com');
    const hello = cut(await helloFor('evil.example.com'));
    const client = connect(broker!.access.port, '127.0.0.1').on('error', () => undefined);
    clients.push(client);
    client.setNoDelay(true).write(`${broker!.access.token} api.example.com 443\n`);
    for (const part of hello) client.write(part);
    await closing(client.resume());
    expect(seen).toEqual([]);
    expect(logged).toContainEqual(expect.stringContaining('"evil.example.com", which the manifest does not name'));
  });

  it('refuses what starts like TLS and cannot be read', async () => {
    await open('api.example.com');
    const broken = await helloFor('api.example.com');
    broken.writeUInt16BE(0xffff, 9 + 34 + 1); // the session is longer than the message
    broken[9 + 34] = 0xff;
    const client = connect(broker!.access.port, '127.0.0.1').on('error', () => undefined);
    clients.push(client);
    client.write(Buffer.concat([Buffer.from(`${broker!.access.token} api.example.com 443\n`), broken]));
    await closing(client.resume());
    expect(seen).toEqual([]);
  });

  it('does not resolve again what was checked', async () => {
    const { port } = server.address() as AddressInfo;
    for (const addresses of [['127.0.0.1'], ['::1', '127.0.0.1']]) {
      const socket = await SYSTEM_NETWORK.connect({ host: 'name.invalid', port, addresses });
      clients.push(socket);
      await once(socket, 'connect');
      expect(socket.remoteAddress).toBe('127.0.0.1');
    }
  });

  it('holds no more than 64 connections for a plugin', async () => {
    await open('api.example.com');
    const outcomes = await Promise.all(Array.from({ length: 70 }, () => ask('api.example.com 443', 'x')));
    expect(outcomes.filter((outcome) => outcome === 'hello')).toHaveLength(64);
  });
});

/** `events.once` would reject with the reset that a refusal is. */
function closing(socket: Socket): Promise<void> {
  return new Promise((done) => socket.once('close', () => done()));
}

function inRecords(message: Buffer, size: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const part = message.subarray(at, at + size);
    parts.push(Buffer.from([22, 3, 1, 0, part.length]), part);
  }
  return Buffer.concat(parts);
}
