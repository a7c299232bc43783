import { Body, Controller, Module, Post } from '@nestjs/common';
import { RouteConfig, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { Public } from '../access/access.js';
import { METRICS } from '../health/health.module.js';
import { createHttpApp } from './create-http-app.js';

@Controller()
class Forms {
  @Post('read')
  @Public()
  @RouteConfig({ form: 'read' })
  read(@Body() body: unknown): object {
    return { body: body ?? null };
  }

  @Post('unread')
  @Public()
  @RouteConfig({ form: 'unread' })
  unread(@Body() body: unknown): object {
    return { body: body ?? null };
  }

  @Post('closed')
  @Public()
  closed(): object {
    return {};
  }
}

@Module({ controllers: [Forms], providers: [{ provide: METRICS, useFactory: () => new Registry() }] })
class Some {}

describe('a form', () => {
  let app: NestFastifyApplication;
  let url: string;

  beforeAll(async () => {
    app = await createHttpApp(Some, { logger: pino({ level: 'silent' }) });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterAll(() => app.close());

  const post = async (path: string, body: string | Buffer) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(`${url}/${path}`, { method: 'POST', headers, body });
    return { status: response.status, ...((await response.json()) as { body?: unknown; code?: string }) };
  };

  it('is read where a route reads forms', async () => {
    expect(await post('read', 'a=1&b=x%20y%2Bz+%C3%A9')).toEqual({ status: 201, body: { a: '1', b: 'x y+z é' } });
  });

  it('is let in unread, or not at all', async () => {
    expect(await post('unread', 'a=1')).toEqual({ status: 201, body: null });
    expect(await post('closed', 'a=1')).toMatchObject({ status: 400, code: 'UNSUPPORTED_MEDIA_TYPE' });
  });

  it.each([
    ['a field that comes twice', 'a=1&a=2'],
    ['a field that would reach a prototype', '__proto__=1'],
    ['bytes that are no UTF-8', Buffer.from([0x61, 0x3d, 0xff])],
  ])('is refused with %s', async (_name, body) => {
    expect(await post('read', body)).toMatchObject({ status: 400, code: 'MALFORMED_REQUEST' });
  });

  it('is refused when it is long', async () => {
    expect(await post('read', `a=${'x'.repeat(8_200)}`)).toMatchObject({ status: 413 });
  });
});
