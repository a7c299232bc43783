import { sendProblem, type LaneAnswer, type LaneRequest, fastifyOf, setHeaders } from '@hansa/platform';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { CentralConfig } from '#config';
import { ArtifactStore } from '#storage';
import { ComposerGate, type Asker, type Outcome, type Planned } from './composer-gate.js';
import { ComposerIndex } from './composer-index.js';
import { notCovered } from './composer-refusal.js';
import { Dists, type Dist } from './dists.js';
import { finish, lastModified, type FinishedAnswer } from './finished-answer.js';
import { readInstalls } from './notify-batch.js';
import { PACKAGE_NAME, patternsOf, visibleUntil } from './package-prefix.js';
import { PackageViews } from './package-views.js';
import { advisoriesByPackage, listAdvisories, searchPackages } from './repository-search.js';
import type { TokenScope } from './token-scopes.js';

const PRIVATE = ['cache-control', 'private, no-cache', 'vary', 'Authorization, Accept-Encoding'];
const JSON_TYPE = ['content-type', 'application/json'];
/** No package can have this name. A list without entries would count as none, and the client would ask for everything. */
const NO_PATTERN = '-/-';
const MAX_BODY = 256 * 1024;
const MAX_ADVISORY_NAMES = 1_000;

/** Addresses as `composer` spells them; any other spelling is read by Fastify. */
const P2 = /^\/p2\/([a-z0-9_.-]+)\/([a-z0-9_.~-]+)$/;
const DIST = /^\/dist\/([a-z0-9_.-]+)\/([a-z0-9_.-]+)\/(cver_[0-9A-Z]{26}\.zip)$/;

