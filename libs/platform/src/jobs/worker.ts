import type { INestApplicationContext } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { Logger as WorkerLogger, run, type Runner, type TaskList } from 'graphile-worker';
import { EventEmitter } from 'node:events';
import pg from 'pg';
import type { Logger } from 'pino';
import { Liveness } from './liveness.js';
import { definedJobs } from './define-job.js';
import { ON_JOB } from './on-job.js';

export interface JobWorkerOptions {
  readonly databaseUrl: string;
  readonly logger: Logger;
  /** Jobs done at the same time by this process. */
  readonly concurrency?: number;
}

export interface JobWorker {
  stop(): Promise<void>;
}

/** Besides the jobs themselves: listening, scheduling, maintenance. */
const SPARE_CONNECTIONS = 3;
/** How often jobs of killed processes are looked for. */
const SWEEP_MS = 5_000;

/** Does the jobs of this program until stopped. @throws when a job kind has no handler, or two */
export async function startJobWorker(app: INestApplicationContext, options: JobWorkerOptions): Promise<JobWorker> {
  const { logger } = options;
  const liveness = new Liveness(options.databaseUrl, logger);
  const events = new EventEmitter();
  events.on('worker:create', ({ worker }: { worker: { workerId: string } }) => {
    liveness.hold(worker.workerId).catch((err: unknown) => logger.error({ err }, 'job liveness lock failed'));
  });
  const sweep = () =>
    liveness
      .releaseJobsOfTheDead()
      .then((dead) => dead > 0 && logger.warn({ workers: dead }, 'took over jobs of workers that died'))
      .catch((err: unknown) => logger.error({ err }, 'job sweep failed'));
  await sweep();
  const sweeping = setInterval(() => void sweep(), SWEEP_MS);

  const concurrency = options.concurrency ?? 5;
  const pool = openPool(options.databaseUrl, concurrency + SPARE_CONNECTIONS);
  const runner: Runner = await run({
    pgPool: pool,
    concurrency,
    pollInterval: 2_000,
    noHandleSignals: true,
    events,
    taskList: handlersOf(app),
    crontab: definedJobs()
      .flatMap(({ cron, name }) => (cron ? [`${cron} ${name}`] : []))
      .join('\n'),
    logger: new WorkerLogger(() => (level, message, meta) => {
      if ((level as string) === 'error') logger.error({ error: messageOf(meta?.['error']) }, message);
      else logger.debug(message);
    }),
  });
  return {
    async stop() {
      clearInterval(sweeping);
      await runner.stop();
      await runner.promise;
      await pool.end();
      await liveness.close();
    },
  };
}

/** A pool that survives connections breaking under it; the query that meets one fails and is tried again. */
function openPool(connectionString: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString, max, application_name: 'hansa-jobs' });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** One handler a job kind, found on the providers of the application. @throws when a kind has none, or two */
export function handlersOf(app: INestApplicationContext): TaskList {
  const scanner = new MetadataScanner();
  const tasks: TaskList = {};
  for (const { instance } of app.get(DiscoveryService, { strict: false }).getProviders()) {
    if (typeof instance !== 'object' || instance === null) continue;
    const prototype = Object.getPrototypeOf(instance) as Record<string, unknown> | null;
    for (const method of scanner.getAllMethodNames(prototype)) {
      const handler = prototype?.[method];
      const name =
        typeof handler === 'function' ? (Reflect.getMetadata(ON_JOB, handler) as string | undefined) : undefined;
      if (name === undefined) continue;
      if (tasks[name]) throw new Error(`job ${name} has two handlers`);
      tasks[name] = (payload) => (handler as (payload: unknown) => Promise<void>).call(instance, payload);
    }
  }
  const missing = definedJobs().filter(({ name }) => !tasks[name]);
  if (missing.length > 0) throw new Error(`no handler for job ${missing.map(({ name }) => name).join(', ')}`);
  return tasks;
}

function messageOf(error: unknown): string | undefined {
  return error instanceof Error ? error.message : error === undefined ? undefined : JSON.stringify(error);
}
