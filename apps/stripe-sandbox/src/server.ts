import { fastify, type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { ApiError, type ErrorBody } from './api/api-error.js';
import { apiRoutes } from './api/api-routes.js';
import { FormError } from './api/form.js';
import { messagePage, sendPage } from './pages/layout.js';
import { billingRoutes } from './pages/billing-routes.js';
import { pageRoutes } from './pages/page-routes.js';
import { type Runtime } from './runtime.js';
import { sandboxRoutes } from './sandbox-routes.js';
import { newId } from './store/ids.js';

/** Builds the HTTP server: the API, the pages and the sandbox's own endpoints. */
export function buildServer(runtime: Runtime): FastifyInstance {
  const { maxBodyBytes, logLevel } = runtime.config;
  const app = fastify({
    bodyLimit: maxBodyBytes,
    genReqId: () => newId('req', 14),
    requestIdHeader: false,
    logger: logLevel === 'silent' ? false : { level: logLevel },
    frameworkErrors: (error, request, reply) => {
      answerError(error, request, reply);
    },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('request-id', request.id);
    refuseForeignForms(request);
  });
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const message = `Unrecognized request URL (${request.method}: ${request.url.slice(0, 200)}).`;
    return answerError(new ApiError(404, { type: 'invalid_request_error', message }), request, reply);
  });
  sandboxRoutes(app, runtime);
  pageRoutes(app, runtime);
  billingRoutes(app, runtime);
  void app.register(async (api) => apiRoutes(api, runtime));
  return app;
}

/** Stops a page of another site from paying or resending with a form of its own (cross-site request forgery). */
function refuseForeignForms({ method, headers }: FastifyRequest): void {
  const { origin, host } = headers;
  if (method !== 'POST' || origin === undefined) return;
  if (!URL.canParse(origin) || new URL(origin).host !== host) {
    throw new ApiError(403, {
      type: 'invalid_request_error',
      message: 'Forms are taken from the sandbox’s own pages only.',
    });
  }
}

function answerError(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, body } = refusalOf(error);
  if (status >= 500) request.log.error({ err: error }, 'a request failed');
  if (request.url.startsWith('/c/')) return sendPage(reply, status, messagePage('Something is wrong', body.message));
  return reply
    .code(status)
    .type('application/json')
    .send(JSON.stringify({ error: body }, null, 2));
}

function refusalOf(error: FastifyError | Error): { status: number; body: ErrorBody } {
  if (error instanceof ApiError) return error;
  if (error instanceof FormError) {
    return { status: 400, body: { type: 'invalid_request_error', message: `Invalid request: ${error.message}.` } };
  }
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
  if (status === 413) return { status, body: { type: 'invalid_request_error', message: 'Request body is too large.' } };
  if (status >= 400 && status < 500) {
    const message = 'Invalid request (check that your POST content type is application/x-www-form-urlencoded).';
    return { status, body: { type: 'invalid_request_error', message } };
  }
  return { status: 500, body: { type: 'api_error', message: 'The sandbox made a mistake. Its log has the details.' } };
}
