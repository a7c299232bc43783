import { ACCESS } from '@hansa/platform';
import { applyDecorators, SetMetadata } from '@nestjs/common';
import type { ManagementScope } from '#tokens';
import type { Audience } from './caller.js';

/** Metadata key of the scope a route asks of its management token. */
export const SCOPE = Symbol('scope');

export function Requires(audience: Exclude<Audience, 'management'>): MethodDecorator;
export function Requires(audience: 'management', scope: ManagementScope): MethodDecorator;
/** Closes a route to everyone but this audience. A route with neither this nor `@Public()` is closed to all. */
export function Requires(audience: Audience, scope?: ManagementScope): MethodDecorator {
  return applyDecorators(SetMetadata(ACCESS, audience), SetMetadata(SCOPE, scope));
}
