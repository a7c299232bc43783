import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RequestError } from '../errors/request-error.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Keeps the received bytes as `request.rawBody`, for routes that check a signature over them. */
    rawBody?: boolean;
  }
  interface FastifyRequest {
    rawBody?: Buffer;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Reads JSON strictly: UTF-8 only, no `__proto__`, and the bytes kept only where a signature needs them. */
export function acceptJson(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser(
    /^application\/([\w.-]+\+)?json\b/i,
    { parseAs: 'buffer' },
    (request, bytes: Buffer, done) => {
      if (request.routeOptions.config.rawBody) request.rawBody = bytes;
      let text: string;
      try {
        text = decoder.decode(bytes);
      } catch {
        done(new RequestError('MALFORMED_JSON'), undefined);
        return;
      }
      void parse(request, text, (error, body) =>
        error ? done(new RequestError('MALFORMED_JSON'), undefined) : done(null, body),
      );
    },
  );
}

const NO_BYTES = Buffer.alloc(0);

/** The received bytes of a request whose route is marked `rawBody`; none when it came without a body. */
export function rawBodyOf(request: FastifyRequest): Buffer {
  if (!request.routeOptions.config.rawBody)
    throw new Error(`${request.routeOptions.url ?? 'route'} is not marked rawBody`);
  return request.rawBody ?? NO_BYTES;
}
