import { SetMetadata } from '@nestjs/common';

/** Metadata key under which a route says who may call it; a route without it is closed to everybody. */
export const ACCESS = Symbol('access');

/** Open to anyone. Neither this nor another access decorator on a route means that nobody may call it. */
export const Public = () => SetMetadata(ACCESS, 'public');
