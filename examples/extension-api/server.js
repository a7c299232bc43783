/**
 * A third-party API that a marketplace's extension calls, and the extension's page, on two origins. It keeps notes of people who are
 * signed in at the marketplace, whom it knows by the secure tokens they send and by nothing else.
 */
import { readFileSync } from 'node:fs';
import { corsPolicy, extensionAuth } from '@hansa/extension-auth';
import { addExtensionCors, requireExtension } from '@hansa/extension-auth/fastify';
import { fastify } from 'fastify';

const { env } = process;
const HOST = '127.0.0.1';
const API_PORT = Number(env.API_PORT ?? 4301);
const PAGE_PORT = Number(env.PAGE_PORT ?? 4302);
const MARKETPLACE_URL = env.MARKETPLACE_URL ?? 'http://localhost:4000';
/** Both exactly as they are registered for the extension. */
const API_ORIGIN = env.API_ORIGIN ?? `http://${HOST}:${API_PORT}`;
const PAGE_ORIGIN = env.PAGE_ORIGIN ?? `http://${HOST}:${PAGE_PORT}`;

const auth = extensionAuth({
  audience: API_ORIGIN,
  marketplaces: [{ issuer: MARKETPLACE_URL, tenants: 'any' }],
  extensions: ['notes'],
});

const notes = new Map();
const NOTE = {
  body: {
    type: 'object',
    required: ['text'],
    additionalProperties: false,
    properties: { text: { type: 'string', minLength: 1, maxLength: 200 } },
  },
};

const api = fastify();
addExtensionCors(api, corsPolicy({ origins: [PAGE_ORIGIN] }));
api.addHook('onRequest', requireExtension(auth));
api.get('/notes', async ({ extensionCaller: { identity, name, tenant } }) => ({
  person: name,
  shop: tenant,
  notes: notes.get(identity) ?? [],
}));
api.post('/notes', { schema: NOTE }, async ({ body, extensionCaller: { identity } }, reply) => {
  notes.set(identity, [...(notes.get(identity) ?? []), body.text].slice(-100));
  return reply.code(201).send({ text: body.text });
});

const page = fastify();
const asset = (name) => readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8');
const html = asset('index.html').replaceAll('{{api}}', API_ORIGIN).replaceAll('{{marketplace}}', MARKETPLACE_URL);
const policy = `default-src 'none'; script-src 'self'; connect-src ${API_ORIGIN}; frame-ancestors ${MARKETPLACE_URL}; base-uri 'none'`;
page.get('/', async (_request, reply) =>
  reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(html),
);
page.get('/app.js', async (_request, reply) => reply.type('text/javascript; charset=utf-8').send(asset('app.js')));

await api.listen({ host: HOST, port: API_PORT });
await page.listen({ host: HOST, port: PAGE_PORT });
process.stdout.write(`The API is at ${API_ORIGIN}, the page of the extension at ${PAGE_ORIGIN}.\n`);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => void Promise.all([api.close(), page.close()]).then(() => process.exit(0)));
}
