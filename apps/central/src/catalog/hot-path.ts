import { RequestError, rateHeaders, sendProblem } from '@hansa/platform';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AuthError, ShopGate } from '#auth';
import { answerFor, type FinishedResponse } from './finished-response.js';
import { FinishedResponses } from './finished-responses.js';
import { UpdatesAnswers } from './updates-answers.js';
import { acceptUpdates } from './updates-query.js';

const FEED = '/store/marketplace/feed';
const UPDATES = '/store/marketplace/updates';
const UPDATES_GET = `${UPDATES}?`;
const UPDATES_HEADERS = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'private, no-cache' };

/**
 * Answers what needs no query below Nest: feed and product pages that are finished, and `updates` (architecture.md §5). It
 * admits a request exactly as the guard does. What it cannot answer goes on to the controller, not counted twice.
 */
@Injectable()
export class HotPath implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly shopGate: ShopGate,
    private readonly responses: FinishedResponses,
    private readonly updates: UpdatesAnswers,
  ) {}

  onModuleInit(): void {
    // Operator commands run without an HTTP server.
    const fastify = (this.adapterHost as Partial<HttpAdapterHost>).httpAdapter?.getInstance<FastifyInstance>();
    fastify?.addHook('onRequest', (request, reply, done) => {
      if (!this.answerRead(request, reply)) done();
    });
    fastify?.addHook('preHandler', (request, reply, done) => {
      if (!this.answerPost(request, reply)) done();
    });
  }

  private answerRead(request: FastifyRequest, reply: FastifyReply): boolean {
    const { method, url } = request.raw as { method: string; url: string };
    if (method !== 'GET' && method !== 'HEAD') return false;
    if (url.startsWith(FEED)) {
      const finished = this.responses.recall(url);
      if (!finished) return false;
      const rate = this.admit(request, reply);
      if (rate) {
        const { status, headers, body } = answerFor(finished, request.headers);
        sendRaw(request, reply, status, { ...rate, ...headers }, body);
      }
      return true;
    }
    if (!url.startsWith(UPDATES_GET)) return false;
    return this.sendUpdates(this.updates.answerSearch(url.slice(UPDATES_GET.length), request.query), request, reply);
  }

  private answerPost(request: FastifyRequest, reply: FastifyReply): boolean {
    if (request.raw.method !== 'POST' || request.raw.url !== UPDATES) return false;
    const question = acceptUpdates(request.body);
    return this.sendUpdates(question && this.updates.answer(question), request, reply);
  }

  private sendUpdates(body: string | null, request: FastifyRequest, reply: FastifyReply): boolean {
    if (body === null) return false;
    const rate = this.admit(request, reply);
    if (rate) sendRaw(request, reply, 200, { ...rate, ...UPDATES_HEADERS }, body);
    return true;
  }

  /** Counts the request; gives its `RateLimit-*` headers, or refuses it when its key or its rate says so. */
  private admit(request: FastifyRequest, reply: FastifyReply): Record<string, string> | undefined {
    const { rate, refusal } = this.shopGate.admit(request.headers, request.ip);
    if (!refusal) return rateHeaders(rate);
    void reply.headers(rateHeaders(rate));
    const error = refusal === 'RATE_LIMITED' ? new RequestError(refusal) : new AuthError(refusal);
    sendProblem(error, request, reply);
    return undefined;
  }
}

/** Sends bytes that need nothing more, past Fastify's own sending; headers that earlier hooks set go along. */
function sendRaw(
  { raw: { method } }: FastifyRequest,
  reply: FastifyReply,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Buffer | string | undefined,
): void {
  reply.hijack();
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  reply.raw.writeHead(status, { ...reply.getHeaders(), ...headers, ...length } as OutgoingHttpHeaders);
  reply.raw.end(method === 'HEAD' ? undefined : body);
}

/** Sends the representation the request asks for, or 304. */
export function sendFinished(finished: FinishedResponse, request: FastifyRequest, reply: FastifyReply): void {
  const { status, headers, body } = answerFor(finished, request.headers);
  void reply.code(status).headers(headers).send(body);
}
