import { ConfigError, DatabaseUnreachable } from '@hansa/platform';
import { SetupError } from './bootstrap.js';

type Stop = () => Promise<void>;

/** Runs a role until SIGINT or SIGTERM. A set-up problem is one clear line and exit code 1, without a stack. */
export async function runRole(start: () => Promise<Stop>): Promise<void> {
  const stop = await start().catch(giveUp);
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      void stop().then(() => process.exit(0), giveUp);
    });
  }
}

function giveUp(error: unknown): never {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}

function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof DatabaseUnreachable || error instanceof SetupError) {
    return error.message;
  }
  if (error instanceof Error && 'code' in error && 'port' in error && error.code === 'EADDRINUSE') {
    return `Port ${String(error.port)} is in use. Set TENANT_PORT to a free one.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
