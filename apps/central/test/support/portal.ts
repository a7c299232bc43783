import { Writable } from 'node:stream';
import { Clock, createLogger, freePort } from '@hansa/platform';
import { createTestDatabase, fixedClock, type FixedClock } from '@hansa/testing';
import { createHub, type Ground } from '../../src/bootstrap.js';
import { centralConfigForTests, type CentralConfig } from '#config';
import { SCHEMA, TEST_SECRET_BOX, type TestHub } from './harness.js';

export const PORTAL_URL = 'https://hub.example';

export interface PortalHub extends TestHub {
  readonly clock: FixedClock;
  /** Everything the hub logged, at every level. */
  logs(): string;
}

/** A hub that calls itself `PORTAL_URL`, logs everything into memory, and listens on a free loopback port. */
export async function startPortalHub(config: Partial<CentralConfig> = {}): Promise<PortalHub> {
  const clock = fixedClock('2030-01-01T00:00:00Z');
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const logger = createLogger({ name: 'central', level: 'trace', destination });
  const hub = await startHub({ hubUrl: PORTAL_URL, ...config }, { clock, logger, port: 0 });
  return { ...hub, clock, logs: () => lines.join('') };
}

/** A hub that calls itself `http://localhost:<port>` and is reached there, in real time: what a browser needs. */
export async function startBrowserHub(config: Partial<CentralConfig> = {}): Promise<TestHub> {
  const port = await freePort();
  const logger = createLogger({ name: 'central', level: 'silent' });
  return startHub({ hubUrl: `http://localhost:${port}`, ...config }, { clock: new Clock(), logger, port });
}

async function startHub(
  overrides: Partial<CentralConfig>,
  { clock, logger, port }: Pick<Ground, 'clock' | 'logger'> & { port: number },
): Promise<TestHub> {
  const database = await createTestDatabase(SCHEMA);
  const config = centralConfigForTests(overrides);
  const { dataSource } = database;
  const ground = { config, logger, clock, secretBox: TEST_SECRET_BOX, dataSource, postgres: undefined };
  const app = await createHub(ground);
  await app.listen(port, '127.0.0.1');
  return {
    app,
    database,
    ground,
    url: (await app.getUrl()).replace('[::1]', '127.0.0.1'),
    async close() {
      await app.close();
      await database.drop();
    },
  };
}

/** The cookies an answer sets, by name; one that is removed has no value. */
export function cookiesOf(response: Response): Record<string, string> {
  return Object.fromEntries(
    response.headers.getSetCookie().map((line) => {
      const [pair] = line.split(';') as [string];
      return [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const;
    }),
  );
}
