import {
  rateHeaders,
  RequestError,
  type LaneAnswer,
  type LaneRefusal,
  type LaneRequest,
  fastifyOf,
  setHeaders,
} from '@hansa/platform';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuthError, ShopGate } from '#auth';
import { answerFor, type FinishedResponse } from './finished-response.js';
import { FinishedResponses } from './finished-responses.js';
import { UpdatesAnswers } from './updates-answers.js';

const FEED = '/store/marketplace/feed';
const UPDATES = '/store/marketplace/updates';
const UPDATES_HEADERS = ['content-type', 'application/json; charset=utf-8', 'cache-control', 'private, no-cache'];

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
    const fastify = fastifyOf(this.adapterHost);
    fastify?.fastLane.read(FEED, (request) => {
      const finished = this.responses.recall(request.url);
      return finished && this.admit(request, answerFor(finished, request.headers));
    });
    fastify?.fastLane.read(`${UPDATES}?`, (request) =>
      this.admitUpdates(request, this.updates.answerSearch(request.url.slice(UPDATES.length + 1))),
    );
    fastify?.fastLane.post(UPDATES, (request) => this.admitUpdates(request, this.updates.answerBody(request.body)));
  }

  private admitUpdates(request: LaneRequest, body: Buffer | null): LaneAnswer | LaneRefusal | undefined {
    return body === null ? undefined : this.admit(request, { status: 200, headers: UPDATES_HEADERS, body });
  }

  /** Counts the request, and lets the answer out with its `RateLimit-*` headers unless key or rate say no. */
  private admit({ headers, ip }: LaneRequest, answer: LaneAnswer): LaneAnswer | LaneRefusal {
    const { rate, refusal } = this.shopGate.admit(headers, ip);
    const counted = rateHeaders(rate);
    if (!refusal) return { ...answer, headers: [...answer.headers, ...counted] };
    const error = refusal === 'RATE_LIMITED' ? new RequestError(refusal) : new AuthError(refusal);
    return { refusal: error, headers: counted };
  }
}

/** Sends the representation the request asks for, or 304. */
export function sendFinished(finished: FinishedResponse, request: FastifyRequest, reply: FastifyReply): void {
  const { status, headers, body } = answerFor(finished, request.headers);
  setHeaders(reply, headers);
  void reply.code(status).send(body);
}
