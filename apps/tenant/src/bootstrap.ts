import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  Clock,
  createHttpApp,
  createLogger,
  openDatabase,
  serveApiDocs,
  serveScreens,
  startEmbeddedPostgres,
  startJobWorker,
  type EmbeddedPostgres,
  type JobWorker,
  type Logger,
} from '@hansa/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { DataSource } from 'typeorm';
import { AdminPages, AdminsService } from '#admin';
import { readTenantConfig, type TenantConfig } from '#config';
import { MIGRATIONS } from '#database';
import { RegistrationService } from '#hub';
import { InboxLoop } from '#hub-events';
import { FileSweep, RunInstallJob, type Faults } from '#installer';
import { LicensesService } from '#licenses';
import { HubMetadata } from '#tuf';
import { PluginEvents, PluginRuntime } from '#plugins';
import { CheckForUpdatesJob } from '#updates';
import { AppModule } from './app.module.js';
import { ENTITIES } from './entities.js';

const SCREENS = join(dirname(createRequire(import.meta.url).resolve('@hansa/tenant-web/package.json')), 'dist/site');

/** What every role of the program has before Nest starts. */
export interface Ground {
  readonly config: TenantConfig;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly masterKeys: readonly Buffer[];
  readonly dataSource: DataSource;
  readonly databaseUrl: string;
  /** Set when this process started the database. */
  readonly postgres: EmbeddedPostgres | undefined;
  readonly faults?: Faults;
}

/** A set-up problem people can mend; the message names the setting. */
export class SetupError extends Error {}

/** Reads the settings, opens folder, keys and database. @throws {ConfigError | SetupError | DatabaseUnreachable} */
export async function layGround(env: Readonly<Record<string, string | undefined>>, name: string): Promise<Ground> {
  const config = readTenantConfig(env);
  const logger = createLogger({ name, level: config.logLevel });
  makeDataDir(config.dataDir);
  const masterKeys = config.masterKeys ?? [keptMasterKey(join(config.dataDir, 'master.key'))];
  const postgres = config.database.url
    ? undefined
    : await startEmbeddedPostgres({ dataDir: join(config.dataDir, 'postgres') });
  const databaseUrl = config.database.url ?? (await postgres!.database('hansa_tenant'));
  const dataSource = await openDatabase({
    url: databaseUrl,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    poolSize: config.database.poolSize,
    applicationName: name,
  });
  return { config, logger, clock: new Clock(), masterKeys, dataSource, databaseUrl, postgres };
}

function makeDataDir(dataDir: string): void {
  const probe = join(dataDir, `.writable-${process.pid}`);
  try {
    makeFolder(dataDir);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (cause) {
    throw new SetupError(`${dataDir} cannot be written. Check DATA_DIR.`, { cause });
  }
}

/** One level at a time: told to make a whole path, Node never returns where nothing can be made (`/proc`). */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o755 });
}

function keptMasterKey(path: string): Buffer {
  if (!existsSync(path)) writeFileSync(path, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' });
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
  if (key.length !== 32) throw new SetupError(`${path} holds no key of 32 bytes. Restore it, or set MASTER_KEY.`);
  return key;
}

/** The tenant over HTTP, not listening yet; with its API document at `/openapi.json` and a page to read it at `/docs`. */
export async function createTenant(ground: Ground): Promise<NestFastifyApplication> {
  const { config, logger } = ground;
  const app = await createHttpApp(AppModule.forRoot(ground), { logger, trustedProxies: config.http.trustedProxies });
  const description = 'The marketplace of one shop: find, buy, install and update plugins.';
  serveApiDocs(app, { title: 'Hansa tenant', version: '0.1.0', description });
  // Pictures of publishers come from the hub, and from nowhere else.
  const pictures = config.federation ? [new URL(config.federation.url).origin] : [];
  const pages = app.get(AdminPages);
  const render = (request: FastifyRequest) => pages.render(request);
  serveScreens(app, { folder: SCREENS, pages: ['/', '/marketplace'], pictures, logger, render });
  await app.init();
  return app;
}

/**
 * Gets a shop ready to serve: its first admin, what its licenses allow, a disk without what a crash may have left. The hub is
 * asked by jobs, so a hub that is away holds up nothing.
 */
export async function openShop(app: NestFastifyApplication, { config, logger }: Ground): Promise<void> {
  if (config.firstAdmin) {
    const { email, password } = config.firstAdmin;
    if (await app.get(AdminsService).createFirst(email, password)) logger.info('made the first admin');
  }
  await app.get(LicensesService).applyStandings();
  await app.get(RegistrationService).requestRegistration();
  await app.get(HubMetadata).requestPin();
  await app.get(LicensesService).requestChecks();
  await app.get(CheckForUpdatesJob).plan();
  // Before anybody can hand in a package: a file that has no job yet would be taken for one that has none any more.
  await app.get(FileSweep).sweep();
}

/** Starts to serve. On Fastify itself: Nest would log a port in use as its own error beside the line that names the setting. */
export async function listen(app: NestFastifyApplication, { config }: Ground): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  await fastify.listen({ port: config.http.port, host: config.http.host });
}

/** Starts the enabled plugins, in the process that serves HTTP, and waits for none; tells them what happens from now on. */
export async function startPlugins(app: NestFastifyApplication): Promise<void> {
  await app.get(PluginEvents).startTelling();
  app.get(PluginRuntime).startFollowing();
}

/** Does the tenant's jobs, and fetches its events, in this process until stopped. */
export async function workOnJobs(app: NestFastifyApplication, ground: Ground): Promise<JobWorker> {
  const { databaseUrl, logger, config } = ground;
  await app.get(RunInstallJob).resume();
  const worker = await startJobWorker(app, { databaseUrl, logger, concurrency: config.worker.concurrency });
  app.get(InboxLoop).start();
  return worker;
}
