import proxyAddr from '@fastify/proxy-addr';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { DomainError } from '../errors/domain-error.js';
import { problemFor, unexpectedProblem } from '../errors/problem.js';
import type { HttpCounts } from './http-counts.js';
import { requestIdOf } from './request-id.js';

declare module 'fastify' {
  interface FastifyInstance {
    fastLane: FastLane;
  }
}

/** What a lane is asked. */
export interface LaneRequest {
  /** Of the request; what answers it carries the same. */
  readonly id: string;
  readonly method: string;
  /** Path and query as they were spelled. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Address of the caller; behind a trusted proxy, what the proxy says. */
  readonly ip: string;
  /** All bytes of the body; none of a read. */
  readonly body: Buffer;
}

/** Bytes to send: headers as names and values by turns. */
export interface LaneAnswer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body?: Buffer | string | undefined;
}

export interface LaneRefusal {
  readonly refusal: DomainError;
  readonly headers: readonly string[];
}

type Reply = LaneAnswer | LaneRefusal | undefined;
/** Undefined leaves the request to its controller, as if nobody had looked at it. */
export type Lane = (request: LaneRequest) => Reply | Promise<Reply>;

interface OpenLane {
  readonly post: boolean;
  readonly path: string;
  readonly answer: Lane;
}

/** Longer bodies are read by Fastify, which has the limits and the errors for them. */
const MAX_BODY = 128 * 1024;
const NO_BYTES = Buffer.alloc(0);
const JSON_TYPE = /^application\/json\s*(;|$)/i;
/** Idle connections are kept longer than proxies keep theirs, so that none is closed under a request. */
const KEEP_ALIVE_MS = 72_000;

/**
 * Answers the few requests that need nothing but bytes in memory straight from `node:http` (architecture.md §5): before routing,
 * hooks, parsers and Nest. What a lane cannot answer goes on to Fastify unchanged, so every error is made in one place.
 */
export class FastLane {
  private readonly lanes: OpenLane[] = [];
  /** Bodies a lane has read of requests that it left to Fastify. */
  private readonly bodies = new WeakMap<IncomingMessage, Buffer>();
  private readonly addressOf: (request: IncomingMessage) => string;

  constructor(
    private readonly logger: Logger,
    private readonly counts: HttpCounts,
    trustedProxies: readonly string[],
  ) {
    const trusts = proxyAddr.compile([...trustedProxies]);
    this.addressOf =
      trustedProxies.length > 0
        ? (request) => proxyAddr(request, trusts)
        : (request) => request.socket.remoteAddress ?? '';
  }

  /** GET and HEAD of every URL that starts with `path`. */
  read(path: string, answer: Lane): void {
    this.lanes.push({ post: false, path, answer });
  }

  /** POST of JSON to exactly `path`. */
  post(path: string, answer: Lane): void {
    this.lanes.push({ post: true, path, answer });
  }

  /** The server under Fastify. */
  createServer(fastify: (request: IncomingMessage, response: ServerResponse) => void): Server {
    const server = createServer((request, response) => {
      const lane = this.laneOf(request);
      if (!lane) fastify(request, response);
      else if (lane.post) this.readBody(request, (body) => this.serve(lane, request, response, body, fastify));
      else this.serve(lane, request, response, NO_BYTES, fastify);
    });
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    return server;
  }

  /** Hands Fastify the bodies that a lane has read before it. */
  giveBack(fastify: FastifyInstance): void {
    fastify.addHook('preParsing', (request, _reply, payload, done) => {
      const bytes = this.bodies.get(request.raw);
      done(null, bytes ? Readable.from([bytes]) : payload);
    });
  }

  private laneOf({ method, url, headers }: IncomingMessage): OpenLane | undefined {
    const isRead = method === 'GET' || method === 'HEAD';
    if (!isRead && method !== 'POST') return undefined;
    for (const lane of this.lanes) {
      if (lane.post === isRead || !(isRead ? url!.startsWith(lane.path) : url === lane.path)) continue;
      return isRead || isShortJson(headers) ? lane : undefined;
    }
    return undefined;
  }

  private readBody(request: IncomingMessage, use: (body: Buffer) => void): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => use(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
  }

  private serve(
    lane: OpenLane,
    request: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
    fastify: (request: IncomingMessage, response: ServerResponse) => void,
  ): void {
    const id = requestIdOf(request.headers);
    const finish = (reply: Reply): void => {
      if (reply) {
        this.send(lane, id, request, response, reply);
        return;
      }
      if (lane.post) this.bodies.set(request, body);
      fastify(request, response);
    };
    const { method, url, headers } = request as IncomingMessage & { method: string; url: string };
    const reply = lane.answer({ id, method, url, headers, ip: this.addressOf(request), body });
    if (!(reply instanceof Promise)) finish(reply);
    // The controller meets the same fault and answers it as every other.
    else reply.then(finish, () => finish(undefined));
  }

  private send(
    lane: OpenLane,
    requestId: string,
    request: IncomingMessage,
    response: ServerResponse,
    reply: LaneAnswer | LaneRefusal,
  ): void {
    const { status, headers, body } = 'refusal' in reply ? refuse(reply, requestId) : reply;
    const all = ['x-request-id', requestId, ...headers];
    if (body !== undefined) all.push('content-length', String(Buffer.byteLength(body)));
    response.writeHead(status, all);
    response.end(request.method === 'HEAD' ? undefined : body);
    this.counts.count(request.method!, lane.path, status);
    if (this.logger.isLevelEnabled('debug') || status >= 400) {
      const level = status >= 400 ? 'info' : 'debug';
      this.logger[level]({ request_id: requestId, method: request.method, route: lane.path, status }, 'request');
    }
  }
}

function isShortJson(headers: IncomingHttpHeaders): boolean {
  const length = Number(headers['content-length'] ?? Infinity);
  return length <= MAX_BODY && JSON_TYPE.test(headers['content-type'] ?? '') && !('content-encoding' in headers);
}

function refuse({ refusal, headers }: LaneRefusal, requestId: string): LaneAnswer {
  const { status, body } = problemFor(refusal, requestId) ?? unexpectedProblem(requestId);
  const challenge = status === 401 ? ['www-authenticate', 'Bearer'] : [];
  const type = ['content-type', 'application/json; charset=utf-8'];
  return { status, headers: [...headers, ...type, ...challenge], body: JSON.stringify(body) };
}
