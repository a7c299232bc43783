import { ACCESS } from '@hansa/platform';
import { applyDecorators, SetMetadata } from '@nestjs/common';
import type { ManagementScope, MarketScope, PublisherScope } from '#tokens';
import type { Audience } from './caller.js';

/** Metadata key of the scope a route asks of its token. A publisher's route without one asks for everything. */
export const SCOPE = Symbol('scope');

export function Requires(audience: Exclude<Audience, 'management' | 'market' | 'publisher'>): MethodDecorator;
export function Requires(audience: 'publisher', scope?: PublisherScope): MethodDecorator;
export function Requires(audience: 'management', scope: ManagementScope): MethodDecorator;
export function Requires(audience: 'market', scope: MarketScope): MethodDecorator;
/** Closes a route to everyone but this audience. A route with neither this nor `@Public()` is closed to all. */
export function Requires(audience: Audience, scope?: ManagementScope | MarketScope | PublisherScope): MethodDecorator {
  return applyDecorators(SetMetadata(ACCESS, audience), SetMetadata(SCOPE, scope));
}
