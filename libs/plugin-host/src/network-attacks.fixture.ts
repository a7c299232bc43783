/** One way to reach the canary: the body of an async function that gets the `canary` and a few helpers. */
export interface NetworkAttack {
  readonly name: string;
  readonly body: string;
}

/**
 * The start of the module that carries an attack. `outcome` waits until an emitter says how it ended; `handles` collects
 * native objects as they are made, with the classes of requests among them.
 */
export const ATTACK_PRELUDE = `
import { createRequire } from 'node:module';
import { createHook } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
const require = createRequire(import.meta.url);
const outcome = (emitter) => Promise.race([sleep(2_000), new Promise((done) => {
  for (const event of ['connect', 'secureConnect', 'response', 'error', 'close', 'exit']) emitter.once(event, done);
})]);
const handles = {};
const code = ({ port }) => 'process.getBuiltinModule("net").connect(' + port + ', "127.0.0.1")';
const watchHandles = () => createHook({ init(_id, type, _trigger, resource) { (handles[type] ??= []).push(resource); } }).enable();
`;

/** An unconnected native TCP handle, found without asking for a binding. */
const TCP_HANDLE = `
  const net = require('node:net');
  const socket = new net.Socket(); socket.on('error', () => {});
  watchHandles();
  socket.connect(canary.port, '127.0.0.1');
  const TCP = socket._handle.constructor;
  socket.destroy(); await sleep(50);
  const other = net.connect(canary.decoyPort, '127.0.0.1'); other.on('error', () => {}); await outcome(other);
  const Request = handles.TCPCONNECTWRAP?.[0]?.constructor ?? class {};
`;

const connect = (module: string) => `await outcome((${module}).connect(canary.port, '127.0.0.1'));`;

