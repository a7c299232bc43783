import { sendProblem } from '@hansa/platform';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { CentralConfig } from '#config';
import { ArtifactStore } from '#storage';
import { ComposerGate, type Planned } from './composer-gate.js';
import { ComposerIndex } from './composer-index.js';
import { notCovered } from './composer-refusal.js';
import { Dists } from './dists.js';
import { finish, lastModified, type FinishedAnswer } from './finished-answer.js';
import { readInstalls } from './notify-batch.js';
import { PACKAGE_NAME, patternsOf, visibleUntil } from './package-prefix.js';
import { PackageViews } from './package-views.js';
import { advisoriesByPackage, listAdvisories, searchPackages } from './repository-search.js';
import type { TokenScope } from './token-scopes.js';

const PRIVATE = { 'cache-control': 'private, no-cache', vary: 'Authorization, Accept-Encoding' };
/** No package can have this name. A list without entries would count as none, and the client would ask for everything. */
const NO_PATTERN = '-/-';
const MAX_BODY = 256 * 1024;
const MAX_ADVISORY_NAMES = 1_000;

/**
 * The repository `composer` reads (docs/protocol/composer.md §3), directly on Fastify: its bodies and its refusals are
 * Composer's own. Every route goes through `ComposerGate`.
 */
@Injectable()
export class RepositoryRoutes implements OnModuleInit {
  private readonly roots = new WeakMap<TokenScope, { patterns: string; answer: FinishedAnswer }>();

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly gate: ComposerGate,
    private readonly index: ComposerIndex,
    private readonly views: PackageViews,
    private readonly dists: Dists,
    private readonly store: ArtifactStore,
    private readonly dataSource: DataSource,
    private readonly config: CentralConfig,
  ) {}

  onModuleInit(): void {
    // Operator commands run without an HTTP server.
    const fastify = (this.adapterHost as Partial<HttpAdapterHost>).httpAdapter?.getInstance<FastifyInstance>();
    void fastify?.register(async (scope) => this.routes(scope));
  }

  private routes(scope: FastifyInstance): void {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: MAX_BODY }, (_request, body, done) =>
      done(null, body),
    );
    scope.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
    scope.get('/packages.json', (request, reply) => this.root(request, reply));
    scope.get('/p2/:vendor/:file', (request, reply) => this.metadata(request, reply));
    scope.get('/dist/:vendor/:name/:file', (request, reply) => this.dist(request, reply));
    scope.post('/notify-batch', (request, reply) => this.notify(request, reply));
    scope.get('/search.json', (request, reply) => this.search(request, reply));
    scope.get('/list.json', (request, reply) => this.list(request, reply));
    scope.get('/security-advisories', (request, reply) => this.advisories(request, reply));
    scope.post('/security-advisories', (request, reply) => this.advisories(request, reply));
  }

  private root(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.gate.answer(request, reply, { action: 'root', subject: '' }, async (scope, now) => {
      const live = patternsOf(scope.entitlements, now.getTime());
      const patterns = live.join(' ');
      const known = this.roots.get(scope);
      const answer = known?.patterns === patterns ? known.answer : await finish(this.rootFor(live));
      this.roots.set(scope, { patterns, answer });
      return conditional(request, answer, scope);
    });
  }

  private rootFor(patterns: readonly string[]): object {
    return {
      packages: {},
      'metadata-url': '/p2/%package%.json',
      'available-package-patterns': patterns.length > 0 ? patterns : [NO_PATTERN],
      'notify-batch': '/notify-batch',
      search: '/search.json?q=%query%&type=%type%',
      list: '/list.json',
      'security-advisories': { metadata: false, 'api-url': `${this.config.hubUrl}/security-advisories` },
    };
  }

  private metadata(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { vendor, file } = request.params as { vendor: string; file: string };
    const [, base, dev] = /^(.{1,100}?)(~dev)?\.json$/.exec(file) ?? [];
    const asked = `${vendor}/${base ?? ''}`;
    const name = PACKAGE_NAME.test(asked) ? asked : '';
    return this.gate.answer(request, reply, { action: 'metadata', subject: name }, async (scope, now) => {
      const until = visibleUntil(scope.entitlements, name, now.getTime());
      if (until === null || this.index.revisionOf(name) === undefined) return { refusal: notCovered(scope, name, now) };
      const isDev = dev !== undefined;
      const answer = this.views.recall(name, isDev, until) ?? (await this.views.answer(name, isDev, until));
      return conditional(request, answer, scope);
    });
  }

  private dist(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { vendor, name: base, file } = request.params as { vendor: string; name: string; file: string };
    const name = `${vendor}/${base}`;
    const [, id] = /^(cver_[0-9A-Z]{26})\.zip$/.exec(file) ?? [];
    const note = { action: 'dist', subject: id ?? '' } as const;
    return this.gate.answer(request, reply, note, async (scope, now) => {
      const until = visibleUntil(scope.entitlements, name, now.getTime());
      const dist = until === null || id === undefined ? undefined : await this.dists.find(id);
      if (!dist || dist.packageName !== name || dist.releasedAt > until!)
        return { refusal: notCovered(scope, name, now) };
      const headers = {
        ...PRIVATE,
        'content-type': 'application/zip',
        'content-length': String(dist.sizeBytes),
        etag: `"${dist.sha256}"`,
      };
      return { status: 200, headers, body: dist.bytes ?? (() => this.store.open(dist.sha256)), downloaded: dist.id };
    });
  }

  /** What a client installed. It costs nothing, and what the token does not open is passed over. */
  private notify(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const installs = readInstalls(request.body);
    return this.gate.answer(request, reply, { action: 'install', subject: '' }, (scope, now) => {
      const own = installs.filter(({ name }) => visibleUntil(scope.entitlements, name, now.getTime()) !== null);
      const known = own.filter(({ name }) => this.index.revisionOf(name) !== undefined);
      const notes = known.map(({ name, version }) => ({ action: 'install' as const, subject: `${name} ${version}` }));
      return { ...json({ status: 'success' }), free: true, notes };
    });
  }

  private search(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { q, type } = request.query as { q?: unknown; type?: unknown };
    return this.gate.answer(request, reply, { action: 'search', subject: '' }, async ({ entitlements }, now) => {
      const live = entitlements.filter(({ expiresAt }) => !expiresAt || expiresAt > now);
      const question = { query: textOf(q), type: textOf(type) };
      const results = await searchPackages(this.dataSource.manager, live, question);
      return json({ results, total: results.length });
    });
  }

  private list(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const filter = textOf((request.query as { filter?: unknown }).filter).toLowerCase();
    return this.gate.answer(request, reply, { action: 'list', subject: '' }, ({ entitlements }, now) => {
      const matches = matcherOf(filter);
      const seen = [...this.index.names()].filter(
        (name) => matches(name) && visibleUntil(entitlements, name, now.getTime()) !== null,
      );
      return json({ packageNames: seen.sort() });
    });
  }

  private advisories(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const form = new URLSearchParams(typeof request.body === 'string' ? request.body : request.raw.url?.split('?')[1]);
    const asked = [...form].filter(([key]) => key.startsWith('packages[')).map(([, name]) => name);
    return this.gate.answer(request, reply, { action: 'advisories', subject: '' }, async ({ entitlements }, now) => {
      const names = asked
        .slice(0, MAX_ADVISORY_NAMES)
        .filter((name) => visibleUntil(entitlements, name, now.getTime()) !== null);
      const rows = await listAdvisories(this.dataSource.manager, names);
      return { ...json({ advisories: advisoriesByPackage(rows, this.config.hubUrl) }), free: true };
    });
  }
}

