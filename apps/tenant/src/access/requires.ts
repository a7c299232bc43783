import { ACCESS } from '@hansa/platform';
import { applyDecorators, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth } from '@nestjs/swagger';

/** Who a route may be for; `public` (platform's `@Public`) is the third. A route that names none is closed. */
export type Audience = 'admin' | 'signed';

/** Only for a signed-in admin of the shop. */
export const Requires = (_audience: 'admin') => applyDecorators(SetMetadata(ACCESS, 'admin'), ApiBearerAuth());

/** For the hub, proven by its signature over the received bytes, which the handler must check before it believes any. */
export const Signed = () => applyDecorators(SetMetadata(ACCESS, 'signed'), RouteConfig({ rawBody: true }));
