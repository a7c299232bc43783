import { All, Controller, Param, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Requires } from '#access';
import { PluginRuntime } from './plugin-runtime.js';
import { PluginsError } from './plugins.errors.js';

/** What a plugin may know of a request: no credentials, no cookies, no addresses. */
const HEADERS_PASSED = ['accept', 'accept-language', 'content-type'] as const;

@ApiExcludeController()
@Controller('plugins')
export class PluginProxyController {
  constructor(private readonly runtime: PluginRuntime) {}

  /** A plugin's own pages and calls. */
  @All([':id', ':id/*'])
  @Requires('admin')
  @RouteConfig({ rawBody: true })
  async pass(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { pathname, searchParams } = new URL(request.url, 'http://shop.invalid');
    const mount = `/plugins/${id}`;
    if (pathname !== mount && !pathname.startsWith(`${mount}/`)) throw new PluginsError('PLUGIN_NOT_FOUND');
    const answer = await this.runtime.request(id, {
      method: request.method,
      path: pathname.slice(mount.length) || '/',
      query: Object.fromEntries(searchParams),
      headers: Object.fromEntries(
        HEADERS_PASSED.flatMap((name) => (request.headers[name] ? [[name, request.headers[name]]] : [])),
      ),
      ...(request.rawBody ? { body: request.rawBody } : {}),
    });
    // A plugin's page shares the admin's origin: the sandbox keeps its scripts from the admin's session.
    const guarded = {
      'content-security-policy': 'sandbox allow-forms allow-scripts',
      'x-content-type-options': 'nosniff',
    };
    await reply
      .status(answer.status)
      .headers({ ...answer.headers, ...guarded })
      .send(answer.body);
  }
}
