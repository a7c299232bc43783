import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { IncomingHttpHeaders } from 'node:http';

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);
/** Made once and sent many times, yet a catalog page must not keep a core busy: half-way quality. */
const BROTLI_QUALITY = 6;
/** Shorter bodies fit one packet as they are. */
const WORTH_COMPRESSING_BYTES = 1_024;

type Encoding = 'br' | 'gzip' | 'identity';

interface Representation {
  readonly body: Buffer;
  readonly etag: string;
  /** Names and values by turns. */
  readonly headers: readonly string[];
}

/** An answer that only needs sending: its bytes in each encoding, with strong validators. */
export interface FinishedResponse {
  readonly representations: Readonly<Partial<Record<Encoding, Representation>>> & { readonly identity: Representation };
  /** Memory it takes. */
  readonly bytes: number;
}

export interface ReadyAnswer {
  readonly status: 200 | 304;
  readonly headers: readonly string[];
  readonly body: Buffer | undefined;
}

/** Serializes and compresses an answer, once. */
export async function finish(value: object, cacheControl: string): Promise<FinishedResponse> {
  const body = Buffer.from(JSON.stringify(value));
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 27);
  const represent = (encoding: Encoding, bytes: Buffer): Representation => {
    const etag = encoding === 'identity' ? `"${digest}"` : `"${digest}-${encoding}"`;
    const headers = ['content-type', 'application/json; charset=utf-8', 'cache-control', cacheControl];
    headers.push('vary', 'accept-encoding', 'etag', etag);
    if (encoding !== 'identity') headers.push('content-encoding', encoding);
    return { body: bytes, etag, headers };
  };
  const identity = represent('identity', body);
  if (body.length < WORTH_COMPRESSING_BYTES) return { representations: { identity }, bytes: body.length };
  const [br, zipped] = await Promise.all([
    brotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
    deflate(body),
  ]);
  return {
    representations: { identity, br: represent('br', br), gzip: represent('gzip', zipped) },
    bytes: body.length + br.length + zipped.length,
  };
}

/** The representation a request asks for, or 304 when it holds that one already. */
export function answerFor(response: FinishedResponse, request: IncomingHttpHeaders): ReadyAnswer {
  const { representations } = response;
  const chosen = representations[encodingFor(request['accept-encoding'])] ?? representations.identity;
  const { body, etag, headers } = chosen;
  const held = request['if-none-match'];
  if (held !== undefined && holds(held, etag)) return { status: 304, headers, body: undefined };
  return { status: 200, headers, body };
}

/** Browsers and shops send a handful of spellings; more than this are read afresh. */
const MAX_SPELLINGS = 200;
const encodings = new Map<string, Encoding>();

/** RFC 9110 §12.5.3 for the three encodings there are; the smaller one wins when the client has no preference. */
export function encodingFor(header: string | undefined): Encoding {
  if (!header) return 'identity';
  const known = encodings.get(header) ?? readEncoding(header);
  if (encodings.size < MAX_SPELLINGS && header.length <= MAX_SPELLINGS) encodings.set(header, known);
  return known;
}

function readEncoding(header: string): Encoding {
  const weights = new Map<string, number>();
  for (const part of header.toLowerCase().split(',')) {
    const [name, q] = part.split(';');
    weights.set(name!.trim(), weightOf(q));
  }
  const weight = (name: string) => weights.get(name) ?? weights.get('*') ?? 0;
  const [br, zipped] = [weight('br'), weight('gzip')];
  if (br > 0 && br >= zipped) return 'br';
  return zipped > 0 ? 'gzip' : 'identity';
}

function weightOf(parameter: string | undefined): number {
  const [, q] = /^\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*$/.exec(parameter ?? 'q=1') ?? [];
  return q === undefined ? 0 : Number(q);
}

/** `If-None-Match` compares weakly (RFC 9110 §13.1.2), so a proxy that weakened the tag still gets its 304. */
function holds(header: string, etag: string): boolean {
  if (header === etag) return true;
  if (header.trim() === '*') return true;
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
