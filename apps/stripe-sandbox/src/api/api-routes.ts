import { setTimeout as wait } from 'node:timers/promises';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { API_VERSION } from '../events/record-event.js';
import { type Runtime } from '../runtime.js';
import { type Work } from '../store/work.js';
import { ApiError, invalidParameter } from './api-error.js';
import { authenticate } from './authenticate.js';
import { type Endpoint, ENDPOINTS } from './endpoints.js';
import { expand } from './expand.js';
import { decodeForm, FormError, type FormFields } from './form.js';
import { type KeyedRequest, keyedRequest, keyInUse, savedAnswer } from './idempotency.js';
import { Params } from './params.js';

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Serves Stripe's API under `/v1`: authenticated, form-encoded, idempotent. */
export function apiRoutes(app: FastifyInstance, runtime: Runtime): void {
  const inFlight = new Set<string>();
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('stripe-version', request.headers['stripe-version'] ?? API_VERSION);
    authenticate(request.headers.authorization, runtime.config.secretKey);
  });
  for (const [route, endpoint] of Object.entries(ENDPOINTS)) {
    const [method = '', url = ''] = route.split(' ');
    app.route({
      method,
      url,
      handler: (request, reply) =>
        method === 'POST'
          ? answerPost(runtime, inFlight, endpoint, request, reply)
          : answerRead(runtime, endpoint, request, reply),
    });
  }
}

async function answerRead(runtime: Runtime, endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply) {
  const query = request.url.split('?')[1] ?? '';
  const { status, body } = runtime.change((work) => answer(work, endpoint, request, decoded(query)), {
    id: request.id,
    key: null,
  });
  return reply.code(status).type('application/json').send(body);
}

async function answerPost(
  runtime: Runtime,
  inFlight: Set<string>,
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const fields = decoded(typeof request.body === 'string' ? request.body : '');
  const path = request.url.split('?')[0] ?? '';
  const header = request.headers['idempotency-key'];
  const keyed = keyedRequest(Array.isArray(header) ? header[0] : header, path, fields);
  if (keyed) {
    void reply.header('idempotency-key', keyed.key);
    if (inFlight.has(keyed.key)) throw keyInUse(keyed.key);
    inFlight.add(keyed.key);
  }
  try {
    const saved = keyed && savedAnswer(runtime.store, keyed, runtime.nowMs());
    if (saved) void reply.header('idempotent-replayed', 'true').header('original-request', saved.requestId);
    else if (runtime.config.latencyMs > 0) await wait(runtime.config.latencyMs);
    const { status, body } = saved ?? answerOnce(runtime, endpoint, request, fields, keyed);
    return await reply.code(status).type('application/json').send(body);
  } finally {
    if (keyed) inFlight.delete(keyed.key);
  }
}

/** Does the work and saves its answer under the key in one change: a crash leaves both or neither. */
function answerOnce(
  runtime: Runtime,
  endpoint: Endpoint,
  request: FastifyRequest,
  fields: FormFields,
  keyed: KeyedRequest | null,
): Answer {
  const origin = { id: request.id, key: keyed?.key ?? null };
  try {
    return runtime.change((work) => save(work, keyed, request.id, answer(work, endpoint, request, fields)), origin);
  } catch (error) {
    if (!(error instanceof ApiError) || !error.replayed) throw error;
    return runtime.change((work) => save(work, keyed, request.id, refusal(error)), origin);
  }
}

function answer(work: Work, endpoint: Endpoint, request: FastifyRequest, fields: FormFields): Answer {
  const { id = '' } = request.params as { id?: string };
  const params = new Params(fields);
  const paths = params.texts('expand');
  const result = endpoint(work, params, id);
  params.done();
  if (result instanceof ApiError) return refusal(result);
  return { status: 200, body: JSON.stringify(expand(work, result, paths), null, 2) };
}

function save(work: Work, keyed: KeyedRequest | null, requestId: string, { status, body }: Answer): Answer {
  if (keyed) {
    const { key, path, fingerprint } = keyed;
    work.store.put('saved_answer', { id: key, path, fingerprint, status, body, requestId, atMs: work.nowMs });
  }
  return { status, body };
}

function refusal(error: ApiError): Answer {
  return { status: error.status, body: JSON.stringify({ error: error.body }, null, 2) };
}

function decoded(text: string): FormFields {
  try {
    return decodeForm(text);
  } catch (error) {
    if (error instanceof FormError) throw invalidParameter('', `Invalid request: ${error.message}.`);
    throw error;
  }
}
