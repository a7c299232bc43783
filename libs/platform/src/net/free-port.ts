import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ranges from which Linux, macOS and Windows give ports to outgoing connections and to servers that ask for any. */
const LOWEST = 15_000;
const ABOVE_HIGHEST = 32_000;
const ATTEMPTS = 50;

/**
 * A loopback port that nothing listens on, for a server that has to know its address before it listens. No connection of another
 * process can take it in the meantime, since the system hands out higher ones.
 *
 * @throws Error when fifty ports in a row are in use.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(LOWEST, ABOVE_HIGHEST);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${LOWEST} and ${ABOVE_HIGHEST}`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((done) => {
    probe.once('error', () => done(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
  });
}
