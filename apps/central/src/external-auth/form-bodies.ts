import { RequestError, fastifyOf } from '@hansa/platform';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

const FORM = 'application/x-www-form-urlencoded';
/** Routes a plain HTML form may post to. None reads the body: what counts is in the address and the cookies. */
const FORM_ROUTES = new Set(['/auth/token', '/auth/logout', '/portal/sign-in']);

/** Lets HTML forms post to the sign-in and sign-out routes, and to no other: a form needs no preflight (CSRF). */
@Injectable()
export class FormBodies implements OnModuleInit {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  onModuleInit(): void {
    // A role without HTTP has no adapter.
    const fastify = fastifyOf(this.adapterHost);
    if (!fastify || fastify.hasContentTypeParser(FORM)) return;
    fastify.addContentTypeParser(FORM, { parseAs: 'buffer', bodyLimit: 8_192 }, (request, _bytes, done) => {
      if (FORM_ROUTES.has(request.routeOptions.url ?? '')) done(null, undefined);
      else done(new RequestError('UNSUPPORTED_MEDIA_TYPE'), undefined);
    });
  }
}
