import { type AddressInfo } from 'node:net';
import { forgetOldAnswers } from './api/idempotency.js';
import { readConfig, refuseProduction, type SandboxConfig } from './config/config.js';
import { DueTasks } from './due-tasks.js';
import { configureWebhook } from './events/webhook-endpoints.js';
import { Runtime } from './runtime.js';
import { buildServer } from './server.js';
import { Journal } from './store/journal.js';
import { Store } from './store/store.js';

export { ConfigError, helpText, readConfig, type SandboxConfig, SETTINGS } from './config/config.js';

/** Settings of one sandbox; what is left out is the default, except that the port is free and nothing is kept. */
export interface SandboxOptions extends Partial<SandboxConfig> {
  /** Milliseconds since 1970, for tests that move time. */
  readonly now?: () => number;
}

export interface RunningSandbox {
  /** `http://localhost:<port>` or the configured public URL. */
  readonly url: string;
  readonly port: number;
  /** What the `stripe` package takes to talk to this sandbox: `new Stripe(key, sandbox.client)`. */
  readonly client: { readonly host: string; readonly port: number; readonly protocol: 'http' };
  /** Stops serving and delivering. What is owed stays in the data folder. */
  readonly close: () => Promise<void>;
}

/**
 * Starts a sandbox in this process. Resolves when it is reachable.
 *
 * @throws {ConfigError} in production, or when the data folder cannot be used
 * @throws an error with code EADDRINUSE when the port is taken
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
  refuseProduction();
  const { now = Date.now, ...given } = options;
  const config: SandboxConfig = { ...readConfig({}), port: 0, dataDir: null, logLevel: 'silent', ...given };
  const journal = config.dataDir === null ? null : new Journal(config.dataDir);
  const runtime = new Runtime(config, new Store(journal), now);
  const app = buildServer(runtime);
  const tasks = new DueTasks(runtime, app.log);

  await app.listen({ port: config.port, host: config.host });
  const { port } = app.server.address() as AddressInfo;
  runtime.publicUrl = config.publicUrl ?? `http://localhost:${port}`;
  runtime.store.startJournal(); // not before the port is ours: a second sandbox must not replace the first one's file
  runtime.change((work) => {
    forgetOldAnswers(work.store, work.nowMs);
    configureWebhook(work, config.webhook);
  });
  tasks.start();

  return {
    url: runtime.publicUrl,
    port,
    client: { host: config.host, port, protocol: 'http' },
    close: async () => {
      await app.close();
      await tasks.stop();
      journal?.close();
    },
  };
}
