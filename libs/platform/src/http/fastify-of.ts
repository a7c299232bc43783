import type { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Fastify under a Nest application; undefined where there is no HTTP server: workers and operator commands. */
export function fastifyOf(host: HttpAdapterHost): FastifyInstance | undefined {
  return (host as Partial<HttpAdapterHost>).httpAdapter?.getInstance<FastifyInstance>();
}

/** Adds headers given as names and values by turns, the way `LaneAnswer` has them; a name may come twice. */
export function setHeaders(reply: FastifyReply, headers: readonly string[]): void {
  const named: Record<string, string | string[]> = {};
  for (let at = 0; at < headers.length; at += 2) {
    const [name, value] = [headers[at]!, headers[at + 1]!];
    named[name] = name in named ? [named[name]!, value].flat() : value;
  }
  void reply.headers(named);
}
