import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { RequestError } from '../errors/request-error.js';

export interface ScreensOptions {
  /** Where the built site lies: `dist/site` of a web app. */
  readonly folder: string;
  /** Addresses that are pages, each with all below it. No route of the API may be among them. */
  readonly pages: readonly string[];
  /** Other origins pictures may come from. */
  readonly pictures?: readonly string[];
  readonly logger: Logger;
  /** Whether a browser that goes to an address of nothing gets the page, which says so and leads on; else it gets the API's 404. */
  readonly pageForNothing?: boolean;
  /** What readers see of a page before, or without, its scripts; undefined leaves the built page as it is. */
  readonly render?: (request: FastifyRequest) => Promise<FirstPaint | undefined>;
}

/** Parts of a page the server writes. The caller escapes every text in them. */
export interface FirstPaint {
  readonly status: number;
  /** A language tag. */
  readonly language: string;
  /** From `<title>` on. */
  readonly head: string;
  /** Shown until the app takes over. */
  readonly body: string;
  /** What the app would ask for first, by path; it is read from the page instead. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Where the built page wants the nonce of the answer it is in (libs/web-ui/vite.mjs). */
const NONCE = '__CSP_NONCE__';
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;
/** Names under `/assets` carry a digest of their bytes. */
const FOREVER = 'public, max-age=31536000, immutable';
const A_DAY = 'public, max-age=86400';

interface FinishedFile {
  readonly type: string;
  readonly cacheControl: string;
  readonly bodies: ReadonlyMap<string, Buffer>;
}

/**
 * Serves a built web app: its files as finished bytes, and its page wherever a browser goes to one of `pages`. Every page is a
 * route of its own, so what the API has not got stays its own 404. Without a built site there is none, and the log says so.
 */
export function serveScreens(app: INestApplication, options: ScreensOptions): void {
  const { folder, pages, pictures = [], logger, render, pageForNothing = false } = options;
  const index = join(folder, 'index.html');
  if (!existsSync(index)) {
    logger.warn({ folder }, 'the screens are not built; build them with pnpm build');
    return;
  }
  const fastify = app.getHttpAdapter().getInstance() as FastifyInstance;
  for (const [path, file] of filesOf(folder)) {
    fastify.get(path, (request, reply) => send(file, request, reply));
  }
  const html = readFileSync(index, 'utf8');
  const page = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    // Those who preview links take anything.
    const isAny = request.headers.accept?.includes('*/*') ?? true;
    const paint = isAny || goesSomewhere(request) ? await render?.(request) : undefined;
    if (!paint && !goesSomewhere(request)) throw new RequestError('ROUTE_NOT_FOUND');
    return sendPage(reply, paint?.status ?? 200, paint);
  };
  const sendPage = (reply: FastifyReply, status: number, paint?: FirstPaint): FastifyReply => {
    const nonce = randomBytes(16).toString('base64');
    const built = html.replaceAll(NONCE, nonce);
    return reply
      .code(status)
      .headers(pageHeaders(nonce, pictures))
      .send(paint ? painted(built, paint) : built);
  };
  for (const path of pages) {
    fastify.get(path, page);
    fastify.get(path === '/' ? '/index.html' : `${path}/*`, page);
  }
  if (!pageForNothing) return;
  fastify.get('/*', async (request: FastifyRequest, reply: FastifyReply) => {
    if (!goesSomewhere(request)) throw new RequestError('ROUTE_NOT_FOUND');
    return sendPage(reply, 404);
  });
}

/** Whether a browser goes there, and not a script or another program that asks for data: they are told that there is none. */
function goesSomewhere({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/html') ?? false;
}

/** The built page with what the server writes. Functions and not texts replace: a text could speak of `$&`. */
function painted(html: string, { language, head, body, data }: FirstPaint): string {
  // No text ends the element it stands in.
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return html
    .replace('<html lang="en">', () => `<html lang="${language}">`)
    .replace(/<title>[^<]*<\/title>/, () => head)
    .replace(
      /<div id="root">.*<\/div>/s,
      () => `<div id="root">${body}</div><script type="application/json" id="first-data">${json}</script>`,
    );
}

/**
 * Scripts only from this origin and none inline; styles from here, or with the nonce of this one answer; nothing may frame the page
 * but the shop itself.
 */
function pageHeaders(nonce: string, pictures: readonly string[]): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    `img-src ${["'self'", 'data:', ...pictures].join(' ')}`,
    "connect-src 'self'",
    "font-src 'self'",
    "frame-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
  ];
  return {
    'content-type': 'text/html; charset=utf-8',
    // Neither the nonce nor who is signed in is for anybody else.
    'cache-control': 'private, no-cache',
    'content-security-policy': policy.join('; '),
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  };
}

function send(file: FinishedFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const accepted = request.headers['accept-encoding'] ?? '';
  const [encoding] = ENCODINGS.find(([name]) => file.bodies.has(name) && accepts(accepted, name)) ?? ['identity'];
  void reply.headers({
    'content-type': file.type,
    'cache-control': file.cacheControl,
    'x-content-type-options': 'nosniff',
    vary: 'accept-encoding',
  });
  if (encoding !== 'identity') void reply.header('content-encoding', encoding);
  return reply.send(file.bodies.get(encoding));
}

/** Whether `Accept-Encoding` names an encoding without ruling it out (`br;q=0`). */
function accepts(header: string, encoding: string): boolean {
  return header.split(',').some((part) => {
    const [name, ...parameters] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    return name === encoding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

/** Every file of the site but its page, by the path it is served at, with its compressed twins. */
function* filesOf(folder: string): Generator<readonly [string, FinishedFile]> {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const file = join(folder, name);
    const bodies = new Map([['identity', readFileSync(file)]]);
    for (const [encoding, suffix] of ENCODINGS) {
      if (existsSync(file + suffix)) bodies.set(encoding, readFileSync(file + suffix));
    }
    const path = `/${name.split('\\').join('/')}`;
    yield [path, { type, cacheControl: path.startsWith('/assets/') ? FOREVER : A_DAY, bodies }];
  }
}
