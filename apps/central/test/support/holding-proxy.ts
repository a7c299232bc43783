import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Passes requests on to a server and never gives back the answers of some: whoever asked them knows nothing of what came of it. */
export interface HoldingProxy {
  readonly url: string;
  /** Resolves when the first answer is held back: what was asked for is done by then. */
  readonly held: Promise<void>;
  close(): Promise<void>;
}

export async function startHoldingProxy(
  target: string,
  holds: (method: string, path: string) => boolean,
): Promise<HoldingProxy> {
  let hold: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (hold = resolve));
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = 'GET', url = '/', headers } = request;
      const body = chunks.length > 0 ? { body: Buffer.concat(chunks) } : {};
      const passed = Object.entries(headers).filter(
        ([name]) => !['host', 'connection', 'content-length'].includes(name),
      );
      void fetch(`${target}${url}`, { method, headers: passed as [string, string][], ...body }).then(async (answer) => {
        const text = await answer.text();
        if (holds(method, url)) return hold();
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
      });
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    held,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
