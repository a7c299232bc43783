import { connect } from 'node:net';

const END_OF_HEAD = '\r\n\r\n';

/**
 * Requests a second of `target` under `connections` kept-alive connections for `seconds`, each going through all of its `bodies`
 * from another place on; an answer with another status fails the run.
 *
 * For comparing with what needs no HTTP client at all: it reads of an answer only what tells where it ends, and so leaves the
 * machine to the server. autocannon takes nearly as much processor time for a request as the hub does.
 */
export async function leanRate(target, seconds, status, connections) {
  const { url, method, headers, bodies } = target;
  const { hostname, port, pathname } = new URL(url);
  const lines = Object.entries({ host: `${hostname}:${port}`, ...headers }).map(([name, value]) => `${name}: ${value}`);
  const requests = bodies.map((body) => {
    const head = [`${method} ${pathname} HTTP/1.1`, ...lines, `content-length: ${Buffer.byteLength(body)}`];
    return Buffer.from(head.join('\r\n') + END_OF_HEAD + body);
  });
  const place = (connection) => Math.floor((requests.length * connection) / connections);
  const job = {
    address: { host: hostname, port: Number(port) },
    requests,
    status,
    until: Date.now() + seconds * 1_000,
  };
  const counts = await Promise.all(Array.from({ length: connections }, (_, i) => askInTurn(job, place(i))));
  return counts.reduce((sum, count) => sum + count, 0) / seconds;
}

/** Asks one request after the other on one connection, and gives back how many were answered. */
function askInTurn({ address, requests, status, until }, start) {
  return new Promise((done, fail) => {
    const socket = connect({ ...address, noDelay: true });
    let answered = 0;
    let bytes = Buffer.alloc(0);
    const ask = () => socket.write(requests[(start + answered) % requests.length]);
    socket.once('connect', ask);
    socket.once('error', fail);
    socket.once('close', () => fail(new Error('the server closed a connection')));
    socket.on('data', (chunk) => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf(END_OF_HEAD);
      if (end < 0) return;
      const head = bytes.latin1Slice(0, end);
      if (!head.startsWith(`HTTP/1.1 ${status} `)) return fail(new Error(`expected ${status} only, not ${head}`));
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)[1]);
      if (bytes.length < end + END_OF_HEAD.length + length) return;
      bytes = bytes.subarray(end + END_OF_HEAD.length + length);
      answered += 1;
      if (Date.now() < until) return ask();
      done(answered);
      socket.destroy();
    });
  });
}
