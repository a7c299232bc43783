import { fork } from 'node:child_process';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';

const CONNECTIONS = 32;
const ROUNDS = 3;
/** Headers a server sets itself, or that would lie about the bytes. */
const OWN_HEADERS = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding']);

/** One exchange as bytes: what the hub answers to `target`, for the raw server to repeat. */
export function exchange(target) {
  return new Promise((done, fail) => {
    const { method = 'GET', headers = {}, body } = target;
    const outgoing = request(target.url, { method, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const kept = Object.entries(response.headers).filter(([name]) => !OWN_HEADERS.has(name));
        done({ status: response.statusCode, headers: Object.fromEntries(kept), body: Buffer.concat(chunks) });
      });
    });
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}

/** Requests a second of `target` under 32 connections for `seconds`; an answer with another status fails the run. */
async function rate(target, seconds, status) {
  return (await load(target, seconds, status)).rate;
}

/**
 * The same with the 99th percentile of the answer times, in milliseconds. With `bodies` every connection goes through all of
 * them, each from another place on.
 */
export async function load(target, seconds, status, connections = CONNECTIONS) {
  const { url, method = 'GET', headers = {}, body, bodies } = target;
  let connection = 0;
  const result = await autocannon({
    url,
    method,
    headers,
    body,
    connections,
    duration: seconds,
    setupClient: (client) => {
      if (!bodies) return;
      const start = Math.floor((bodies.length * connection++) / connections);
      const all = [...bodies.slice(start), ...bodies.slice(0, start)];
      client.setRequests(all.map((each) => ({ method, headers, body: each })));
    },
  });
  const answered = Object.entries(result.statusCodeStats ?? {}).filter(([code]) => Number(code) !== status);
  if (answered.length > 0 || result.errors > 0) {
    throw new Error(
      `${url} answered ${JSON.stringify(result.statusCodeStats)} with ${result.errors} errors; expected ${status} only`,
    );
  }
  return { rate: result.requests.average, p99: result.latency.p99 };
}

/** Measures the hub and a raw server sending the same bytes by turns, and gives back the medians and their ratio. */
export async function compareWithRaw(target, seconds) {
  const answer = await exchange(target);
  const raw = await startRawServer(answer);
  try {
    const rawTarget = { ...target, url: `http://127.0.0.1:${raw.port}/` };
    const rounds = [];
    await rate(target, 1, answer.status); // warm-up
    for (let round = 0; round < ROUNDS; round += 1) {
      const base = await rate(rawTarget, seconds, answer.status);
      const own = await rate(target, seconds, answer.status);
      rounds.push({ base, own, ratio: own / base });
    }
    return { ...median(rounds), bytes: answer.body.length, status: answer.status };
  } finally {
    raw.process.kill();
  }
}

/** Measures `own` and `base`, two functions that give requests a second, by turns. */
export async function compare(base, own) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const one = { base: await base(), own: await own() };
    rounds.push({ ...one, ratio: one.own / one.base });
  }
  return median(rounds);
}

export { rate };

/** The middle one of some figures. */
export function middle(figures) {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)];
}

function median(rounds) {
  return rounds.sort((a, b) => a.ratio - b.ratio)[Math.floor(rounds.length / 2)];
}

async function startRawServer({ status, headers, body }) {
  const child = fork(fileURLToPath(new URL('./raw-server.mjs', import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.send({ status, headers, body: body.toString('base64') });
  const { port } = await new Promise((done) => child.once('message', done));
  return { process: child, port };
}
