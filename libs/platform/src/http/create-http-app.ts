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
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { ProblemFilter, sendProblem } from '../errors/problem.filter.js';
import { NestLogger } from '../logging/nest-logger.js';
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
const CALLER_REQUEST_ID = /^[A-Za-z0-9_-]{8,64}$/;

/** A Nest application on Fastify with the house's request ids, strict bodies, validation and error envelope. */
export async function createHttpApp(
  module: Type | DynamicModule,
  options: HttpAppOptions,
): Promise<NestFastifyApplication> {
  const settings: FastifyServerOptions = {
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    bodyLimit: options.bodyLimit ?? DEFAULT_BODY_LIMIT,
    routerOptions: { maxParamLength: MAX_URL_PARAMETER, ignoreTrailingSlash: false },
    trustProxy: options.trustedProxies && options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    genReqId: (request: IncomingMessage) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && CALLER_REQUEST_ID.test(given) ? given : randomUUID();
    },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => sendProblem(error, request, reply),
  };
  const adapter = new FastifyAdapter({ ...settings, skipMiddie: true } as FastifyServerOptions);
  const fastify = adapter.getInstance<FastifyInstance>();
  acceptJson(fastify);
  observe(fastify);
  const app: NestFastifyApplication = await NestFactory.create(module, adapter, {
    bodyParser: false,
    logger: new NestLogger(options.logger),
    abortOnError: false,
  });
  app.useGlobalPipes(new PlainTextPipe(), strictValidation());
  app.useGlobalFilters(new ProblemFilter());
  return app;
}

/** One log line for each change and each refusal; reads are counted by the metrics. No query string: it may hold tokens. */
function observe(fastify: FastifyInstance): void {
  // Callbacks, not promises: these run for every request, also where nothing else does.
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const status = reply.statusCode;
    const level = status >= 500 ? 'error' : status >= 400 || request.method !== 'GET' ? 'info' : 'debug';
    const route = request.routeOptions.url ?? 'unknown';
    request.log[level]({ method: request.method, route, status, ms: Math.round(reply.elapsedTime) }, 'request');
    done();
  });
}