/**
 * The repository `composer` reads (docs/protocol/composer.md §3): its bodies and its refusals are Composer's own. What is asked
 * most is answered below Fastify, straight on `node:http`. Every route goes through `ComposerGate`.
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
    const fastify = fastifyOf(this.adapterHost);
    void fastify?.register(async (scope) => this.routes(scope));
    fastify?.fastLane.read('/p2/', (request) => this.fastMetadata(request));
    fastify?.fastLane.read('/packages.json', (request) => this.fastRoot(request));
    fastify?.fastLane.read('/dist/', (request) => this.fastDist(request));
  }

  private fastMetadata(request: LaneRequest): Sent {
    const [, vendor, file] = P2.exec(request.url) ?? [];
    return vendor === undefined ? undefined : inBytes(this.metadata(request, vendor, file!));
  }

  private fastRoot(request: LaneRequest): Sent {
    return request.url === '/packages.json' ? inBytes(this.root(request)) : undefined;
  }

  /** Zips that are not in memory are streams, which Fastify sends. */
  private fastDist(request: LaneRequest): Sent {
    const [, vendor, base, file] = DIST.exec(request.url) ?? [];
    if (vendor === undefined || !this.dists.recall(file!.slice(0, -4))?.bytes) return undefined;
    return inBytes(this.dist(request, vendor, base!, file!));
  }

  private routes(scope: FastifyInstance): void {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: MAX_BODY }, (_request, body, done) =>
      done(null, body),
    );
    scope.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
    scope.get('/packages.json', (request, reply) => send(reply, this.root(request)));
    scope.get<{ Params: { vendor: string; file: string } }>('/p2/:vendor/:file', (request, reply) =>
      send(reply, this.metadata(request, request.params.vendor, request.params.file)),
    );
    scope.get<{ Params: { vendor: string; name: string; file: string } }>(
      '/dist/:vendor/:name/:file',
      (request, reply) =>
        send(reply, this.dist(request, request.params.vendor, request.params.name, request.params.file)),
    );
    scope.post('/notify-batch', (request, reply) => send(reply, this.notify(request)));
    scope.get('/search.json', (request, reply) => send(reply, this.search(request)));
    scope.get('/list.json', (request, reply) => send(reply, this.list(request)));
    scope.get('/security-advisories', (request, reply) => send(reply, this.advisories(request)));
    scope.post('/security-advisories', (request, reply) => send(reply, this.advisories(request)));
  }

  private root(asker: Asker): Answer {
    return this.gate.answer(asker, { action: 'root', subject: '' }, (scope, now) => {
      const live = patternsOf(scope.entitlements, now.getTime());
      const patterns = live.join(' ');
      const known = this.roots.get(scope);
      if (known?.patterns === patterns) return conditional(asker, known.answer, scope);
      return finish(this.rootFor(live)).then((answer) => {
        this.roots.set(scope, { patterns, answer });
        return conditional(asker, answer, scope);
      });
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

  private metadata(asker: Asker, vendor: string, file: string): Answer {
    const [, base, dev] = /^(.{1,100}?)(~dev)?\.json$/.exec(file) ?? [];
    const asked = `${vendor}/${base ?? ''}`;
    const name = PACKAGE_NAME.test(asked) ? asked : '';
    return this.gate.answer(asker, { action: 'metadata', subject: name }, (scope, now) => {
      const until = visibleUntil(scope.entitlements, name, now.getTime());
      if (until === null || this.index.revisionOf(name) === undefined) return { refusal: notCovered(scope, name, now) };
      const isDev = dev !== undefined;
      const ready = this.views.recall(name, isDev, until);
      if (ready) return conditional(asker, ready, scope);
      return this.views.answer(name, isDev, until).then((answer) => conditional(asker, answer, scope));
    });
  }

  private dist(asker: Asker, vendor: string, base: string, file: string): Answer {
    const name = `${vendor}/${base}`;
    const [, id] = /^(cver_[0-9A-Z]{26})\.zip$/.exec(file) ?? [];
    return this.gate.answer(asker, { action: 'dist', subject: id ?? '' }, (scope, now) => {
      const until = visibleUntil(scope.entitlements, name, now.getTime());
      const planned = (dist: Dist | undefined): Planned => {
        const isOpen = dist?.packageName === name && until !== null && dist.releasedAt <= until;
        return isOpen ? this.zip(dist) : { refusal: notCovered(scope, name, now) };
      };
      if (until === null || id === undefined) return planned(undefined);
      const ready = this.dists.recall(id);
      return ready ? planned(ready) : this.dists.find(id).then(planned);
    });
  }

  private zip(dist: Dist): Planned {
    const headers = [...PRIVATE, 'content-type', 'application/zip', 'etag', `"${dist.sha256}"`];
    if (dist.bytes) return { status: 200, headers, body: dist.bytes, downloaded: dist.id };
    const body = () => this.store.open(dist.sha256);
    return { status: 200, headers: [...headers, 'content-length', String(dist.sizeBytes)], body, downloaded: dist.id };
  }

  /** What a client installed. It costs nothing, and what the token does not open is passed over. */
  private notify(request: FastifyRequest): Answer {
    const installs = readInstalls(request.body);
    return this.gate.answer(request, { action: 'install', subject: '' }, (scope, now) => {
      const own = installs.filter(({ name }) => visibleUntil(scope.entitlements, name, now.getTime()) !== null);
      const known = own.filter(({ name }) => this.index.revisionOf(name) !== undefined);
      const notes = known.map(({ name, version }) => ({ action: 'install' as const, subject: `${name} ${version}` }));
      return { ...json({ status: 'success' }), free: true, notes };
    });
  }

  private search(request: FastifyRequest): Answer {
    const { q, type } = request.query as { q?: unknown; type?: unknown };
    return this.gate.answer(request, { action: 'search', subject: '' }, async ({ entitlements }, now) => {
      const live = entitlements.filter(({ expiresAt }) => !expiresAt || expiresAt > now);
      const question = { query: textOf(q), type: textOf(type) };
      const results = await searchPackages(this.dataSource.manager, live, question);
      return json({ results, total: results.length });
    });
  }

  private list(request: FastifyRequest): Answer {
    const filter = textOf((request.query as { filter?: unknown }).filter).toLowerCase();
    return this.gate.answer(request, { action: 'list', subject: '' }, ({ entitlements }, now) => {
      const matches = matcherOf(filter);
      const seen = [...this.index.names()].filter(
        (name) => matches(name) && visibleUntil(entitlements, name, now.getTime()) !== null,
      );
      return json({ packageNames: seen.sort() });
    });
  }

  private advisories(request: FastifyRequest): Answer {
    const form = new URLSearchParams(typeof request.body === 'string' ? request.body : request.raw.url?.split('?')[1]);
    const asked = [...form].filter(([key]) => key.startsWith('packages[')).map(([, name]) => name);
    return this.gate.answer(request, { action: 'advisories', subject: '' }, async ({ entitlements }, now) => {
      const names = asked
        .slice(0, MAX_ADVISORY_NAMES)
        .filter((name) => visibleUntil(entitlements, name, now.getTime()) !== null);
      const rows = await listAdvisories(this.dataSource.manager, names);
      return { ...json({ advisories: advisoriesByPackage(rows, this.config.hubUrl) }), free: true };
    });
  }
}

type Answer = Outcome | Promise<Outcome>;
type Sent = LaneAnswer | Promise<LaneAnswer> | undefined;

/** For a lane, which sends what is in memory. */
function inBytes(answer: Answer): Sent {
  return answer instanceof Promise ? answer.then(bytesOf) : bytesOf(answer);
}

function bytesOf({ status, headers, body }: Outcome): LaneAnswer {
  if (typeof body === 'function') throw new Error('a stream does not fit a lane');
  return { status, headers, body };
}

async function send(reply: FastifyReply, answer: Answer): Promise<void> {
  const { status, headers, body } = await answer;
  setHeaders(reply, headers);
  void reply.code(status).send(typeof body === 'function' ? body() : body);
}

/** 304 when the client holds these bytes under the date it was given. */
function conditional({ headers: asked }: Asker, answer: FinishedAnswer, scope: TokenScope): Planned {
  const modified = lastModified(answer, scope);
  const headers = [...PRIVATE, 'last-modified', modified];
  if (asked['if-modified-since'] === modified) return { status: 304, headers, free: true };
  headers.push(...JSON_TYPE);
  if (!answer.gzipped || !acceptsGzip(asked['accept-encoding'])) return { status: 200, headers, body: answer.body };
  headers.push('content-encoding', 'gzip');
  return { status: 200, headers, body: answer.gzipped };
}

function acceptsGzip(header: string | string[] | undefined): boolean {
  return typeof header === 'string' && /(?:^|,)\s*gzip\s*(?:,|$|;\s*q=(?:1|0\.\d*[1-9]))/i.test(header);
}

function json(value: object): Outcome {
  return { status: 200, headers: [...PRIVATE, ...JSON_TYPE], body: Buffer.from(JSON.stringify(value)) };
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
