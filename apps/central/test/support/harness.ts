import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, SecretBox } from '@hansa/platform';
import {
  createTestDatabase,
  fixedClock,
  useTestDatabase,
  type FixedClock,
  type Schema,
  type TestDatabase,
} from '@hansa/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHub, type Ground } from '../../src/bootstrap.js';
import { ENTITIES } from '../../src/entities.js';
import { centralConfigForTests, type CentralConfig } from '#config';
import { MIGRATIONS } from '#database';

export const SCHEMA: Schema = { name: 'central', entities: ENTITIES, migrations: MIGRATIONS };

/** A fresh hub database for each test of the surrounding `describe`. */
export function useHubDatabase(): TestDatabase {
  return useTestDatabase(SCHEMA);
}

export const TEST_SECRET_BOX = new SecretBox([Buffer.alloc(32, 7)]);

export interface TestHub {
  readonly app: NestFastifyApplication;
  readonly database: TestDatabase;
  readonly ground: Ground;
  /** Origin of the listening hub. */
  readonly url: string;
  close(): Promise<void>;
}

export interface TestHubOptions {
  readonly config?: Partial<CentralConfig>;
  readonly clock?: FixedClock;
  /** Another hub on the database of an earlier one. */
  readonly on?: TestDatabase;
}

/** A whole hub on a database of its own, listening on a free loopback port. */
export async function startTestHub(options: TestHubOptions = {}): Promise<TestHub> {
  const database = options.on ?? (await createTestDatabase(SCHEMA));
  const dataDir = options.config?.dataDir ?? mkdtempSync(join(tmpdir(), 'hansa-central-'));
  const config = centralConfigForTests({ ...options.config, dataDir });
  const clock = options.clock ?? fixedClock('2030-01-01T00:00:00Z');
  const logger = createLogger({ name: 'central', level: config.logLevel });
  const ground: Ground = {
    config,
    logger,
    clock,
    secretBox: TEST_SECRET_BOX,
    dataSource: database.dataSource,
    postgres: undefined,
  };
  const app = await createHub(ground);
  await app.listen(0, '127.0.0.1');
  return {
    app,
    database,
    ground,
    url: (await app.getUrl()).replace('[::1]', '127.0.0.1'),
    async close() {
      await app.close();
      if (!options.on) await database.drop();
      if (!options.config?.dataDir) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
