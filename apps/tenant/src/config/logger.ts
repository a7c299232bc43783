/** Injection token of the structured logger. */
export const LOGGER = Symbol('logger');
