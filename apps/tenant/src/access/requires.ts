import { ACCESS } from '@hansa/platform';
import { applyDecorators, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth } from '@nestjs/swagger';

/** Who a route may be for; `public` (platform's `@Public`) is the third. A route that names none is closed. */
export type Audience = 'admin' | 'host' | 'signed';

/** Only for a signed-in admin of the shop, or for the host platform, which brings the token of `HOST_TOKEN`. */
export const Requires = (audience: 'admin' | 'host') => applyDecorators(SetMetadata(ACCESS, audience), ApiBearerAuth());

/** For the hub, proven by its signature over the received bytes, which the handler must check before it believes any. */
export const Signed = () => applyDecorators(SetMetadata(ACCESS, 'signed'), RouteConfig({ rawBody: true }));
