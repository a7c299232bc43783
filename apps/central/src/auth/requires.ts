import { ACCESS } from '@hansa/platform';
import { SetMetadata } from '@nestjs/common';
import type { Audience } from './caller.js';

/** Closes a route to everyone but this audience. A route with neither this nor `@Public()` is closed to all. */
export const Requires = (audience: Audience) => SetMetadata(ACCESS, audience);
