import type { RouteHandler } from './plugin.js';

const SEGMENT = /^(:[A-Za-z_]\w{0,39}|(?!\.{1,2}$)[\w\-.~]{1,100})$/;

interface Route {
  readonly method: string;
  readonly segments: readonly string[];
  readonly handler: RouteHandler;
}

export interface RouteMatch {
  readonly handler: RouteHandler;
  readonly params: Readonly<Record<string, string>>;
}

/** The routes of one plugin. Where several match, the one with more literal segments wins. */
export class RouteTable {
  private readonly routes: Route[] = [];

  /** @throws {TypeError} for a path that is none, and for a route that is there already */
  add(method: string, path: string, handler: RouteHandler): void {
    const segments = split(path);
    if (!path.startsWith('/') || segments.some((segment) => !SEGMENT.test(segment))) {
      throw new TypeError(`${path} is no route: write literal segments and :name segments, as in /invoices/:number`);
    }
    if (typeof handler !== 'function') throw new TypeError(`the handler of ${method} ${path} is no function`);
    if (this.routes.some((route) => route.method === method && route.segments.join('/') === segments.join('/'))) {
      throw new TypeError(`${method} ${path} is registered twice`);
    }
    this.routes.push({ method, segments, handler });
  }

  /** The handler for a path; undefined when none is registered. HEAD asks the GET route. */
  match(method: string, path: string): RouteMatch | undefined {
    const asked = method === 'HEAD' ? 'GET' : method;
    const segments = split(path);
    const [best] = this.routes
      .filter((route) => route.method === asked && fits(route.segments, segments))
      .sort((a, b) => countParams(a) - countParams(b));
    const params = best && readParams(best.segments, segments);
    return params && { handler: best.handler, params };
  }
}

function split(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function fits(pattern: readonly string[], segments: readonly string[]): boolean {
  return pattern.length === segments.length && pattern.every((part, i) => part.startsWith(':') || part === segments[i]);
}

function countParams({ segments }: Route): number {
  return segments.filter((segment) => segment.startsWith(':')).length;
}

/** Undefined when a segment is not percent-encoded UTF-8: such a path names nothing. */
function readParams(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  try {
    for (const [i, part] of pattern.entries()) {
      if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(segments[i] ?? '');
    }
  } catch {
    return undefined;
  }
  return params;
}
