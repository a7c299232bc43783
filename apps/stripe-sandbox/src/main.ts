import { ConfigError, helpText, readConfig, startSandbox } from './index.js';

async function main(): Promise<void> {
  if (process.argv.includes('--help') || process.argv.includes('-h')) {
    process.stdout.write(helpText());
    return;
  }
  const sandbox = await startSandbox(readConfig());
  const stop = (): void => {
    sandbox.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.stdout.write(`Stripe sandbox at ${sandbox.url}\n`); // last: whoever waits for it may stop us at once
}

function fail(error: unknown): never {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}

/** One line for what a person can change; everything else is a bug and shows its stack. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const { code, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  if (code === 'EADDRINUSE')
    return `STRIPE_PORT: port ${port} is already in use; stop the other program or set another port`;
  if (code === 'EACCES') return `STRIPE_PORT: port ${port} may not be opened by this user; set another port`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `HOST: ${address ?? 'this address'} is not an address of this machine`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().catch(fail);
