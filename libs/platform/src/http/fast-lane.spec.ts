import { Controller, Get, Module, Post, Body, Req } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { request as ask } from 'node:http';
import { pino } from 'pino';
import { Public } from '../access/access.js';
import { RequestError } from '../errors/request-error.js';
import { METRICS } from '../health/health.module.js';
import { Registry } from 'prom-client';
import { createHttpApp } from './create-http-app.js';
import type { FastLane } from './fast-lane.js';

@Controller()
class Slow {
  @Get('things')
  @Public()
  things(@Req() { ip }: FastifyRequest): object {
    return { from: 'controller', ip };
  }

  @Post('questions')
  @Public()
  question(@Body() body: unknown): object {
    return { from: 'controller', body };
  }
}

@Module({ controllers: [Slow], providers: [{ provide: METRICS, useFactory: () => new Registry() }] })
class Things {}

describe('a fast lane', () => {
  let app: NestFastifyApplication;
  let lane: FastLane;
  let url: string;

  beforeEach(async () => {
    app = await createHttpApp(Things, { logger: pino({ level: 'silent' }), trustedProxies: ['127.0.0.1'] });
    lane = app.getHttpAdapter().getInstance().fastLane;
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterEach(() => app.close());

  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${url}/questions`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });

  it('answers a read with its own bytes, and HEAD with their length only', async () => {
    lane.read('/things', () => ({ status: 200, headers: ['x-lane', 'yes'], body: 'fast' }));
    const read = await fetch(`${url}/things?a=1`, { headers: { 'x-request-id': 'request-1' } });
    expect([read.headers.get('x-lane'), await read.text()]).toEqual(['yes', 'fast']);
    expect(read.headers.get('x-request-id')).toBe('request-1');
    const head = await fetch(`${url}/things`, { method: 'HEAD' });
    expect([head.headers.get('content-length'), await head.text()]).toEqual(['4', '']);
  });

  it('leaves to the controller what it does not answer', async () => {
    lane.read('/things', () => undefined);
    expect(await (await fetch(`${url}/things`)).json()).toMatchObject({ from: 'controller' });
  });

  it('hands on the body it has read, whether it answers at once or later', async () => {
    lane.post('/questions', ({ body }) => (body.includes('later') ? Promise.resolve(undefined) : undefined));
    for (const body of [{ when: 'now' }, { when: 'later' }]) {
      expect(await (await post(JSON.stringify(body))).json()).toEqual({ from: 'controller', body });
    }
    expect((await post('{"when":')).status).toBe(400);
  });

  it('leaves to the controller what makes it fail', async () => {
    lane.post('/questions', () => Promise.reject(new Error('the database is away')));
    expect(await (await post('{"a":1}')).json()).toEqual({ from: 'controller', body: { a: 1 } });
  });

  it.each([
    ['no JSON', 'text/plain', 'x', 400],
    ['more than it reads', 'application/json', JSON.stringify('x'.repeat(200_000)), 201],
  ])('is not asked about %s', async (_name, type, body, status) => {
    lane.post('/questions', () => ({ status: 200, headers: [] }));
    expect((await post(body, { 'content-type': type })).status).toBe(status);
  });

  it('is not asked about a body of unknown length', async () => {
    lane.post('/questions', () => ({ status: 200, headers: [] }));
    const status = await new Promise<number>((done, fail) => {
      const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
      const sent = ask(`${url}/questions`, { method: 'POST', headers }, ({ statusCode }) => done(statusCode!));
      sent.on('error', fail);
      sent.end('{"a":1}');
    });
    expect(status).toBe(201);
  });

  it('refuses in the documented envelope', async () => {
    lane.read('/things', () => ({ refusal: new RequestError('CREDENTIALS_REQUIRED'), headers: ['x-left', '3'] }));
    const refused = await fetch(`${url}/things`);
    expect([refused.status, refused.headers.get('www-authenticate'), refused.headers.get('x-left')]).toEqual([
      401,
      'Bearer',
      '3',
    ]);
    expect(await refused.json()).toMatchObject({
      code: 'CREDENTIALS_REQUIRED',
      request_id: refused.headers.get('x-request-id'),
    });
  });

  it('knows the caller behind a trusted proxy, as the controller does', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    const { ip } = (await (await fetch(`${url}/things`, { headers })).json()) as { ip: string };
    lane.read('/things', (request) => ({ status: 200, headers: [], body: request.ip }));
    expect([ip, await (await fetch(`${url}/things`, { headers })).text()]).toEqual(['203.0.113.7', '203.0.113.7']);
  });

  it('is counted with everything else', async () => {
    lane.read('/things', () => ({ status: 200, headers: [], body: 'fast' }));
    await fetch(`${url}/things`);
    await fetch(`${url}/nowhere`);
    const text = await app.get<Registry>(METRICS).metrics();
    expect(text).toContain('hansa_http_requests_total{method="GET",route="/things",status="200"} 1');
    expect(text).toContain('hansa_http_requests_total{method="GET",route="unknown",status="404"} 1');
  });
});
