export interface CorsOptions {
  /** Origins of the front ends, exactly as browsers print them. */
  readonly origins: readonly string[];
  /** `GET` and `POST` unless given. */
  readonly methods?: readonly string[];
  /** Request headers besides `Content-Type`, `MP-Authorization` and `Authorization`. */
  readonly headers?: readonly string[];
  /** Response headers that scripts may read. */
  readonly exposedHeaders?: readonly string[];
}

export interface CorsRequest {
  readonly method: string;
  readonly origin: string | undefined;
  /** `Access-Control-Request-Method`: present makes an `OPTIONS` a preflight. */
  readonly requestedMethod: string | undefined;
}

export interface CorsAnswer {
  readonly headers: Readonly<Record<string, string>>;
  /** The request is answered with this status and goes no further. */
  readonly end?: 204 | 403;
}

/** Decides about one request, before anything else looks at it: a preflight carries no token. */
export type CorsPolicy = (request: CorsRequest) => CorsAnswer;

const MAX_AGE_SECONDS = 600;
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Lets pages of exactly these origins read the API, with credentials. There is no `*`, no `null` and no pattern: an origin that
 * merely ends or begins like a listed one is somebody else's. An unlisted origin gets no CORS headers, and 403 for anything that
 * changes something; a request without `Origin` is none of a browser's business and passes, to be stopped by its token.
 *
 * @throws {TypeError} for an origin that is none
 */
export function corsPolicy(options: CorsOptions): CorsPolicy {
  const origins = new Set(options.origins);
  for (const origin of origins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin || origin === 'null')
      throw new TypeError(`${origin} is no origin as browsers print it.`);
  }
  const methods = (options.methods ?? ['GET', 'POST']).join(', ');
  const headers = ['Content-Type', 'MP-Authorization', 'Authorization', ...(options.headers ?? [])].join(', ');
  const exposed = options.exposedHeaders?.join(', ');

  return ({ method, origin, requestedMethod }) => {
    const vary = { vary: 'Origin' };
    const isPreflight = method === 'OPTIONS' && requestedMethod !== undefined;
    if (origin === undefined) return isPreflight ? { headers: vary, end: 403 } : { headers: vary };
    if (!origins.has(origin)) return SAFE.has(method) && !isPreflight ? { headers: vary } : { headers: vary, end: 403 };
    const allow = {
      ...vary,
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      ...(exposed === undefined ? {} : { 'access-control-expose-headers': exposed }),
    };
    if (!isPreflight) return { headers: allow };
    const preflight = {
      'access-control-allow-methods': methods,
      'access-control-allow-headers': headers,
      'access-control-max-age': String(MAX_AGE_SECONDS),
    };
    return { headers: { ...allow, ...preflight }, end: 204 };
  };
}
