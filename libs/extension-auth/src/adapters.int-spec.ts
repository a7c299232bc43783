import 'reflect-metadata';
import { generateKeyPairSync, sign } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Post, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import express from 'express';
import { fastify } from 'fastify';
import { extensionCors, requireExtension as expressExtension, type ExtensionRequest } from './express.js';
import { addExtensionCors, requireExtension as fastifyExtension } from './fastify.js';
import { corsPolicy, extensionAuth, type ExtensionAuth, type ExtensionCaller } from './index.js';
import { Caller, ExtensionAuthGuard, ExtensionAuthModule, SingleUse, useExtensionCors } from './nest.js';

const MARKET = 'https://market.example';
const API = 'https://api.vendor.example';
const PAGE = 'https://app.vendor.example';
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'k', use: 'sig' };
const cors = corsPolicy({ origins: [PAGE] });

function newAuth(): ExtensionAuth {
  const used = new Set<string>();
  return extensionAuth({
    audience: API,
    marketplaces: [{ issuer: MARKET, tenants: 'any' }],
    claimTokenId: (id) => !used.has(id) && Boolean(used.add(id)),
    fetch: async () => Response.json({ keys: [jwk] }),
  });
}

function aToken(changes: object = {}): string {
  const iat = Math.floor(Date.now() / 1_000);
  const claims = {
    iss: MARKET,
    aud: API,
    sub: 'person',
    name: 'n',
    tenant: 't',
    ext: 'e',
    jti: `${Math.random()}`,
    iat,
    exp: iat + 300,
  };
  const input = [
    { alg: 'ES256', kid: 'k', typ: 'ext+jwt' },
    { ...claims, ...changes },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${input}.${sign('sha256', Buffer.from(input), { key: pair.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

interface Running {
  readonly url: string;
  close(): Promise<unknown>;
}

async function startFastify(): Promise<Running> {
  const app = fastify();
  const auth = newAuth();
  addExtensionCors(app, cors);
  app.get('/me', { onRequest: fastifyExtension(auth) }, async ({ extensionCaller }) => ({
    who: extensionCaller?.subject,
  }));
  app.post('/once', { onRequest: fastifyExtension(auth, { singleUse: true }) }, async () => ({}));
  return { url: await app.listen({ host: '127.0.0.1', port: 0 }), close: () => app.close() };
}

async function startExpress(): Promise<Running> {
  const app = express();
  const auth = newAuth();
  app.use(extensionCors(cors));
  app.get('/me', expressExtension(auth), (request: ExtensionRequest, response) => {
    response.json({ who: request.extensionCaller?.subject });
  });
  app.post('/once', expressExtension(auth, { singleUse: true }), (_request, response) => {
    response.json({});
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(done);
      }),
  };
}

@Controller()
@UseGuards(ExtensionAuthGuard)
class ApiController {
  @Get('me')
  me(@Caller() { subject }: ExtensionCaller) {
    return { who: subject };
  }

  @Post('once')
  @SingleUse()
  once() {
    return {};
  }
}

async function startNest(): Promise<Running> {
  const module = { ...ExtensionAuthModule.forRoot(newAuth()), controllers: [ApiController] };
  const app = await NestFactory.create(module, new FastifyAdapter(), { logger: false });
  useExtensionCors(app, cors);
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), close: () => app.close() };
}

describe.each([
  ['Fastify', startFastify],
  ['Express', startExpress],
  ['Nest', startNest],
])('the %s adapter', (_, start) => {
  let api: Running;
  beforeAll(async () => {
    api = await start();
  });
  afterAll(() => api.close());
  const ask = (path: string, init: RequestInit = {}) => fetch(`${api.url}${path}`, init);

  it('lets a good token in and says who it is', async () => {
    const response = await ask('/me', { headers: { 'mp-authorization': aToken(), origin: PAGE } });
    expect([response.status, await response.json()]).toEqual([200, { who: 'person' }]);
    expect(response.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(response.headers.get('vary')).toContain('Origin');
  });

  it('refuses the others with status, challenge and code, readable by the page', async () => {
    for (const [token, status, code, challenge] of [
      [undefined, 401, 'token_missing', 'Bearer'],
      [aToken({ exp: 1, iat: 0 }), 401, 'token_expired', 'Bearer error="invalid_token"'],
      [aToken({ aud: PAGE }), 401, 'token_invalid', 'Bearer error="invalid_token"'],
    ] as const) {
      const response = await ask('/me', { headers: { origin: PAGE, ...(token ? { 'mp-authorization': token } : {}) } });
      expect([response.status, await response.json()]).toEqual([status, { error: { code } }]);
      expect(response.headers.get('www-authenticate')).toBe(challenge);
      expect(response.headers.get('access-control-allow-origin')).toBe(PAGE);
    }
  });

  it('answers a preflight without a token, for listed pages', async () => {
    const preflight = (origin: string) =>
      ask('/me', {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'mp-authorization',
        },
      });
    const good = await preflight(PAGE);
    expect([good.status, good.headers.get('access-control-allow-origin')]).toEqual([204, PAGE]);
    expect(good.headers.get('access-control-allow-headers')).toContain('MP-Authorization');
    for (const origin of ['https://evil.example', 'null', `${PAGE}.evil.example`]) {
      const bad = await preflight(origin);
      expect([bad.status, bad.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    }
  });

  it('lets pages that are not listed neither read nor change, whatever token they have', async () => {
    const headers = { 'mp-authorization': aToken(), origin: 'https://evil.example' };
    expect((await ask('/me', { headers })).headers.get('access-control-allow-origin')).toBeNull();
    expect((await ask('/once', { method: 'POST', headers })).status).toBe(403);
  });

  it('takes a token once where the route asks for it', async () => {
    const headers = { 'mp-authorization': aToken() };
    expect((await ask('/once', { method: 'POST', headers })).ok).toBe(true);
    expect((await ask('/once', { method: 'POST', headers })).status).toBe(401);
    expect((await ask('/me', { headers })).status).toBe(200);
  });
});
