import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemFor, unexpectedProblem } from './problem.js';

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
  const { status, body } = answer ?? unexpectedProblem(request.id);
  if (status === 401 && !reply.hasHeader('www-authenticate')) void reply.header('www-authenticate', 'Bearer');
  void reply.status(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
}
