import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import type { CorsPolicy } from './cors.js';
import { answerTo, ExtensionAuthError } from './extension-auth-error.js';
import type { ExtensionAuth, ExtensionCaller, RequestRules } from './extension-auth.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `requireExtension`. */
    extensionCaller?: ExtensionCaller;
  }
}

/** Answers CORS for a Fastify instance and everything registered on it, preflights of any address included. */
export function addExtensionCors(fastify: FastifyInstance, cors: CorsPolicy): void {
  fastify.addHook('onRequest', async (request, reply) => {
    const { method, headers } = request;
    const requestedMethod = headers['access-control-request-method'];
    const { headers: add, end } = cors({ method, origin: headers.origin, requestedMethod });
    for (const [name, value] of Object.entries(add)) addHeader(reply, name, value);
    return end === undefined ? undefined : reply.code(end).send();
  });
}

/** An `onRequest` hook that lets in holders of a good token, as `request.extensionCaller`. Add it after the CORS hook. */
export function requireExtension(auth: ExtensionAuth, rules?: RequestRules): onRequestAsyncHookHandler {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    try {
      request.extensionCaller = await auth.authenticate(request.headers, rules);
      return undefined;
    } catch (error) {
      if (!(error instanceof ExtensionAuthError)) throw error;
      const { status, headers, body } = answerTo(error);
      return reply.code(status).headers(headers).send(body);
    }
  };
}

function addHeader(reply: FastifyReply, name: string, value: string): void {
  const before = name === 'vary' ? reply.getHeader('vary') : undefined;
  void reply.header(name, before === undefined ? value : `${String(before)}, ${value}`);
}
