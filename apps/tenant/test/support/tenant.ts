import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock, createLogger, type JobWorker } from '@hansa/platform';
import { createTestDatabase, eventually } from '@hansa/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DataSource } from 'typeorm';
import { tenantConfigForTests, type TenantConfig } from '#config';
import { createTenant, openShop, startPlugins, workOnJobs, type Ground } from '../../src/bootstrap.js';
import type { FakeHub } from './fake-hub.js';
import { SCHEMA } from './schema.js';

export const ADMIN = { email: 'admin@shop.example', password: 'a long password' };

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of a JSON answer. */
  readonly body: ReturnType<typeof JSON.parse>;
}

export interface TestTenant {
  readonly app: NestFastifyApplication;
  readonly dataSource: DataSource;
  readonly dataDir: string;
  readonly url: string;
  /** As nobody in particular. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** As the signed-in admin. */
  admin(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** Sends bytes as they are. */
  raw(method: string, path: string, body: string | Buffer, headers: Record<string, string>): Promise<Reply>;
  /** The same as the signed-in admin. */
  adminRaw(method: string, path: string, body: string | Buffer, headers: Record<string, string>): Promise<Reply>;
  /** Waits until a job has ended, and hands it over. */
  ended(jobId: string): Promise<Reply['body']>;
  stop(): Promise<void>;
}

export interface TenantOptions {
  readonly hub?: FakeHub;
  readonly config?: Partial<TenantConfig>;
  /** How long the hub may take. */
  readonly hubTimeoutMs?: number;
  readonly clock?: Clock;
  /** Does jobs too unless false. */
  readonly worker?: boolean;
}

/** A whole tenant over HTTP on a database of its own. */
export async function startTenant({
  hub,
  hubTimeoutMs = 15_000,
  config: changes,
  clock = new Clock(),
  worker = true,
}: TenantOptions = {}): Promise<TestTenant> {
  const database = await createTestDatabase(SCHEMA);
  const dataDir = await mkdtemp(join(tmpdir(), 'tenant-'));
  const federation = hub && { url: hub.url, publishableKey: 'pk_test', timeoutMs: hubTimeoutMs };
  const config = tenantConfigForTests({ dataDir, federation, firstAdmin: ADMIN, ...changes });
  const logger = createLogger({ name: 'test', level: process.env['TENANT_TEST_LOG'] ?? 'silent' });
  const masterKeys = config.masterKeys ?? [];
  const ground: Ground = {
    config,
    logger,
    clock,
    masterKeys,
    dataSource: database.dataSource,
    databaseUrl: database.url,
    postgres: undefined,
  };
  const app = await createTenant(ground);
  await openShop(app, ground);
  await app.listen(0, '127.0.0.1');
  await startPlugins(app);
  const working: JobWorker | undefined = worker ? await workOnJobs(app, ground) : undefined;
  const url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  const call = requester(url);
  const { body } = await call('POST', '/auth/user/emailpass', ADMIN);
  const authorization = { authorization: `Bearer ${body.token}` };
  const admin: TestTenant['admin'] = (method, path, data, headers) =>
    call(method, path, data, { ...authorization, ...headers });
  if (hub && worker) await eventually('the shop registers', async () => hub.instanceId !== '');
  return {
    app,
    dataSource: database.dataSource,
    dataDir,
    url,
    call,
    admin,
    raw: (method, path, bytes, headers) => send(url + path, { method, body: bytes, headers }),
    adminRaw: (method, path, bytes, headers) =>
      send(url + path, { method, body: bytes, headers: { ...authorization, ...headers } }),
    ended: (jobId) =>
      eventually('the job ends', async () => {
        const { body: job } = await admin('GET', `/admin/plugins/jobs/${jobId}`);
        return job.outcome === null ? null : job;
      }),
    async stop() {
      await working?.stop();
      await app.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Requests to a tenant at `url`. */
export function requester(url: string): TestTenant['call'] {
  return (method, path, body, headers = {}) => {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    return send(url + path, { method, ...json, headers: { ...type, ...headers } });
  };
}

async function send(url: string, init: RequestInit): Promise<Reply> {
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text ? JSON.parse(text) : undefined,
  };
}
