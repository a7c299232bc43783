import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemFor, unexpectedProblem, type ProblemAnswer } from './problem.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How refusals of this route look when a foreign protocol asks for another envelope than the house's. */
    refusal?: (problem: ProblemAnswer, error: unknown) => { readonly status: number; readonly body: object };
  }
}

/** Answers every throw with the documented envelope; a bug is logged once, here, and answered without detail. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}

/** Also the answer of routes that live below Nest, on Fastify itself. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const answer = problemFor(error, request.id);
  if (!answer) request.log.error({ err: error }, 'unexpected error');
  if (reply.sent || reply.raw.headersSent) return;
  const problem = answer ?? unexpectedProblem(request.id);
  const { status, body } = refusalShape(request)?.(problem, error) ?? problem;
  if (status === 401 && !reply.hasHeader('www-authenticate')) void reply.header('www-authenticate', 'Bearer');
  void reply.status(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
}

/** A URL that cannot be read has no route yet. */
function refusalShape(request: FastifyRequest) {
  return (request.routeOptions as FastifyRequest['routeOptions'] | undefined)?.config.refusal;
}
