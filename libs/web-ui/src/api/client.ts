import { problemOf, ServerAway } from './problem.js';

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Sending {
  readonly body?: unknown;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls to the server that served the page, as whoever is signed in. Each rejects with `ApiProblem` or `ServerAway`. */
export interface Api {
  get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T>;
  post<T>(path: string, sending?: Sending): Promise<T>;
  put<T>(path: string, sending?: Sending): Promise<T>;
  patch<T>(path: string, sending?: Sending): Promise<T>;
  delete<T>(path: string, sending?: Sending): Promise<T>;
}

export interface ApiOptions {
  /** What a change has to bring with it, so that no other site can make one in the user's name; see `cookieNamed`. */
  readonly csrfToken: (path: string) => string | undefined;
  readonly fetch?: typeof fetch;
}

/** The API of the page's own server. Cookies say who asks; a change brings the page's token as `x-xsrf-token` too. */
export function createApi({ csrfToken, fetch: send = globalThis.fetch.bind(globalThis) }: ApiOptions): Api {
  const call = async <T>(method: string, path: string, sending: Sending = {}, signal?: AbortSignal): Promise<T> => {
    const headers: Record<string, string> = { accept: 'application/json', ...sending.headers };
    const token = method === 'GET' ? undefined : csrfToken(path);
    if (token !== undefined) headers['x-xsrf-token'] = token;
    if (sending.body !== undefined && !('content-type' in headers)) headers['content-type'] = 'application/json';
    const body = sending.body instanceof Blob ? sending.body : JSON.stringify(sending.body);
    const init = {
      method,
      headers,
      credentials: 'same-origin' as const,
      body: body as BodyInit,
      signal: signal ?? null,
    };
    const response = await send(path + queryOf(sending.query), init).catch((cause: unknown) => {
      if (signal?.aborted) throw cause;
      throw new ServerAway({ cause });
    });
    const answer = readJson(await response.text());
    if (!response.ok) throw problemOf(response.status, answer);
    return answer as T;
  };
  return {
    get: (path, query, signal) => call('GET', path, query ? { query } : {}, signal),
    post: (path, sending) => call('POST', path, sending),
    put: (path, sending) => call('PUT', path, sending),
    patch: (path, sending) => call('PATCH', path, sending),
    delete: (path, sending) => call('DELETE', path, sending),
  };
}

/** The value of a cookie that pages may read. */
export function cookieNamed(name: string, cookies: string): string | undefined {
  const pair = cookies.split(/; */).find((each) => each.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

/** `?a=1&b=x`, without what is unset; empty when nothing is left. */
export function queryOf(query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === null || value === '' ? [] : [[name, String(value)]],
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}

function readJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