/** TCP, by every route to it. */
const TCP: readonly NetworkAttack[] = [
  { name: 'net.connect', body: connect(`require('node:net')`) },
  { name: 'net.connect of a dynamic import', body: connect(`await import('node:net')`) },
  { name: 'net.connect of a built-in by name', body: connect(`process.getBuiltinModule('net')`) },
  { name: 'net.connect by Module._load', body: connect(`require('node:module')._load('net')`) },
  {
    name: 'net.connect in another context',
    body: connect(`require('node:vm').runInNewContext('r("net")', { r: require })`),
  },
  { name: 'net.connect by eval', body: connect(`new Function('return process.getBuiltinModule("net")')()`) },
  { name: 'tls.connect', body: connect(`require('node:tls')`) },
  { name: 'http', body: `await outcome(require('node:http').get('http://127.0.0.1:' + canary.port));` },
  { name: 'https', body: `await outcome(require('node:https').get('https://127.0.0.1:' + canary.port));` },
  {
    name: 'the global agent',
    body: `await outcome(require('node:http').globalAgent.createConnection({ port: canary.port, host: '127.0.0.1' }));`,
  },
  { name: 'http2', body: `await outcome(require('node:http2').connect('http://127.0.0.1:' + canary.port));` },
  { name: 'fetch', body: `await fetch('http://127.0.0.1:' + canary.port);` },
  { name: 'a name of this machine', body: `await fetch('http://localhost:' + canary.port);` },
  { name: 'the address of any interface', body: `await outcome(require('node:net').connect(canary.port, '0.0.0.0'));` },
  {
    name: 'an address of the other family',
    body: `await outcome(require('node:net').connect(canary.port, '::ffff:127.0.0.1'));`,
  },
  { name: 'an address as a number', body: `await outcome(require('node:net').connect(canary.port, '2130706433'));` },
  {
    name: 'a resolver of its own',
    body: `await outcome(require('node:net').connect({ port: canary.port, host: 'declared.example', lookup: (_host, options, found) =>
      options.all ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4) }));`,
  },
  {
    name: 'process.binding',
    body: `const { TCP, TCPConnectWrap } = process.binding('tcp_wrap'); new TCP(0).connect(new TCPConnectWrap(), '127.0.0.1', canary.port); await sleep(100);`,
  },
  {
    name: 'a native handle',
    body: `${TCP_HANDLE} new TCP(0).connect(new Request(), '127.0.0.1', canary.port); await sleep(100);`,
  },
  {
    name: 'a native handle of the other family',
    body: `${TCP_HANDLE} new TCP(0).connect6(new Request(), '::ffff:127.0.0.1', canary.port); await sleep(100);`,
  },
  {
    name: 'a native handle whose guard is taken off',
    body: `${TCP_HANDLE} const { prototype } = TCP; const pristine = prototype.connect;
      for (const name of ['connect', 'connect6']) { try { delete prototype[name]; } catch {} try { Object.defineProperty(prototype, name, { value: pristine }); } catch {} }
      Object.setPrototypeOf(prototype, Object.getPrototypeOf(Object.getPrototypeOf(prototype)));
      new TCP(0).connect(new Request(), '127.0.0.1', canary.port); await sleep(100);`,
  },
  {
    name: 'the native connect, caught on its way',
    body: `const caught = []; const { apply } = Reflect; const see = (f) => { if (typeof f === 'function') caught.push(f); };
      Reflect.apply = (f, self, args) => { see(f); return apply(f, self, args); };
      for (const name of ['call', 'apply', 'bind']) { const original = Function.prototype[name];
        Function.prototype[name] = function (...args) { see(this); return apply(original, this, args); }; }
      const iterate = Array.prototype[Symbol.iterator]; Array.prototype[Symbol.iterator] = function () { if (this !== caught) for (let i = 0; i < this.length; i += 1) see(this[i]); return apply(iterate, this, []); };
      Object.defineProperty(Object.prototype, 'oncomplete', { configurable: true, set(value) { see(value); Object.defineProperty(this, 'oncomplete', { value, writable: true }); }, get: () => undefined });
      ${TCP_HANDLE} caught.push(TCP.prototype.connect);
      for (const stolen of new Set(caught)) { if (!/connect/.test(stolen.name)) continue; try { apply(stolen, new TCP(0), [new Request(), '127.0.0.1', canary.port]); } catch {} } await sleep(100);`,
  },
  {
    name: 'prototypes that say yes to everything',
    body: `const yes = () => true; const net = require('node:net');
      for (const [target, names] of [[Array.prototype, ['some', 'every', 'includes']], [String.prototype, ['endsWith', 'startsWith', 'includes']], [Map.prototype, ['has']], [RegExp.prototype, ['test']]])
        for (const name of names) target[name] = yes;
      Map.prototype.get = function () { return '127.0.0.1'; };
      await outcome(net.connect(canary.port, '127.0.0.1'));`,
  },
];

