import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packDirectory } from '@hansa/archive';
import { createLogger, freePort, openDatabase } from '@hansa/platform';
import { createTestDatabase, fixedClock, type FixedClock, type TestDatabase } from '@hansa/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccountsService, PublishersService } from '#accounts';
import { centralConfigForTests, type CentralConfig } from '#config';
import { ManagementTokens, MANAGEMENT_SCOPES, PublisherTokens, type ManagementScope } from '#tokens';
import { createHub, type Ground } from '../../src/bootstrap.js';
import { SCHEMA, TEST_SECRET_BOX } from './harness.js';

export interface ComposerHub {
  readonly app: NestFastifyApplication;
  readonly database: TestDatabase;
  readonly ground: Ground;
  readonly clock: FixedClock;
  /** Origin of the listening hub, which it also believes to be its public one: package addresses are absolute. */
  readonly url: string;
  /** A management token with every scope, of the operator. */
  readonly management: string;
  /** Calls the hub with a bearer token and reads JSON. */
  call<T = Record<string, unknown>>(method: string, path: string, options?: CallOptions): Promise<Called<T>>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface Called<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** A hub that knows its own address. `on` lets a second one share the database (and the artifacts) of a first. */
export async function startComposerHub(
  options: { on?: ComposerHub; clock?: FixedClock; config?: Partial<CentralConfig> } = {},
): Promise<ComposerHub> {
  const { on } = options;
  const database = on?.database ?? (await createTestDatabase(SCHEMA));
  // A hub closes its connections when it stops, so a second one has its own.
  const dataSource = on
    ? await openDatabase({ ...SCHEMA, url: database.url, applicationName: 'second hub' })
    : database.dataSource;
  const dataDir = on?.ground.config.dataDir ?? mkdtempSync(join(tmpdir(), 'hansa-composer-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = centralConfigForTests({ hubUrl: url, dataDir, ...options.config });
  const clock = options.clock ?? on?.clock ?? fixedClock('2030-01-01T00:00:00Z');
  const logger = createLogger({ name: 'central', level: config.logLevel });
  const ground: Ground = { config, logger, clock, secretBox: TEST_SECRET_BOX, dataSource, postgres: undefined };
  const app = await createHub(ground);
  await app.listen(port, '127.0.0.1');
  const management = on?.management ?? (await issueManagementToken(app, MANAGEMENT_SCOPES));
  return {
    app,
    database,
    ground,
    clock,
    url,
    management,
    call: (method, path, call) => callHub(url, method, path, call),
    async close() {
      await app.close();
      if (on) return;
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A management token with these scopes; of the operator unless a publisher is named. */
export async function issueManagementToken(
  app: NestFastifyApplication,
  scopes: readonly ManagementScope[],
  publisherId: string | null = null,
): Promise<string> {
  const request = { name: 'test', scopes, publisherId, expiresAt: null };
  return (await app.get(ManagementTokens).issue(request, 'test')).token;
}

/** A publisher that owns `@vendor`, with a token to publish with. */
export async function aPublisher(hub: ComposerHub, vendor: string): Promise<{ id: string; token: string }> {
  const { id } = await hub.app.get(PublishersService).create(vendor, `@${vendor}`, 'test');
  return { id, token: (await hub.app.get(PublisherTokens).issue(id, 'test', 'test')).token };
}

/** A session token of an operator. */
export async function anOperator(hub: ComposerHub): Promise<string> {
  const accounts = hub.app.get(AccountsService);
  await accounts.createOperator('op@example.com', 'a long password', 'test');
  return (await accounts.signIn('op@example.com', 'a long password')).token;
}

/** A package token that opens these prefixes. */
export async function aPackageToken(
  hub: ComposerHub,
  prefixes: readonly string[],
  rest: Record<string, unknown> = {},
): Promise<{ id: string; token: string }> {
  const body = { description: 'test', permissions: 'readonly', allowed_package_prefixes: prefixes, ...rest };
  const { status, body: made } = await hub.call<{ id: string; token: string }>('POST', '/api/tokens', {
    token: hub.management,
    body,
  });
  if (status !== 201) throw new Error(`no token: ${status} ${JSON.stringify(made)}`);
  return made;
}

async function callHub<T>(url: string, method: string, path: string, options: CallOptions = {}): Promise<Called<T>> {
  const { token, body, headers = {} } = options;
  const raw = Buffer.isBuffer(body) || typeof body === 'string';
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: readJson(text) as T };
}

function readJson(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

/** A zip of these files, the same bytes each time. */
export async function aZip(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const root = mkdtempSync(join(tmpdir(), 'hansa-zip-'));
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(root, 'in', path, '..'), { recursive: true });
      writeFileSync(join(root, 'in', path), content);
    }
    await packDirectory(join(root, 'in'), join(root, 'out.zip'));
    return readFileSync(join(root, 'out.zip'));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** The files of a PHP package whose one class tells its version. */
export function phpPackage(name: string, version: string, rest: Record<string, unknown> = {}): Record<string, string> {
  const [vendor, base] = name
    .split('/')
    .map((part) => part.replace(/(^|-)([a-z])/g, (_, __, c: string) => c.toUpperCase()));
  const namespace = `${vendor!}\\${base!}`;
  return {
    'composer.json': JSON.stringify({
      name,
      version,
      description: `${base!} for shops`,
      license: 'proprietary',
      require: { php: '>=7.4' },
      autoload: { 'psr-4': { [`${namespace}\\`]: 'src/' } },
      ...rest,
    }),
    'src/Extension.php': `<?php\nnamespace ${namespace};\nfinal class Extension { const VERSION = '${version}'; }\n`,
  };
}

export interface UploadAnswer {
  readonly id: string;
  readonly sha1: string;
  readonly sha256: string;
  readonly version_normalized: string;
  readonly code?: string;
}

/** Uploads a zip the way a publisher does. */
export function upload(hub: ComposerHub, token: string, zip: Buffer, query = ''): Promise<Called<UploadAnswer>> {
  const headers = { 'content-type': 'application/zip' };
  return hub.call<UploadAnswer>('POST', `/publisher/composer/versions${query}`, { token, body: zip, headers });
}

/** Publishes one version of a PHP package. */
export async function publishVersion(
  hub: ComposerHub,
  token: string,
  name: string,
  version: string,
  rest: Record<string, unknown> = {},
): Promise<UploadAnswer> {
  const { status, body } = await upload(hub, token, await aZip(phpPackage(name, version, rest)));
  if (status !== 201) throw new Error(`${name} ${version} was not published: ${status} ${JSON.stringify(body)}`);
  return body;
}
