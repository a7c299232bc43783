import { mkdirSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  Clock,
  createHttpApp,
  createLogger,
  openDatabase,
  SecretBox,
  serveApiDocs,
  serveScreens,
  startEmbeddedPostgres,
  startJobWorker,
  type EmbeddedPostgres,
  type Logger,
} from '@hansa/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DataSource } from 'typeorm';
import { AppModule } from './app.module.js';
import { readCentralConfig, type CentralConfig } from '#config';
import { MIGRATIONS } from '#database';
import { StorefrontPages } from '#storefront';
import { ENTITIES } from './entities.js';

const SCREENS = join(dirname(createRequire(import.meta.url).resolve('@hansa/central-web/package.json')), 'dist/site');

/** Addresses of pages; the API has its own. */
const PAGES = [
  '/',
  '/plugins',
  '/sign-in',
  '/forgot-password',
  '/register',
  '/merchant',
  '/publish',
  '/operate',
  '/settings',
];

/** What every role of the program has before Nest starts. */
export interface Ground {
  readonly config: CentralConfig;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly secretBox: SecretBox;
  readonly dataSource: DataSource;
  /** Set when this process started the database. */
  readonly postgres: EmbeddedPostgres | undefined;
}

/** A set-up problem people can mend; the message names the setting. */
export class SetupError extends Error {}

/** Reads the settings, opens folder, keys and database. @throws {ConfigError | SetupError | DatabaseUnreachable} */
export async function layGround(env: Readonly<Record<string, string | undefined>>, name: string): Promise<Ground> {
  const config = readCentralConfig(env);
  const logger = createLogger({ name, level: config.logLevel });
  makeDataDir(config.dataDir);
  const secretBox = new SecretBox(config.masterKeys ?? [keptMasterKey(join(config.dataDir, 'master.key'))]);
  const postgres = config.database.url
    ? undefined
    : await startEmbeddedPostgres({ dataDir: join(config.dataDir, 'postgres') });
  const url = config.database.url ?? (await postgres!.database('hansa_central'));
  const database = {
    url,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    poolSize: config.database.poolSize,
    applicationName: name,
  };
  const dataSource = await openDatabase(database);
  return { config, logger, clock: new Clock(), secretBox, dataSource, postgres };
}

function makeDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o755 });
    writeFileSync(join(dataDir, '.writable'), '');
  } catch (cause) {
    throw new SetupError(`${dataDir} cannot be written. Check DATA_DIR.`, { cause });
  }
}

function keptMasterKey(path: string): Buffer {
  if (!existsSync(path)) writeFileSync(path, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' });
  return Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
}

/** The hub over HTTP, not listening yet; with its API document at `/openapi.json` and a page to read it at `/docs`. */
export async function createHub(ground: Ground): Promise<NestFastifyApplication> {
  const { config, logger } = ground;
  const app = await createHttpApp(AppModule.forRoot(ground), { logger, trustedProxies: config.http.trustedProxies });
  const description =
    'Catalog, checkout, licenses and downloads for shops; submission for publishers; review for operators.';
  serveApiDocs(app, { title: 'Hansa hub', version: '0.1.0', description });
  const pages = app.get(StorefrontPages, { strict: false });
  const screens = { folder: SCREENS, pages: PAGES, logger, pageForNothing: true };
  serveScreens(app, { ...screens, render: (request) => pages.render(request) });
  await app.init();
  return app;
}

/** Does the hub's jobs in this process until the application closes. */
export async function workOnJobs(app: NestFastifyApplication, ground: Ground): Promise<{ stop(): Promise<void> }> {
  const { url } = ground.dataSource.options as { url: string };
  return startJobWorker(app, {
    databaseUrl: url,
    logger: ground.logger,
    concurrency: ground.config.worker.concurrency,
  });
}