/** Datagrams, names and sockets of the file system. */
const OTHER: readonly NetworkAttack[] = [
  {
    name: 'a datagram',
    body: `const s = require('node:dgram').createSocket('udp4'); s.send('x', canary.udpPort, '127.0.0.1'); await sleep(100);`,
  },
  {
    name: 'a datagram of a connected socket',
    body: `const s = (await import('node:dgram')).createSocket('udp4'); s.connect(canary.udpPort, '127.0.0.1', () => s.send('x')); await sleep(100);`,
  },
  {
    name: 'a datagram of the other family',
    body: `const s = require('node:dgram').createSocket('udp6'); s.send('x', canary.udpPort, '::ffff:127.0.0.1'); await sleep(100);`,
  },
  {
    name: 'a native datagram handle',
    body: `watchHandles(); const s = require('node:dgram').createSocket('udp4'); try { s.send('x', canary.decoyPort, '127.0.0.1'); await sleep(50); } catch {}
      const UDP = handles.UDPWRAP[0].constructor; const Request = handles.UDPSENDWRAP?.[0]?.constructor ?? class {};
      new UDP().send(new Request(), [Buffer.from('x')], 1, canary.udpPort, '127.0.0.1', false); await sleep(100);`,
  },
  {
    name: 'a query to a server of its choice',
    body: `const { Resolver } = require('node:dns'); const r = new Resolver({ timeout: 100, tries: 1 }); r.setServers(['127.0.0.1:' + canary.udpPort]); r.resolve4('data.example', () => {}); await sleep(200);`,
  },
  {
    name: 'a query by promise',
    body: `const { Resolver } = require('node:dns/promises'); const r = new Resolver({ timeout: 100, tries: 1 }); r.setServers(['127.0.0.1:' + canary.udpPort]); await r.resolveTxt('data.example');`,
  },
  {
    name: 'a query of the default resolver',
    body: `const dns = require('node:dns'); dns.setServers(['127.0.0.1:' + canary.udpPort]); dns.resolveMx('data.example', () => {}); await sleep(200);`,
  },
  {
    name: 'a query of a native channel',
    body: `const { Resolver } = require('node:dns'); const Channel = new Resolver()._handle.constructor; const c = new Channel(...[100, 1, 0].slice(0, parseInt(process.version.slice(1)) > 20 ? 3 : 2)); c.setServers([[4, '127.0.0.1', canary.udpPort]]); const dns = require('node:dns'); const r = new Resolver(); r._handle = c; r.reverse('192.0.2.1', () => {}); await sleep(200);`,
  },
  { name: 'a socket of the file system', body: `await outcome(require('node:net').connect(canary.path));` },
  {
    name: 'http on a socket of the file system',
    body: `await outcome(require('node:http').get({ socketPath: canary.path, path: '/' }));`,
  },
  {
    name: 'a native pipe',
    body: `watchHandles(); const net = require('node:net'); const s = net.connect(canary.path + '-none'); s.on('error', () => {}); const Pipe = s._handle?.constructor ?? handles.PIPEWRAP[0].constructor; await sleep(50);
      const Request = handles.PIPECONNECTWRAP?.[0]?.constructor ?? class {}; new Pipe(0).connect(new Request(), canary.path); await sleep(100);`,
  },
];

/** Another place for the code to run, where no guard is. */
const ELSEWHERE: readonly NetworkAttack[] = [
  {
    name: 'a worker',
    body: `await outcome(new (require('node:worker_threads').Worker)(code(canary), { eval: true }));`,
  },
  {
    name: 'a child process',
    body: `await outcome(require('node:child_process').spawn(process.execPath, ['-e', code(canary)], { env: {} }));`,
  },
  {
    name: 'a child process that is waited for',
    body: `require('node:child_process').spawnSync(process.execPath, ['-e', code(canary) + '.end()']);`,
  },
  {
    name: 'a child process of a native handle',
    body: `const h = new (require('node:child_process').ChildProcess)()._handle; h.onexit = () => {};
      h.spawn({ file: process.execPath, args: ['node', '-e', code(canary)], envPairs: [], stdio: [] }); await sleep(500);`,
  },
  {
    name: 'a forked worker of a cluster',
    body: `const cluster = require('node:cluster'); cluster.setupPrimary({ exec: process.execPath, execArgv: ['-e', code(canary)] }); await outcome(cluster.fork());`,
  },
  {
    name: 'the thread of loader hooks',
    body: `const source = "import net from 'node:net'; export async function initialize() { const s = net.connect(" + canary.port + ", '127.0.0.1'); await new Promise((r) => s.once('connect', r)); }";
      require('node:module').register('data:text/javascript,' + encodeURIComponent(source)); await sleep(200);`,
  },
  {
    name: 'the inspector of this process',
    body: `const { Session } = require('node:inspector'); const s = new Session(); s.connect();
      s.post('Runtime.evaluate', { includeCommandLineAPI: true, expression: code(canary) }); await sleep(200);`,
  },
];

export const NETWORK_ATTACKS: readonly NetworkAttack[] = [...TCP, ...OTHER, ...ELSEWHERE];
