import { spawn } from 'node:child_process';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import { memoryStorage } from '@hansa/plugin-sdk/testing';
import { startPlugin, type RunningPlugin } from './index.js';
import { ATTACK_PRELUDE, NETWORK_ATTACKS } from './network-attacks.fixture.js';

describe('the network of a plugin', () => {
  let root: string;
  let hits: number;
  let logged: string[];
  const servers: { close(): unknown }[] = [];
  let plugin: RunningPlugin | undefined;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hansa-net-'));
    hits = 0;
    logged = [];
  });
  afterEach(async () => {
    await plugin?.stop();
    plugin = undefined;
    for (const server of servers.splice(0)) server.close();
    rmSync(root, { recursive: true, force: true });
  });

  async function eventually(holds: () => boolean): Promise<void> {
    while (!holds()) await sleep(5);
  }

  async function listening(server: Server, at: number | string = 0): Promise<number> {
    servers.push(server);
    if (typeof at === 'string') server.listen(at);
    else server.listen(at, '127.0.0.1');
    await once(server, 'listening');
    return typeof at === 'string' ? 0 : (server.address() as AddressInfo).port;
  }

  /** What no plugin may reach: a port, a port for datagrams and a socket file; and a decoy, which is declared. */
  async function aCanary() {
    const hit = (socket: { destroy(): void; on(event: 'error', heard: () => void): unknown }) => {
      hits += 1;
      socket.on('error', () => undefined);
      socket.destroy();
    };
    const udp: UdpSocket = createSocket('udp4', () => (hits += 1));
    servers.push(udp);
    udp.bind(0, '127.0.0.1');
    await once(udp, 'listening');
    const path = join(root, 'canary.sock');
    await listening(createServer(hit), path);
    const port = await listening(createServer(hit));
    const decoyPort = await listening(createServer((socket) => void socket.on('error', () => undefined).destroy()));
    return { port, udpPort: udp.address().port, path, decoyPort };
  }

  async function start(source: string, net: readonly string[], config = {}): Promise<RunningPlugin> {
    const dir = join(root, 'release');
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
    writeFileSync(join(dir, 'index.js'), source);
    const log = (message: string) => void logged.push(message);
    plugin = await startPlugin({
      dir,
      manifest: { id: 'sample', version: '1.0.0', permissions: { net } },
      config,
      storage: memoryStorage(),
      logger: { debug: log, info: log, warn: log, error: log },
      dataDir: join(root, 'data'),
    });
    return plugin;
  }

  /** Runs the body of an async function in a plugin and answers with its value or what it threw. */
  async function run(body: string, net: readonly string[], config = {}): Promise<{ value?: unknown; error?: string }> {
    const running = await start(
      `${ATTACK_PRELUDE}
       process.on('uncaughtException', (error) => console.log(error.message));
       async function run(canary) { ${body} }
       export function register({ medusa, config }) { medusa.routes.get('/', async () => {
         try { return { json: { value: (await run(config)) ?? null } }; } catch (error) { return { json: { error: (error.cause ?? error).code ?? error.message } }; }
       }); }`,
      net,
      config,
    );
    return JSON.parse((await running.request({ method: 'GET', path: '/' })).body.toString());
  }

  /** The same code in a process without a sandbox. */
  async function runOutside(body: string, canary: object): Promise<void> {
    const file = join(root, 'outside.mjs');
    const call = `process.on('uncaughtException', () => {}); run(${JSON.stringify(canary)}).catch(() => {}).finally(() => sleep(300)).then(() => process.exit());`;
    writeFileSync(file, `${ATTACK_PRELUDE} async function run(canary) { ${body} } ${call}`);
    const child = spawn(process.execPath, ['--no-warnings', file], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    await Promise.race([ended, eventually(() => hits > 0)]);
    child.kill('SIGKILL');
    await ended;
  }

  describe.each(NETWORK_ATTACKS)('$name', ({ body }) => {
    it('reaches the canary from an ordinary process and not from a plugin', async () => {
      const canary = await aCanary();
      await runOutside(body, canary);
      expect(hits).toBeGreaterThan(0);
      hits = 0;
      const outcome = await run(body, [`127.0.0.1:${canary.decoyPort}`], canary).catch((error: unknown) => error);
      expect([hits, outcome]).toEqual([0, expect.anything()]);
    });
  });

  it('is closed without a declaration, for sockets, datagrams, names and files alike', async () => {
    const canary = await aCanary();
    const body = `const tried = []; const attempt = async (start) => { try { await start(); tried.push('done'); } catch (error) { tried.push((error.cause ?? error).code); } };
      const { once } = await import('node:events'); const net = await import('node:net');
      await attempt(() => once(net.connect(canary.port, '127.0.0.1'), 'connect'));
      await attempt(() => once(net.connect(canary.path), 'connect'));
      await attempt(() => fetch('http://127.0.0.1:' + canary.port));
      await attempt(() => require('node:dns/promises').lookup('data.example'));
      await attempt(() => require('node:dns/promises').resolve('data.example'));
      await attempt(() => require('node:dns/promises').lookupService('127.0.0.1', canary.port));
      await attempt(() => require('node:util').promisify(require('node:dns').lookup)('data.example'));
      await attempt(() => new Promise((done, fail) => require('node:dgram').createSocket('udp4').on('error', fail).send('x', canary.udpPort, '127.0.0.1', (e) => e ? fail(e) : done())));
      return tried;`;
    expect(await run(body, [], canary)).toEqual({ value: Array.from({ length: 8 }, () => 'EACCES') });
    expect(hits).toBe(0);
  });

  it.each([
    ['a port', `require('node:net').createServer().listen(0, '127.0.0.1')`],
    ['a port of any interface', `require('node:http').createServer().listen(0)`],
    ['http2', `require('node:http2').createServer().listen(0, '127.0.0.1')`],
    ['a socket file', `require('node:net').createServer().listen(require('node:path').resolve('own.sock'))`],
    ['a descriptor', `require('node:net').createServer().listen({ fd: 1 })`],
    ['datagrams', `require('node:dgram').createSocket('udp4').bind(0, '127.0.0.1')`],
  ])('does not let a plugin listen on %s', async (_what, server) => {
    const body = `await require('node:events').once(${server}, 'listening'); return 'listens';`;
    expect(await run(body, ['127.0.0.1'])).toEqual({ error: 'EACCES' });
  });

  it('reaches a declared host by fetch, http, http2 and TLS', async () => {
    const web = await listening(createHttpServer((request, response) => response.end(`web ${request.url}`)));
    const web2 = await listening(createHttp2Server().on('stream', (stream) => void stream.end('web2')));
    const psk = { key: Buffer.alloc(16, 1), identity: 'plugin' };
    const tls = await listening(
      createTlsServer({ ciphers: 'PSK', maxVersion: 'TLSv1.2', pskCallback: () => psk.key }, (s) => s.end('tls')),
    );
    const body = `const text = async (stream) => { let all = ''; for await (const part of stream) all += part; return all; };
      const get = (module, options) => new Promise((done, fail) => require(module).get(options, (response) => done(text(response))).on('error', fail));
      const session = require('node:http2').connect('http://127.0.0.1:' + canary.web2);
      const http2 = await text(session.request({ ':path': '/' }).setEncoding('utf8')); session.close();
      const psk = { psk: Buffer.alloc(16, 1), identity: 'plugin' };
      const tls = require('node:tls').connect({ port: canary.tls, host: '127.0.0.1', ciphers: 'PSK', maxVersion: 'TLSv1.2', checkServerIdentity: () => undefined, pskCallback: () => psk });
      return [await (await fetch('http://127.0.0.1:' + canary.web + '/fetch')).text(), await get('node:http', 'http://127.0.0.1:' + canary.web + '/get'), http2, await text(tls)];`;
    const net = [`127.0.0.1:${web}`, `127.0.0.1:${web2}`, `127.0.0.1:${tls}`];
    expect(await run(body, net, { web, web2, tls })).toEqual({ value: ['web /fetch', 'web /get', 'web2', 'tls'] });
  });

  it('carries what is sent both ways to the last byte', async () => {
    const port = await listening(createServer({ allowHalfOpen: true }, (socket) => void socket.pipe(socket)));
    const body = `const socket = require('node:net').connect({ port: canary.port, host: '127.0.0.1', allowHalfOpen: true });
      let bytes = 0; socket.on('data', (chunk) => { bytes += chunk.length; }); socket.end(Buffer.alloc(8e6, 1));
      await require('node:events').once(socket, 'close'); return bytes;`;
    expect(await run(body, [`127.0.0.1:${port}`], { port })).toEqual({ value: 8e6 });
  });

  it('does not follow a redirect to another host', async () => {
    const canary = await aCanary();
    const web = await listening(
      createHttpServer((_request, response) => {
        response.writeHead(302, { location: `http://127.0.0.1:${canary.port}/` }).end();
      }),
    );
    const outcome = await run(`return (await fetch('http://127.0.0.1:' + canary.web)).status;`, [`127.0.0.1:${web}`], {
      web,
    });
    expect([outcome, hits]).toEqual([{ error: 'EACCES' }, 0]);
  });

  it('does not reach this machine by a declared name', async () => {
    const canary = await aCanary();
    await run(`await fetch('http://localhost:' + canary.port);`, ['localhost'], canary);
    expect(hits).toBe(0);
    expect(logged).toContainEqual(expect.stringMatching(/localhost:\d+ is refused: it leads to (127\.0\.0\.1|::1)/));
  });

  it('is decided outside: a plugin that tells the broker another host is refused', async () => {
    const canary = await aCanary();
    const body = `const net = require('node:net'); const probe = new net.Socket(); probe.on('error', () => {}); probe.connect(canary.decoyPort, '127.0.0.1');
      let proto = probe._handle; while (!Object.hasOwn(proto, 'writeLatin1String')) proto = Object.getPrototypeOf(proto);
      const write = proto.writeLatin1String; let told = 0;
      proto.writeLatin1String = function (request, text) { told += 1; return write.call(this, request, text.replace(String(canary.decoyPort), String(canary.port))); };
      await outcome(net.connect(canary.decoyPort, '127.0.0.1').on('connect', function () { this.removeAllListeners('connect'); })); await sleep(100); return told > 0;`;
    expect(await run(body, [`127.0.0.1:${canary.decoyPort}`], canary)).toEqual({ value: true });
    expect(hits).toBe(0);
    expect(logged).toContain(`network: 127.0.0.1:${canary.port} is refused: the manifest does not name it`);
  });

  it('shows the way to the broker to nobody who looks at the environment', async () => {
    expect(await run('return Object.keys(process.env);', ['127.0.0.1'])).toEqual({ value: [] });
  });
});
