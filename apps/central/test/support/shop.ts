import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedWebhook {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface TestShop {
  /** For `base_url`. */
  readonly url: string;
  readonly received: ReceivedWebhook[];
  /** Names the key of the instance that lives here at the well-known address. */
  prove(keyThumbprint: string): void;
  /** Answers webhooks with this status from here on, `'hang'` with silence, `'reset'` with a broken connection. */
  answerWith(behaviour: number | 'hang' | 'reset', body?: string): void;
  close(): Promise<void>;
}

/** A shop as the hub sees it: it proves its key and receives webhooks. */
export async function startTestShop(): Promise<TestShop> {
  const received: ReceivedWebhook[] = [];
  let behaviour: number | 'hang' | 'reset' = 200;
  let answer = '{}';
  let proof: string | undefined;
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === '/.well-known/marketplace-instance.json') {
        response.statusCode = proof === undefined ? 404 : 200;
        response.end(JSON.stringify({ key_thumbprint: proof }));
        return;
      }
      received.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) });
      if (behaviour === 'hang') return;
      if (behaviour === 'reset') {
        request.socket.resetAndDestroy();
        return;
      }
      response.statusCode = behaviour;
      if (behaviour >= 300 && behaviour < 400) response.setHeader('location', '/elsewhere');
      response.end(answer);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    prove: (keyThumbprint) => (proof = keyThumbprint),
    answerWith: (next, body = '{}') => {
      behaviour = next;
      answer = body;
    },
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