/** 304 when the client holds these bytes under the date it was given. */
function conditional(request: FastifyRequest, answer: FinishedAnswer, scope: TokenScope): Planned {
  const modified = lastModified(answer, scope);
  const headers = { ...PRIVATE, 'last-modified': modified };
  if (request.headers['if-modified-since'] === modified) return { status: 304, headers, free: true };
  const full = { ...headers, 'content-type': 'application/json' };
  if (!answer.gzipped || !acceptsGzip(request.headers['accept-encoding']))
    return { status: 200, headers: full, body: answer.body };
  return { status: 200, headers: { ...full, 'content-encoding': 'gzip' }, body: answer.gzipped };
}

function acceptsGzip(header: string | string[] | undefined): boolean {
  return typeof header === 'string' && /(?:^|,)\s*gzip\s*(?:,|$|;\s*q=(?:1|0\.\d*[1-9]))/i.test(header);
}

function json(value: object): { status: number; headers: Record<string, string>; body: Buffer } {
  const headers = { ...PRIVATE, 'content-type': 'application/json' };
  return { status: 200, headers, body: Buffer.from(JSON.stringify(value)) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 200).replaceAll('\u0000', '') : '';
}

/** `acme/*`: a star stands for any text. Matched piece by piece, so that no pattern takes long. */
function matcherOf(filter: string): (name: string) => boolean {
  if (filter === '') return () => true;
  const [first, ...rest] = filter.split('*');
  if (rest.length === 0) return (name) => name === filter;
  const last = rest.pop()!;
  return (name) => {
    if (!name.startsWith(first!) || !name.endsWith(last) || name.length < first!.length + last.length) return false;
    let at = first!.length;
    const end = name.length - last.length;
    for (const piece of rest) {
      const found = name.indexOf(piece, at);
      if (found < 0 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return true;
  };
}
