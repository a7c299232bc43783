import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  LogController,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { ProblemFilter, sendProblem } from '../errors/problem.filter.js';
import { METRICS } from '../health/health.module.js';
import { NestLogger } from '../logging/nest-logger.js';
import { FastLane } from './fast-lane.js';
import { acceptForms } from './form-body.js';
import { HttpCounts } from './http-counts.js';
import { requestIdOf } from './request-id.js';
import { acceptJson } from './strict-body.js';
import { PlainTextPipe, strictValidation } from './validation.js';

export interface HttpAppOptions {
  readonly logger: Logger;
  /** Addresses of proxies whose `X-Forwarded-*` headers are believed; none by default. */
  readonly trustedProxies?: readonly string[];
  /** Largest JSON body in bytes. */
  readonly bodyLimit?: number;
}

/** The largest JSON body any endpoint reads unless it says otherwise. */
export const DEFAULT_BODY_LIMIT = 1024 * 1024;
const MAX_URL_PARAMETER = 2_048;

/** A Nest application on Fastify with the house's request ids, strict bodies, validation and error envelope. */
export async function createHttpApp(
  module: Type | DynamicModule,
  options: HttpAppOptions,
): Promise<NestFastifyApplication> {
  const counts = new HttpCounts();
  const fastLane = new FastLane(options.logger, counts, options.trustedProxies ?? []);
  const settings: FastifyServerOptions = {
    serverFactory: (handler) => fastLane.createServer(handler),
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    bodyLimit: options.bodyLimit ?? DEFAULT_BODY_LIMIT,
    routerOptions: { maxParamLength: MAX_URL_PARAMETER, ignoreTrailingSlash: false },
    trustProxy: options.trustedProxies && options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    genReqId: ({ headers }: IncomingMessage) => requestIdOf(headers),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => sendProblem(error, request, reply),
  };
  const adapter = new FastifyAdapter({ ...settings, skipMiddie: true } as FastifyServerOptions);
  const fastify = adapter.getInstance<FastifyInstance>();
  fastify.decorate('fastLane', fastLane);
  fastLane.giveBack(fastify);
  acceptJson(fastify);
  acceptForms(fastify);
  observe(fastify, counts);
  const app: NestFastifyApplication = await NestFactory.create(module, adapter, {
    bodyParser: false,
    logger: new NestLogger(options.logger),
    abortOnError: false,
  });
  counts.showIn(app.get<Registry>(METRICS));
  app.useGlobalPipes(new PlainTextPipe(), strictValidation());
  app.useGlobalFilters(new ProblemFilter());
  return app;
}

/** One log line for each change and each refusal; reads are counted by the metrics. No query string: it may hold tokens. */
function observe(fastify: FastifyInstance, counts: HttpCounts): void {
  // Callbacks, not promises: these run for every request, also where nothing else does.
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const status = reply.statusCode;
    const level = status >= 500 ? 'error' : status >= 400 || request.method !== 'GET' ? 'info' : 'debug';
    const route = request.routeOptions.url ?? 'unknown';
    counts.count(request.method, route, status);
    request.log[level]({ method: request.method, route, status, ms: Math.round(reply.elapsedTime) }, 'request');
    done();
  });
}
