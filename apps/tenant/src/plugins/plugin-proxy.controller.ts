import { All, Controller, Param, Req, Res, UseFilters } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Requires } from '#access';
import { LeadToSignIn } from './lead-to-sign-in.filter.js';
import { PluginRuntime } from './plugin-runtime.js';
import { PluginsError } from './plugins.errors.js';

/** What a plugin may know of a request: no credentials, no cookies, no addresses. */
const HEADERS_PASSED = ['accept', 'accept-language', 'content-type'] as const;

/**
 * A plugin's page shares the admin's origin: the sandbox gives it one of its own, so its scripts cannot use the admin's session. It
 * brings what it needs along, and fetches and sends nothing: what leaves the shop goes through the egress ledger.
 */
const PAGE_POLICY = [
  'sandbox allow-forms allow-scripts',
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join('; ');

@ApiExcludeController()
@UseFilters(LeadToSignIn)
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
    const guarded = {
      'content-security-policy': PAGE_POLICY,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    };
    await reply
      .status(answer.status)
      .headers({ ...answer.headers, ...guarded })
      .send(answer.body);
  }
}
