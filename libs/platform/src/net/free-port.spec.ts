import { createServer } from 'node:net';
import { once } from 'node:events';
import { freePort } from './free-port.js';

describe('a free port', () => {
  it('can be listened on and is none the system gives away by itself', async () => {
    const port = await freePort();
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    expect(port).toBeGreaterThanOrEqual(15_000);
    expect(port).toBeLessThan(32_000);
  });
});
